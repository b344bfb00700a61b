//===- Sorting.cpp - sorting keys, as generated code -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expansion.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using namespace smash;

/// Runs that a merge sort starts from.
static constexpr int64_t kMergeRun = 16;

static std::string nameOf(StringRef what, const KeyRun &run) {
  std::string name;
  llvm::raw_string_ostream os(name);
  os << "smash_" << what;
  for (Value array : {run.keys, run.slots})
    if (array)
      os << "_" << cast<MemRefType>(array.getType()).getElementType();
  // complex<f64> has brackets, which are no part of a plain symbol.
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  return name;
}

/// The private function `name` of the module, built by `body` if it is new.
static func::FuncOp
getFunction(ModuleOp module, Location loc, StringRef name, TypeRange arguments,
            function_ref<void(KernelBuilder &, ValueRange)> body) {
  if (auto found = module.lookupSymbol<func::FuncOp>(name))
    return found;
  auto builder = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(builder, loc, name,
                                       builder.getFunctionType(arguments, {}));
  function.setPrivate();
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  KernelBuilder k(loc, builder);
  body(k, block->getArguments());
  func::ReturnOp::create(k);
  return function;
}

static Values argumentsOf(const KeyRun &run) {
  Values arguments = {run.keys};
  if (run.slots)
    arguments.push_back(run.slots);
  arguments.append({run.begin, run.end});
  return arguments;
}

static Value keyBelow(KernelBuilder &k, Value a, Value b) {
  return k.cmp(arith::CmpIPredicate::ult, a, b);
}

/// Straight insertion: linear when in order.
static void insertionBody(KernelBuilder &k, const KeyRun &run) {
  Value one = k.idx(1);
  k.loop(k.add(run.begin, one), run.end, [&](Value i) {
    Value key = k.load(run.keys, i);
    Value slot = run.slots ? k.load(run.slots, i) : Value();
    Values at = k.whileLoop(
        {i},
        [&](ValueRange v) {
          return k.ifElse(
              k.gt(v[0], run.begin), k.getI1Type(),
              [&]() -> Values {
                return {keyBelow(k, key, k.load(run.keys, k.sub(v[0], one)))};
              },
              [&]() -> Values { return {k.boolean(false)}; })[0];
        },
        [&](ValueRange v) -> Values {
          Value before = k.sub(v[0], one);
          k.store(k.load(run.keys, before), run.keys, v[0]);
          if (run.slots)
            k.store(k.load(run.slots, before), run.slots, v[0]);
          return {before};
        });
    k.store(key, run.keys, at[0]);
    if (slot)
      k.store(slot, run.slots, at[0]);
  });
}

void smash::buildInsertionSort(KernelBuilder &k, ModuleOp module,
                               const KeyRun &run) {
  Values arguments = argumentsOf(run);
  func::FuncOp callee = getFunction(
      module, k.getLoc(), nameOf("insertion_sort", run),
      ValueRange(arguments).getTypes(), [&](KernelBuilder &k, ValueRange v) {
        bool slots = run.slots != nullptr;
        insertionBody(k, KeyRun{v[0], slots ? v[1] : Value(), v[1 + slots],
                                v[2 + slots]});
      });
  func::CallOp::create(k, callee, arguments);
}

/// Merges from[lo, middle) and from[middle, hi) into to[lo, hi), two cursors
/// moved without a branch on the keys.
static void mergeRuns(KernelBuilder &k, const KeyRun &from, const KeyRun &to,
                      Value lo, Value middle, Value hi) {
  Value one = k.idx(1);
  auto move = [&](Value source, Value target) {
    k.store(k.load(from.keys, source), to.keys, target);
    if (from.slots)
      k.store(k.load(from.slots, source), to.slots, target);
  };
  Values rest = k.whileLoop(
      {lo, middle, lo},
      [&](ValueRange v) { return k.band(k.lt(v[0], middle), k.lt(v[1], hi)); },
      [&](ValueRange v) -> Values {
        Value right =
            keyBelow(k, k.load(from.keys, v[1]), k.load(from.keys, v[0]));
        move(k.select(right, v[1], v[0]), v[2]);
        Value step = k.toIndex(right);
        return {k.add(v[0], k.sub(one, step)), k.add(v[1], step),
                k.add(v[2], one)};
      });
  Values left =
      k.loop(rest[0], middle, {rest[2]}, [&](Value i, ValueRange v) -> Values {
        move(i, v[0]);
        return {k.add(v[0], one)};
      });
  k.loop(rest[1], hi, {left[0]}, [&](Value i, ValueRange v) -> Values {
    move(i, v[0]);
    return {k.add(v[0], one)};
  });
}

/// Merges rounds of runs from one pair of arrays into the other until one run
/// stands, and leaves it in `run`. `more` tells from a number whether there is
/// another round, and `round` makes it and gives the next number.
static void
mergeRounds(KernelBuilder &k, const KeyRun &run, const KeyRun &aux, Value first,
            function_ref<Value(Value)> more,
            function_ref<Value(Value, const KeyRun &, const KeyRun &)> round) {
  // The number, whether the arrays are swapped, and what holds the runs now and
  // next.
  Values carried = {first, k.boolean(false), run.keys, aux.keys};
  if (run.slots)
    carried.append({run.slots, aux.slots});
  auto view = [&](ValueRange v, bool next) {
    return KeyRun{v[next ? 3 : 2], run.slots ? v[next ? 5 : 4] : Value(),
                  run.begin, run.end};
  };
  Values end = k.whileLoop(
      carried, [&](ValueRange v) { return more(v[0]); },
      [&](ValueRange v) -> Values {
        Value number = round(v[0], view(v, false), view(v, true));
        Values next = {number, k.logicalNot(v[1]), v[3], v[2]};
        if (run.slots)
          next.append({v[5], v[4]});
        return next;
      });
  // After an odd number of rounds the result stands in the other arrays.
  k.ifThen(end[1], [&] {
    k.loop(run.begin, run.end, [&](Value i) {
      k.store(k.load(aux.keys, i), run.keys, i);
      if (run.slots)
        k.store(k.load(aux.slots, i), run.slots, i);
    });
  });
}

static void mergeSortBody(KernelBuilder &k, ModuleOp module, const KeyRun &run,
                          const KeyRun &aux) {
  Value run0 = k.idx(kMergeRun);
  k.loop(run.begin, run.end, run0, [&](Value lo) {
    KeyRun part = run;
    part.begin = lo;
    part.end = k.min(k.add(lo, run0), run.end);
    buildInsertionSort(k, module, part);
  });
  Value size = k.sub(run.end, run.begin);
  mergeRounds(
      k, run, aux, run0, [&](Value width) { return k.lt(width, size); },
      [&](Value width, const KeyRun &from, const KeyRun &to) {
        Value twice = k.add(width, width);
        k.loop(run.begin, run.end, twice, [&](Value lo) {
          mergeRuns(k, from, to, lo, k.min(k.add(lo, width), run.end),
                    k.min(k.add(lo, twice), run.end));
        });
        return twice;
      });
}

static void sortBody(KernelBuilder &k, ModuleOp module, const KeyRun &run,
                     const KeyRun &aux) {
  Value one = k.idx(1);
  Value size = k.sub(run.end, run.begin);
  k.ifElse(
      k.le(size, k.idx(kInsertionLimit)), {},
      [&]() -> Values {
        buildInsertionSort(k, module, run);
        return {};
      },
      [&]() -> Values {
        Values inOrder =
            k.loop(k.add(run.begin, one), run.end, {k.boolean(true)},
                   [&](Value i, ValueRange v) -> Values {
                     Value before = k.load(run.keys, k.sub(i, one));
                     Value below = keyBelow(k, k.load(run.keys, i), before);
                     return {k.band(v[0], k.logicalNot(below))};
                   });
        k.ifThen(k.logicalNot(inOrder[0]),
                 [&] { mergeSortBody(k, module, run, aux); });
        return {};
      });
}

/// The run and the scratch that a function of runs takes, from its arguments
/// on; the number of those.
static unsigned readRuns(ValueRange v, bool slots, KeyRun &run, KeyRun &aux) {
  run = KeyRun{v[0], slots ? v[1] : Value(), v[1 + slots], v[2 + slots]};
  aux =
      KeyRun{v[3 + slots], slots ? v[4 + slots] : Value(), run.begin, run.end};
  return 4 + 2 * slots;
}

static Values argumentsOf(const KeyRun &run, Value auxKeys, Value auxSlots) {
  Values arguments = argumentsOf(run);
  arguments.push_back(auxKeys);
  if (run.slots)
    arguments.push_back(auxSlots);
  return arguments;
}

void smash::buildSort(KernelBuilder &k, ModuleOp module, const KeyRun &run,
                      Value auxKeys, Value auxSlots) {
  Values arguments = argumentsOf(run, auxKeys, auxSlots);
  func::FuncOp callee = getFunction(
      module, k.getLoc(), nameOf("sort", run), ValueRange(arguments).getTypes(),
      [&](KernelBuilder &k, ValueRange v) {
        KeyRun own, aux;
        readRuns(v, run.slots != nullptr, own, aux);
        sortBody(k, module, own, aux);
      });
  func::CallOp::create(k, callee, arguments);
}

void smash::buildRunMerge(KernelBuilder &k, ModuleOp module, const KeyRun &run,
                          const RunStarts &starts, Value auxKeys,
                          Value auxSlots) {
  Values arguments = argumentsOf(run, auxKeys, auxSlots);
  arguments.append({starts.array, starts.first, starts.count});
  func::FuncOp callee = getFunction(
      module, k.getLoc(), nameOf("merge", run),
      ValueRange(arguments).getTypes(), [&](KernelBuilder &k, ValueRange v) {
        KeyRun own, aux;
        unsigned at = readRuns(v, run.slots != nullptr, own, aux);
        Value array = v[at], first = v[at + 1];
        Value one = k.idx(1), two = k.idx(2);
        auto place = [&](Value i) { return k.add(first, i); };
        // So that a last run without a partner ends, too.
        k.store(own.end, array, place(v[at + 2]));
        mergeRounds(
            k, own, aux, v[at + 2], [&](Value runs) { return k.gt(runs, one); },
            [&](Value runs, const KeyRun &from, const KeyRun &to) {
              k.loop(k.idx(0), runs, two, [&](Value i) {
                Value lo = k.load(array, place(i));
                Value middle = k.load(array, place(k.add(i, one)));
                Value last = k.min(k.add(i, two), runs);
                mergeRuns(k, from, to, lo, middle, k.load(array, place(last)));
                // Read already, or this very place.
                k.store(lo, array, place(k.shr(i, one)));
              });
              Value left = k.shr(k.add(runs, one), one);
              k.store(own.end, array, place(left));
              return left;
            });
      });
  func::CallOp::create(k, callee, arguments);
}
