//===- Conversions.cpp - from any format to any other -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Conversions.h"
#include "Smash/IR/Semiring.h"

using namespace mlir;
using namespace smash;

/// Counters for each entry at most, where several threads sort by counting: so
/// many take part that their counters, one for each row of the result and
/// thread, are no more.
static constexpr int64_t kCountersPerEntry = 8;

/// Rows whose counters a block sums at once.
static constexpr int64_t kRowsAtOnce = 4096;

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

ResultBuilder::ResultBuilder(KernelBuilder &k, RankedTensorType type,
                             std::function<void()> undo)
    : k(k), undo(std::move(undo)) {
  for (const StoragePart &part : listStorage(type))
    types.push_back(part.type);
}

Values ResultBuilder::when(Value condition, Ref<Values()> body,
                           Ref<void()> otherwise) {
  return k.ifElse(condition, types, body, [&] {
    otherwise();
    undo();
    Values nothing;
    Value ok;
    for (Type type : types)
      nothing.push_back(k.tryAlloc(
          k.idx(0), mlir::cast<MemRefType>(type).getElementType(), ok));
    return nothing;
  });
}

Values ResultBuilder::within(Value number, int64_t limit, ErrorCode error,
                             Ref<Values()> body) {
  std::optional<int64_t> known = getConstantIntValue(number);
  if (limit == INT64_MAX || (known && *known <= limit))
    return body();
  return when(k.le(number, k.idx(limit)), body,
              [&] { FailOp::create(k, error, number, k.idx(limit)); });
}

Values ResultBuilder::allocated(ArrayRef<Allocation> sizes,
                                Ref<Values(ArrayRef<Value>)> body,
                                bool scratch) {
  Values buffers;
  Value ok;
  for (const Allocation &one : sizes)
    buffers.push_back(k.tryAlloc(one.size, one.element, ok, one.zeroed));
  auto free = [&] {
    for (Value buffer : buffers)
      k.dealloc(buffer);
  };
  auto run = [&] {
    auto before = undo;
    if (!scratch)
      undo = [&] {
        free();
        before();
      };
    Values made = body(buffers);
    undo = before;
    return made;
  };
  return ok ? when(ok, run, free) : run();
}

Value smash::createAbsent(KernelBuilder &k, Monoid add, Type type) {
  // 0.0, not -0.0; and of any there is no identity.
  bool isZero = add == Monoid::Plus || add == Monoid::Any;
  return createIdentity(k, k.getLoc(), isZero ? Monoid::Or : add, type);
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

namespace {
/// Entries in some order, with the coordinates as the result has them.
using Stream = llvm::function_ref<Values(ValueRange, EntryBody)>;

class Conversion {
public:
  Conversion(KernelBuilder &k, const OpenMatrix &source, RankedTensorType type,
             bool take, Monoid absent, const Workers &workers)
      : k(k), source(source), take(take), absent(absent), workers(workers),
        zero(k.idx(0)), one(k.idx(1)),
        results(k, type, [this] { freeSource({}); }) {
    result.format = *getFormat(type);
    result.type = type;
    result.rows = source.rows;
    result.cols = source.cols;
    sameOrder = source.format.byColumns == result.format.byColumns;
    for (const StoragePart &part : listStorage(type))
      elements.push_back(part.type.getElementType());
  }

  Values build();

private:
  /// Frees the source where it is taken, but for what went to the result.
  void freeSource(ValueRange moved);
  Values withinSizes(function_ref<Values()> body);
  Values withinPositions(Value number, function_ref<Values()> body) {
    return results.within(number, largestPosition(elements.front()),
                          ErrorCode::PositionOverflow, body);
  }
  Value outerBlocks() {
    return k.divu(k.add(result.outer(), k.idx(result.outerBlock() - 1)),
                  k.idx(result.outerBlock()));
  }

  /// Whether the source's entries come in the order of the result.
  bool isInOrder() const;
  Values convert(Value entries);
  Values sourceInOrder(ValueRange inits, EntryBody body);
  /// A body that gets coordinates as the result has them.
  auto inResult(EntryBody body) {
    return [this, body](Value a, Value b, Value p, ValueRange v) {
      return sameOrder ? body(a, b, p, v) : body(b, a, p, v);
    };
  }

  // Each makes the result of a stream in its order; places ascend by one where
  // the stream is the source's own.
  Values append(Value entries, Stream stream, bool isSource);
  Values appendCompressed(Value entries, Stream stream, bool isSource);
  Values appendDoublyCompressed(Value entries, Stream stream, bool isSource);
  Values appendCoordinates(Value entries, Stream stream, bool isSource);
  Values appendBlocks(Stream stream);
  Values appendDense(Stream stream);
  /// A counting sort by the outer coordinate, by one thread or by all.
  Values scatter(Value entries);
  Values scatterInParallel(Value entries);
  /// A merge sort, then an append.
  Values sort(Value entries);

  /// Counts become positions.
  void sumCounts(Value pos, Value count);
  void copyValue(Value place, Value values, Value to) {
    k.store(k.load(source.values(), place), values, to);
  }
  /// The array of inner coordinates; null where there is none apart.
  static Value innerOf(const OpenMatrix &matrix, ArrayRef<Value> buffers);

  KernelBuilder &k;
  const OpenMatrix &source;
  OpenMatrix result; ///< without buffers
  bool take;
  Monoid absent;
  Workers workers;
  bool sameOrder;
  Value zero, one;
  SmallVector<Type, 5> elements; ///< of the result's buffers
  ResultBuilder results;
};
} // namespace

void Conversion::freeSource(ValueRange moved) {
  if (!take)
    return;
  for (Value buffer : source.buffers)
    if (!llvm::is_contained(moved, buffer))
      k.dealloc(buffer);
}

Values Conversion::withinSizes(function_ref<Values()> body) {
  FormatKind kind = result.format.kind;
  if (kind == FormatKind::Dense)
    return body();
  int64_t limit = largestSize(elements[1]);
  if (kind == FormatKind::Blocked)
    return results.within(
        k.divu(k.add(result.inner(), k.idx(result.innerBlock() - 1)),
               k.idx(result.innerBlock())),
        limit, ErrorCode::CoordinateOverflow, body);
  return results.within(
      result.inner(), limit, ErrorCode::CoordinateOverflow, [&] {
        if (kind == FormatKind::Compressed)
          return body();
        return results.within(result.outer(), limit,
                              ErrorCode::CoordinateOverflow, body);
      });
}

Values Conversion::build() {
  return results.when(source.isThere(k), [&] {
    return withinSizes([&] {
      Value entries = source.format.kind == FormatKind::Blocked
                          ? source.forEach(k, {zero},
                                           [&](Value, Value, Value,
                                               ValueRange v) -> Values {
                                             return {k.add(v[0], one)};
                                           })[0]
                          : source.bound(k);
      // Blocks and dense elements are not as many as entries.
      if (result.format.kind == FormatKind::Blocked ||
          result.format.kind == FormatKind::Dense)
        return convert(entries);
      return withinPositions(entries, [&] { return convert(entries); });
    });
  });
}

bool Conversion::isInOrder() const {
  FormatKind kind = source.format.kind;
  if (!sameOrder || kind == FormatKind::Blocked ||
      result.format.kind == FormatKind::Blocked)
    return false;
  return source.format.ordered ||
         (!result.format.ordered &&
          (kind == FormatKind::Compressed || kind == result.format.kind));
}

Values Conversion::sourceInOrder(ValueRange inits, EntryBody body) {
  return source.forEach(k, inits, inResult(body));
}

Values Conversion::convert(Value entries) {
  auto stream = [&](ValueRange inits, EntryBody body) {
    return sourceInOrder(inits, body);
  };
  if (result.format.kind == FormatKind::Dense || isInOrder())
    return append(entries, stream, /*isSource=*/true);
  if (result.format.kind == FormatKind::Compressed &&
      (source.format.ordered || !result.format.ordered))
    return workers.count() > 1 && source.isNumbered()
               ? scatterInParallel(entries)
               : scatter(entries);
  return sort(entries);
}

Values Conversion::append(Value entries, Stream stream, bool isSource) {
  switch (result.format.kind) {
  case FormatKind::Dense:
    return appendDense(stream);
  case FormatKind::Compressed:
    return appendCompressed(entries, stream, isSource);
  case FormatKind::DoublyCompressed:
    return appendDoublyCompressed(entries, stream, isSource);
  case FormatKind::Coordinate:
    return appendCoordinates(entries, stream, isSource);
  case FormatKind::Blocked:
    return appendBlocks(stream);
  }
  llvm_unreachable("format out of range");
}

Value Conversion::innerOf(const OpenMatrix &matrix, ArrayRef<Value> buffers) {
  switch (matrix.format.kind) {
  case FormatKind::Compressed:
    return buffers[1];
  case FormatKind::DoublyCompressed:
    return buffers[3];
  case FormatKind::Coordinate:
    return matrix.format.separate ? buffers[2] : Value();
  default:
    return {};
  }
}

void Conversion::sumCounts(Value pos, Value count) {
  k.loop(zero, count, {zero}, [&](Value i, ValueRange v) -> Values {
    Value at = k.add(i, one);
    Value sum = k.add(v[0], k.loadIndex(pos, at));
    k.storeCast(sum, pos, at);
    return {sum};
  });
}

Values Conversion::appendCompressed(Value entries, Stream stream,
                                    bool isSource) {
  bool moves = take && isSource;
  Value inner = moves ? innerOf(source, source.buffers) : Value();
  if (inner && inner.getType() != bufferOf(elements[1]))
    inner = {};
  Value values = moves ? source.values() : Value();
  SmallVector<ResultBuilder::Allocation> sizes = {
      {k.add(result.outer(), one), elements[0], /*zeroed=*/true}};
  if (!inner)
    sizes.push_back({entries, elements[1]});
  if (!values)
    sizes.push_back({entries, elements[2]});
  return results.allocated(sizes, [&](ArrayRef<Value> made) -> Values {
    Value pos = made[0];
    Value crd = inner ? inner : made[1];
    Value val = values ? values : made.back();
    stream({zero}, [&](Value i, Value j, Value p, ValueRange v) -> Values {
      Value at = k.add(i, one);
      k.storeCast(k.add(k.loadIndex(pos, at), one), pos, at);
      if (!inner)
        k.storeCast(j, crd, v[0]);
      if (!values)
        copyValue(p, val, v[0]);
      return {k.add(v[0], one)};
    });
    sumCounts(pos, result.outer());
    freeSource({crd, val});
    return {pos, crd, val};
  });
}

Values Conversion::appendDoublyCompressed(Value entries, Stream stream,
                                          bool isSource) {
  bool moves = take && isSource;
  Value inner = moves ? innerOf(source, source.buffers) : Value();
  if (inner && inner.getType() != bufferOf(elements[3]))
    inner = {};
  Value values = moves ? source.values() : Value();
  Value most = k.min(entries, result.outer());
  SmallVector<ResultBuilder::Allocation> sizes = {
      {k.idx(2), elements[0]},
      {most, elements[1]},
      {k.add(most, one), elements[2]}};
  if (!inner)
    sizes.push_back({entries, elements[3]});
  if (!values)
    sizes.push_back({entries, elements[4]});
  return results.allocated(sizes, [&](ArrayRef<Value> made) -> Values {
    Value crd = inner ? inner : made[3];
    Value val = values ? values : made.back();
    // Carried: entries, rows, the last of these.
    Values end =
        stream({zero, zero, k.idx(-1)},
               [&](Value i, Value j, Value p, ValueRange v) -> Values {
                 Value isNew = k.ne(i, v[2]);
                 k.ifThen(isNew, [&] {
                   k.storeCast(i, made[1], v[1]);
                   k.storeCast(v[0], made[2], v[1]);
                 });
                 if (!inner)
                   k.storeCast(j, crd, v[0]);
                 if (!values)
                   copyValue(p, val, v[0]);
                 return {k.add(v[0], one), k.add(v[1], k.toIndex(isNew)), i};
               });
    k.storeCast(zero, made[0], zero);
    k.storeCast(end[1], made[0], one);
    k.storeCast(end[0], made[2], end[1]);
    freeSource({crd, val});
    return {made[0], ResizeOp::create(k, made[1].getType(), made[1], end[1]),
            ResizeOp::create(k, made[2].getType(), made[2], k.add(end[1], one)),
            crd, val};
  });
}

Values Conversion::appendCoordinates(Value entries, Stream stream,
                                     bool isSource) {
  bool moves = take && isSource, separate = result.format.separate;
  Value inner = moves && separate ? innerOf(source, source.buffers) : Value();
  if (inner && inner.getType() != bufferOf(elements[1]))
    inner = {};
  Value values = moves ? source.values() : Value();
  Value two = k.idx(2);
  SmallVector<ResultBuilder::Allocation> sizes = {
      {two, elements[0]},
      {separate ? entries : k.mulSize(two, entries), elements[1]}};
  if (separate && !inner)
    sizes.push_back({entries, elements[2]});
  if (!values)
    sizes.push_back({entries, elements.back()});
  return results.allocated(sizes, [&](ArrayRef<Value> made) -> Values {
    Value val = values ? values : made.back();
    Value crd = separate ? (inner ? inner : made[2]) : made[1];
    stream({zero}, [&](Value i, Value j, Value p, ValueRange v) -> Values {
      Value at = separate ? Value(v[0]) : k.mul(v[0], two);
      k.storeCast(i, made[1], at);
      if (!inner)
        k.storeCast(j, crd, separate ? at : k.add(at, one));
      if (!values)
        copyValue(p, val, v[0]);
      return {k.add(v[0], one)};
    });
    k.storeCast(zero, made[0], zero);
    k.storeCast(entries, made[0], one);
    freeSource({crd, val});
    if (separate)
      return {made[0], made[1], crd, val};
    return {made[0], made[1], val};
  });
}

Values Conversion::appendBlocks(Stream stream) {
  Value outerBlock = k.idx(result.outerBlock());
  Value innerBlock = k.idx(result.innerBlock());
  Value none = k.idx(-1);
  // Carried: blocks, and where the last of them is.
  auto next = [&](Value i, Value j, ValueRange v) -> Values {
    Value isNew = k.bor(k.ne(i, v[1]), k.ne(j, v[2]));
    return {k.add(v[0], k.toIndex(isNew)), i, j, isNew};
  };
  Value blocks = stream(
      {zero, none, none}, [&](Value i, Value j, Value, ValueRange v) -> Values {
        Values now = next(k.divu(i, outerBlock), k.divu(j, innerBlock), v);
        now.pop_back();
        return now;
      })[0];
  Value size =
      k.mulSize(blocks, k.idx(result.outerBlock() * result.innerBlock()));
  auto fill = [&](ArrayRef<Value> made) -> Values {
    Value nothing = createAbsent(k, absent, elements[2]);
    k.stream(zero, size, [&](Value p) { k.store(nothing, made[2], p); });
    stream({zero, none, none},
           [&](Value i, Value j, Value p, ValueRange v) -> Values {
             Value bi = k.divu(i, outerBlock), bj = k.divu(j, innerBlock);
             Values now = next(bi, bj, v);
             Value at = k.sub(now[0], one);
             k.ifThen(now[3], [&] {
               Value count = k.add(bi, one);
               k.storeCast(bj, made[1], at);
               k.storeCast(k.add(k.loadIndex(made[0], count), one), made[0],
                           count);
             });
             Value row =
                 k.add(k.mul(at, outerBlock), k.sub(i, k.mul(bi, outerBlock)));
             copyValue(p, made[2],
                       k.add(k.mul(row, innerBlock),
                             k.sub(j, k.mul(bj, innerBlock))));
             now.pop_back();
             return now;
           });
    sumCounts(made[0], outerBlocks());
    freeSource({});
    return Values(made.begin(), made.end());
  };
  return withinPositions(blocks, [&] {
    return results.allocated({{k.add(outerBlocks(), one), elements[0], true},
                              {blocks, elements[1]},
                              {size, elements[2]}},
                             fill);
  });
}

Values Conversion::appendDense(Stream stream) {
  Value size = k.mulSize(result.outer(), result.inner());
  return results.allocated(
      {{size, elements[0]}}, [&](ArrayRef<Value> made) -> Values {
        Value nothing = createAbsent(k, absent, elements[0]);
        k.stream(zero, size, [&](Value p) { k.store(nothing, made[0], p); });
        stream({}, [&](Value i, Value j, Value p, ValueRange) -> Values {
          copyValue(p, made[0], k.add(k.mul(i, result.inner()), j));
          return {};
        });
        freeSource({});
        return {made[0]};
      });
}

Values Conversion::scatter(Value entries) {
  return results.allocated(
      {{k.add(result.outer(), one), elements[0], /*zeroed=*/true},
       {entries, elements[1]},
       {entries, elements[2]}},
      [&](ArrayRef<Value> made) -> Values {
        // pos[i + 1] counts, then says where row i's next entry goes, and ends
        // as where it ends: one array does all three.
        Value pos = made[0];
        sourceInOrder({}, [&](Value i, Value, Value, ValueRange) -> Values {
          Value at = k.add(i, one);
          k.storeCast(k.add(k.loadIndex(pos, at), one), pos, at);
          return {};
        });
        k.loop(zero, result.outer(), {zero},
               [&](Value i, ValueRange v) -> Values {
                 Value at = k.add(i, one);
                 Value count = k.loadIndex(pos, at);
                 k.storeCast(v[0], pos, at);
                 return {k.add(v[0], count)};
               });
        sourceInOrder({}, [&](Value i, Value j, Value p, ValueRange) -> Values {
          Value at = k.add(i, one);
          Value target = k.loadIndex(pos, at);
          k.storeCast(j, made[1], target);
          copyValue(p, made[2], target);
          k.storeCast(k.add(target, one), pos, at);
          return {};
        });
        freeSource({});
        return Values(made.begin(), made.end());
      });
}

Values Conversion::scatterInParallel(Value entries) {
  // Parts of equal numbers of entries; each counts what it has of each row of
  // the result, from where follows where that goes: behind what the parts
  // before have of the row. So the order is that of one thread.
  Value rows = result.outer();
  Value affordable =
      k.divu(k.mul(entries, k.idx(kCountersPerEntry)), k.max(rows, one));
  Value parts = k.min(k.idx(workers.count()), k.max(affordable, one));
  Value share = k.ceildivu(entries, parts);
  // The counters of a part stand apart from those of the next.
  Value stride = spread(k, rows), all = k.mulSize(parts, stride);
  auto forEachPart = [&](function_ref<void(Value, ValueRange, Value)> visit) {
    forEachInParallel(k, workers, parts, workers.threads, [&](Value part) {
      Value lo = k.min(k.mul(part, share), entries);
      Value hi = k.min(k.add(lo, share), entries);
      Value counters = k.mul(part, stride);
      source.forEachOf(k, lo, hi, {},
                       inResult([&](Value i, Value j, Value p, ValueRange) {
                         visit(k.add(counters, i), {i, j}, p);
                         return Values();
                       }));
    });
  };
  auto sortInto = [&](ArrayRef<Value> made, Value counts, Value partial) {
    Value pos = made[0];
    forEachPart([&](Value at, ValueRange, Value) {
      k.store(k.add(k.load(counts, at), one), counts, at);
    });
    forEachInParallel(k, workers, rows, kRowsAtOnce, [&](Value i) {
      Value sum =
          k.loop(i, all, stride, {zero}, [&](Value at, ValueRange v) -> Values {
            Value count = k.load(counts, at);
            k.store(v[0], counts, at);
            return {k.add(v[0], count)};
          })[0];
      k.storeCast(sum, pos, k.add(i, one));
    });
    prefixSum(k, workers, pos, rows, partial);
    forEachPart([&](Value at, ValueRange coordinates, Value p) {
      Value before = k.load(counts, at);
      Value target = k.add(k.loadIndex(pos, coordinates[0]), before);
      k.storeCast(coordinates[1], made[1], target);
      copyValue(p, made[2], target);
      k.store(k.add(before, one), counts, at);
    });
  };
  Type index = k.getIndexType();
  auto withCounts = [&](ArrayRef<Value> counts) {
    Values converted =
        results.allocated({{k.add(rows, one), elements[0]},
                           {entries, elements[1]},
                           {entries, elements[2]}},
                          [&](ArrayRef<Value> made) -> Values {
                            sortInto(made, counts[0], counts[1]);
                            freeSource({});
                            return Values(made.begin(), made.end());
                          });
    for (Value array : counts)
      k.dealloc(array);
    return converted;
  };
  return results.allocated(
      {{all, index, /*zeroed=*/true}, {k.idx(workers.threads), index}},
      withCounts, /*scratch=*/true);
}

Values Conversion::sort(Value entries) {
  Type index = k.getIndexType(), i64 = k.getI64Type();
  bool isBlocked = result.format.kind == FormatKind::Blocked;
  return results.allocated(
      {{entries, index},
       {entries, index},
       {entries, index},
       {entries, i64},
       {entries, i64},
       {entries, i64},
       {entries, i64}},
      [&](ArrayRef<Value> made) -> Values {
        Value outer = made[0], inner = made[1], places = made[2];
        Value keys = made[3], slots = made[4];
        sourceInOrder({zero},
                      [&](Value i, Value j, Value p, ValueRange v) -> Values {
                        k.store(i, outer, v[0]);
                        k.store(j, inner, v[0]);
                        k.store(p, places, v[0]);
                        k.storeCast(v[0], slots, v[0]);
                        return {k.add(v[0], one)};
                      });
        auto sortBy = [&](Value coordinates, int64_t block) {
          k.loop(zero, entries, [&](Value q) {
            Value key = k.load(coordinates, k.loadIndex(slots, q));
            k.storeCast(k.divu(key, k.idx(block)), keys, q);
          });
          SortOp::create(k, keys, slots, zero, entries, made[5], made[6]);
        };
        // Equal keys stay in order. What comes ascending along the result's
        // inner dimension needs no sort by it.
        if (isBlocked)
          sortBy(inner, result.innerBlock());
        else if (!source.format.ordered)
          sortBy(inner, 1);
        sortBy(outer, isBlocked ? result.outerBlock() : 1);
        auto stream = [&](ValueRange inits, EntryBody body) {
          return k.loop(zero, entries, inits, [&](Value q, ValueRange v) {
            Value at = k.loadIndex(slots, q);
            return body(k.load(outer, at), k.load(inner, at),
                        k.load(places, at), v);
          });
        };
        Values converted = append(entries, stream, /*isSource=*/false);
        for (Value array : made)
          k.dealloc(array);
        return converted;
      },
      /*scratch=*/true);
}

Values smash::buildConversion(KernelBuilder &k, const OpenMatrix &source,
                              RankedTensorType type, bool take, Monoid absent,
                              const Workers &workers) {
  return Conversion(k, source, type, take, absent, workers).build();
}

void smash::lowerConvert(ConvertOp op) {
  OpBuilder builder(op);
  KernelBuilder k(op.getLoc(), builder);
  OpenMatrix source = openMatrix(k, op.getSource());
  auto type = cast<RankedTensorType>(op.getType());
  // Where no machine is told, one thread converts.
  MachineAttr machine = findMachine(op);
  Values buffers = buildConversion(k, source, type, op.getTake(),
                                   op.getAbsent().value_or(Monoid::Plus),
                                   machine ? Workers::of(machine) : Workers());
  Value result = AssembleOp::create(k, type, source.rows, source.cols, buffers);
  op.replaceAllUsesWith(result);
  op.erase();
}
