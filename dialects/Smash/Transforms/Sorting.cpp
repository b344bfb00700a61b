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
  // Width, and the arrays that hold the runs now and next.
  Values carried = {run0, run.keys, aux.keys};
  if (run.slots)
    carried.append({run.slots, aux.slots});
  auto view = [&](ValueRange v, bool next) {
    return KeyRun{v[next ? 2 : 1], run.slots ? v[next ? 4 : 3] : Value(),
                  run.begin, run.end};
  };
  Values end = k.whileLoop(
      carried, [&](ValueRange v) { return k.lt(v[0], size); },
      [&](ValueRange v) -> Values {
        Value twice = k.add(v[0], v[0]);
        k.loop(run.begin, run.end, twice, [&](Value lo) {
          mergeRuns(k, view(v, false), view(v, true), lo,
                    k.min(k.add(lo, v[0]), run.end),
                    k.min(k.add(lo, twice), run.end));
        });
        Values next = {twice, v[2], v[1]};
        if (run.slots)
          next.append({v[4], v[3]});
        return next;
      });
  // After an odd number of rounds the result stands in the other array. A copy
  // onto itself is the harmless case of an even one.
  KeyRun sorted = view(end, false);
  k.loop(run.begin, run.end, [&](Value i) {
    k.store(k.load(sorted.keys, i), run.keys, i);
    if (run.slots)
      k.store(k.load(sorted.slots, i), run.slots, i);
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
        Values inOrder = k.loop(
            k.add(run.begin, one), run.end, {k.boolean(true)},
            [&](Value i, ValueRange v) -> Values {
              Value before = k.load(run.keys, k.sub(i, one));
              return {k.band(v[0], keyBelow(k, before, k.load(run.keys, i)))};
            });
        k.ifThen(k.logicalNot(inOrder[0]),
                 [&] { mergeSortBody(k, module, run, aux); });
        return {};
      });
}

void smash::buildSort(KernelBuilder &k, ModuleOp module, const KeyRun &run,
                      Value auxKeys, Value auxSlots) {
  Values arguments = argumentsOf(run);
  arguments.push_back(auxKeys);
  if (run.slots)
    arguments.push_back(auxSlots);
  func::FuncOp callee = getFunction(
      module, k.getLoc(), nameOf("sort", run), ValueRange(arguments).getTypes(),
      [&](KernelBuilder &k, ValueRange v) {
        bool slots = run.slots != nullptr;
        KeyRun own{v[0], slots ? v[1] : Value(), v[1 + slots], v[2 + slots]};
        KeyRun aux{v[3 + slots], slots ? v[4 + slots] : Value(), own.begin,
                   own.end};
        sortBody(k, module, own, aux);
      });
  func::CallOp::create(k, callee, arguments);
}
