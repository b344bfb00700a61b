//===- Expansion.h - how accumulators become loops over memory -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Shared by the files that expand accumulators; not part of the interface.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_EXPANSION_H
#define SMASH_TRANSFORMS_EXPANSION_H

#include "Smash/IR/Semiring.h"
#include "Smash/Transforms/KernelBuilder.h"
#include "mlir/IR/BuiltinOps.h"
#include <memory>

namespace smash {

/// Runs of at most this many keys are sorted by insertion.
inline constexpr int64_t kInsertionLimit = 24;

/// Numbers that a thread takes at a time for the keys that it inserts into a
/// fragmented table: one shared counter alone would be what threads wait for.
inline constexpr int64_t kInsertionChunk = 64;

/// Segments of a window of arrays that are listed, to be shared by all threads,
/// at most; a word each.
inline constexpr int64_t kFullSegments = 32;

/// A run of keys, perhaps with the slot (or the value) of each.
struct KeyRun {
  mlir::Value keys, slots; ///< slots may be null
  mlir::Value begin, end;
};

/// How many slots serve some keys, as log2 and as a number.
struct TableSize {
  mlir::Value log2, slots;
};
/// For `bound` keys, at most `fill` percent of the slots in use.
TableSize sizeTable(KernelBuilder &k, mlir::Value bound, int64_t fill);

/// The first slot of `key`, which is below `keys`.
mlir::Value hashKey(KernelBuilder &k, mlir::Value key, const TableSize &size,
                    HashFunction function, mlir::Value keys);

/// Sorts `run` by key (unsigned), equal keys in the order they had, with
/// `auxKeys` and `auxSlots`, arrays at least as long as the run's, as scratch.
/// Calls a function that is made once a module: insertion for short runs, else
/// a merge sort of blocks, skipped when the run is in order already.
void buildSort(KernelBuilder &k, mlir::ModuleOp module, const KeyRun &run,
               mlir::Value auxKeys, mlir::Value auxSlots);

/// Where `count` sorted runs start, one behind the other:
/// array[first, first + count), which has room for one more.
struct RunStarts {
  mlir::Value array, first, count;
};

/// Sorts `run`, which consists of the sorted runs of `starts`, by merging
/// neighbours, round after round; equal keys keep their order. Overwrites the
/// starts; the rest is as for `buildSort`.
void buildRunMerge(KernelBuilder &k, mlir::ModuleOp module, const KeyRun &run,
                   const RunStarts &starts, mlir::Value auxKeys,
                   mlir::Value auxSlots);

/// Calls the function that sorts [begin, end) by insertion.
void buildInsertionSort(KernelBuilder &k, mlir::ModuleOp module,
                        const KeyRun &run);

/// The buffers of one smash.create_accumulator, and what its ops expand to.
class AccumulatorExpansion {
public:
  AccumulatorExpansion(CreateAccumulatorOp op, mlir::ModuleOp module)
      : op(op), type(op.getAccumulator().getType()), module(module) {}
  virtual ~AccumulatorExpansion() = default;

  /// Allocates and initialises the buffers; returns whether memory sufficed.
  mlir::Value create(KernelBuilder &k);
  void destroy(KernelBuilder &k);

  virtual void upsert(KernelBuilder &k, UpsertOp upsert) = 0;
  // Of one row; what holds a window only has none of them.
  virtual mlir::Value drain(KernelBuilder & /*k*/, DrainOp /*drain*/) {
    llvm_unreachable("holds a window");
  }
  virtual mlir::Value discard(KernelBuilder & /*k*/, DiscardOp /*discard*/) {
    llvm_unreachable("holds a window");
  }
  virtual void gather(KernelBuilder & /*k*/, GatherOp /*gather*/) {
    llvm_unreachable("holds a window");
  }
  /// Sorts by buckets of columns (WindowDrain.cpp).
  virtual mlir::Value drainWindow(KernelBuilder &k, DrainWindowOp drain);

protected:
  virtual void allocate(KernelBuilder &k, mlir::Value &ok) = 0;
  /// What cannot be had as zeroed memory. Runs when memory sufficed.
  virtual void initialise(KernelBuilder &k) = 0;
  /// The key that stands in a slot of a shared accumulator, as an index.
  virtual mlir::Value keyOfSlot(KernelBuilder &k, mlir::Value slot) = 0;
  /// Whether a shared accumulator lists its slots in use. Else they are found
  /// among the first `slotsFor` by `isUsed`.
  virtual bool listsSlots() { return true; }
  virtual mlir::Value slotsFor(KernelBuilder & /*k*/, DrainWindowOp /*drain*/) {
    llvm_unreachable("slots are listed");
  }
  virtual mlir::Value isUsed(KernelBuilder & /*k*/, mlir::Value /*slot*/) {
    llvm_unreachable("slots are listed");
  }
  /// Empties a window's accumulator at once, between thread loops; false where
  /// each slot is cleared as it is written out.
  virtual bool clearsInBulk() { return false; }
  virtual void clearWindow(KernelBuilder &k, DrainWindowOp drain) {}
  /// Before a window is drained, at block level. What draining does not read
  /// may be emptied here already.
  virtual void closeWindow(KernelBuilder &k, DrainWindowOp drain) {}
  /// Whether the columns of a window are a power of two.
  virtual bool hasAlignedRows() { return true; }
  /// Marks a slot as free.
  virtual void clearSlot(KernelBuilder &k, mlir::Value slot) = 0;

  /// Allocates `size` elements and remembers to free them.
  mlir::Value array(KernelBuilder &k, mlir::Value size, mlir::Type element,
                    mlir::Value &ok, bool zeroed = false);
  bool hasValues() { return type.hasValues(); }
  Monoid monoid() { return op.getSemiring().getAdd(); }
  /// The slots that an occupied accumulator lists; one word of state.
  mlir::Value stateIndex(KernelBuilder &k, mlir::Value instance, int64_t word);
  /// Copies the region of `upsert` here, for position p: key and value, and
  /// whether to merge them where a mask has a say.
  Values inlineBody(KernelBuilder &k, UpsertOp upsert, mlir::Value p);
  /// Whether a mask decides what `upsert` merges.
  bool isFiltered(UpsertOp upsert);
  /// What `merge` makes of `carried` if `pair` is to be merged, else `carried`.
  Values ifKept(KernelBuilder &k, UpsertOp upsert, const Values &pair,
                mlir::ValueRange carried, llvm::function_ref<Values()> merge);
  /// values[slot] = isNew ? value : values[slot] add value.
  void mergeValue(KernelBuilder &k, mlir::Value isNew, mlir::Value slot,
                  mlir::Value value);
  /// Appends `slot` to the list, atomically.
  void appendShared(KernelBuilder &k, mlir::Value slot);
  /// The arrays that drainWindow needs.
  void allocateShared(KernelBuilder &k, mlir::Value &ok);
  /// What counts slots of a shared accumulator.
  virtual mlir::Type slotType(KernelBuilder &k) { return k.getI64Type(); }
  /// Makes sums of counts, by all threads: counts[i] becomes that of those
  /// before i, and counts[count] their total, which is returned. Between thread
  /// loops; uses the instances' sum words.
  mlir::Value sumShared(KernelBuilder &k, mlir::Value threads,
                        mlir::Value counts, mlir::Value count);

  CreateAccumulatorOp op;
  AccumulatorType type;
  mlir::ModuleOp module;
  llvm::SmallVector<mlir::Value> arrays;
  mlir::Value values; ///< by slot
  mlir::Value list;   ///< slots in use, in insertion order
  mlir::Value state;  ///< kStateWords words an instance; the first counts
  // For windows.
  mlir::Value keys, slots, auxKeys, auxSlots, offsets;
  mlir::Value staged; ///< values in order, where they are written in bulk
};

/// A cache line, so that the instances of two threads do not share one.
inline constexpr int64_t kStateWords = 8;

/// The word of an instance's state with the keys that its thread counts while
/// a window is drained.
inline constexpr int64_t kSumWord = kStateWords - 1;

/// An accumulator that writes every pair out, and brings equal keys together
/// when it is drained: what `sort` and `merge` have in common. Equal keys stay
/// in the order of their upserts, and so does the sum of their values.
class PairListExpansion : public AccumulatorExpansion {
public:
  using AccumulatorExpansion::AccumulatorExpansion;

  void upsert(KernelBuilder &k, UpsertOp upsert) override;
  mlir::Value drain(KernelBuilder &k, DrainOp drain) override;
  mlir::Value discard(KernelBuilder &k, DiscardOp discard) override;
  void gather(KernelBuilder &k, GatherOp gather) override;

protected:
  void allocate(KernelBuilder &k, mlir::Value &ok) override;
  void initialise(KernelBuilder &k) override {}
  mlir::Value keyOfSlot(KernelBuilder & /*k*/, mlir::Value /*slot*/) override {
    llvm_unreachable("holds a row");
  }
  void clearSlot(KernelBuilder & /*k*/, mlir::Value /*slot*/) override {
    llvm_unreachable("holds a row");
  }
  /// Told when an upsert has appended pairs [from, to), which may be none, to
  /// those of an instance.
  virtual void appended(KernelBuilder &k, mlir::Value instance,
                        mlir::Value from, mlir::Value to) {}
  /// Sorts the pairs of an instance, stably.
  virtual void sortPairs(KernelBuilder &k, mlir::Value instance,
                         const KeyRun &pairs) = 0;

  mlir::Value stride;    ///< entries of an instance: one more than it holds
  mlir::Value auxValues; ///< scratch, as auxKeys

private:
  /// Appends what `upsert` yields behind `count` pairs; how many there are now.
  mlir::Value append(KernelBuilder &k, UpsertOp upsert, mlir::Value first,
                     mlir::Value count);
  /// The sorted pairs of an instance, with values where `withValues` says so,
  /// and leaves the instance empty.
  KeyRun takeSorted(KernelBuilder &k, mlir::Value instance, bool withValues);
  /// Calls `write` with a number, a key, and the sum of its values so far; the
  /// last call for a number has all of them. How many keys there are.
  mlir::Value compress(
      KernelBuilder &k, const KeyRun &pairs,
      llvm::function_ref<void(mlir::Value, mlir::Value, mlir::Value)> write);
};

std::unique_ptr<AccumulatorExpansion> makeDenseExpansion(CreateAccumulatorOp op,
                                                         mlir::ModuleOp module);
std::unique_ptr<AccumulatorExpansion> makeWindowBitmap(CreateAccumulatorOp op,
                                                       mlir::ModuleOp module);
std::unique_ptr<AccumulatorExpansion>
makeWindowFragments(CreateAccumulatorOp op, mlir::ModuleOp module);
std::unique_ptr<AccumulatorExpansion> makeHashExpansion(CreateAccumulatorOp op,
                                                        mlir::ModuleOp module);
std::unique_ptr<AccumulatorExpansion> makeSortExpansion(CreateAccumulatorOp op,
                                                        mlir::ModuleOp module);
std::unique_ptr<AccumulatorExpansion> makeMergeExpansion(CreateAccumulatorOp op,
                                                         mlir::ModuleOp module);

} // namespace smash

#endif // SMASH_TRANSFORMS_EXPANSION_H
