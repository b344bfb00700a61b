//===- RowWise.h - the parts of a row-wise kernel -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Shared by the files that build row-wise kernels, and by those that count what
// such a kernel would do.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_ROWWISE_H
#define SMASH_TRANSFORMS_ROWWISE_H

#include "SharedLoops.h"
#include "Smash/IR/Semiring.h"
#include <optional>

namespace smash {

/// The buffers of a CSR operand, and its shape as values.
struct CsrOperand {
  mlir::Value rows, cols, pos, crd, val;
};

/// Reads the parts of the CSR tensor `tensor`.
CsrOperand openOperand(KernelBuilder &k, mlir::Value tensor);

/// The element types of a CSR tensor's positions and coordinates.
mlir::Type positionTypeOf(mlir::Type tensor);
mlir::Type coordinateTypeOf(mlir::Type tensor);

/// Which entries of C are computed: those where `matrix` has an entry or, with
/// `complement`, those where it has none. Its rows ascend.
struct StructuralMask {
  CsrOperand matrix;
  bool complement;
};

/// What a row-wise kernel computes, and for which machine.
struct RowWiseProduct {
  CsrOperand a, b;
  StrategyAttr strategy;
  MachineAttr machine;
  SemiringAttr semiring;
  mlir::Type element;    ///< none: the pattern only
  mlir::Type position;   ///< element type of C's positions
  mlir::Type coordinate; ///< element type of C's coordinates
  std::optional<StructuralMask> mask;
  bool orderedB = true; ///< rows of B ascend
  bool orderedC = true; ///< rows of C must ascend

  bool hasValues() const { return !mlir::isa<mlir::NoneType>(element); }
  int64_t blocks() const { return machine.getBlocks(); }
  int64_t threads() const { return machine.getThreadsPerBlock(); }
  /// All of them share what is done for the product as a whole.
  operator Workers() const { return Workers::of(machine); }
  bool isAtomic() const { return strategy.getMerge() == MergeMode::Atomic; }
  /// Whether one thread makes all rows, one after the other: C is written from
  /// its first entry to its last, and its positions are known at once.
  bool isSequential() const {
    return blocks() == 1 && threads() == 1 && !isAtomic();
  }
  /// The integer that holds a coordinate of B, and a mark that is none.
  mlir::IntegerType keyType() const;
};

/// How rows are divided: made before C is allocated, freed at the end.
struct WorkPlan {
  mlir::Value ok; ///< whether memory sufficed
  /// Products of the rows before row i; rows + 1. Null where rows are neither
  /// divided nor told apart: an array for each column, in sequence.
  mlir::Value rowWork;
  /// Bounds of the rows before row i; rows + 1. Null where no window is cut by
  /// them.
  mlir::Value rowBounds;
  mlir::Value tileBegin;   ///< first row of tile t; tiles + 1
  mlir::Value tileSegment; ///< where tile t writes in C; tiles + 1
  mlir::Value tileCount;   ///< entries that tile t wrote; tiles
  mlir::Value status;      ///< one element, 1 when a block failed
  mlir::Value tiles;       ///< number of tiles, a multiple of all threads
  mlir::Value capacity;    ///< bound of nnz(C): the last segment's end
  mlir::Value maxBound;    ///< of the row with the largest bound
  /// The most products of a row whose accumulator keeps every pair; zero where
  /// there is none.
  mlir::Value maxPairs;
  /// A number for each thread of a block, two at least.
  mlir::Value partial;
  // Where there are several tiles, of the parts that they are bounded in:
  mlir::Value partBound;   ///< entries of C before part p, at most; parts + 1
  mlir::Value partLargest; ///< of the bounds of its rows; parts
  mlir::Value partPairs;   ///< as maxPairs; parts, or null
};

/// The arrays of C (or of its pattern).
struct Result {
  mlir::Value pos, crd, val;
};

/// A fingerprint of the operands' patterns, as an i64: of their shapes and of
/// each entry's place. The same whether B is stored by rows or (`transposedB`)
/// by columns. That two different patterns agree is as likely as a collision of
/// a 64-bit hash.
mlir::Value fingerprint(KernelBuilder &k, const CsrOperand &a,
                        const CsrOperand &b, bool transposedB = false);

/// The pattern that `plan` holds. When it was made for operands of another
/// fingerprint than `actual`, that is recorded as an error, and the pattern is
/// empty, as that of a failed product.
Result openPlan(KernelBuilder &k, mlir::Value plan, mlir::Value actual);

/// The same without a look at fingerprints.
Result openPlan(KernelBuilder &k, mlir::Value plan);

/// Whether the plan of `op` is made, in sight, of operands with the entries of
/// its own: of the same values, but for the order in which they are stored.
bool isPlannedInSight(SpGEMMNumericOp op);

/// A product (or a union) of `a` and `b` on `machine`, of which the rest is
/// still to be said.
RowWiseProduct describeProduct(KernelBuilder &k, mlir::Value a, mlir::Value b,
                               StrategyAttr strategy, MachineAttr machine);

/// Says that the result is a tensor of type `c`.
void describeResult(RowWiseProduct &product, mlir::Type c);

/// Replaces `op` by a tensor of `rows` x `cols` made of the arrays of `c`.
void replaceByResult(KernelBuilder &k, mlir::Operation *op, mlir::Value rows,
                     mlir::Value cols, const Result &c);

/// An array of C; `ok` becomes false when memory runs out.
mlir::Value allocResult(KernelBuilder &k, mlir::Value size, mlir::Type element,
                        mlir::Value &ok);

/// C once its `total` entries are written, tile by tile: counts become
/// positions, and tiles stand one behind the other.
Values finishResult(KernelBuilder &k, const RowWiseProduct &product,
                    const WorkPlan &plan, const Result &c, mlir::Value total);

/// The types of a result's arrays.
llvm::SmallVector<mlir::Type> resultTypes(const RowWiseProduct &product);

/// The arrays of a result, and back.
Values toValues(const Result &result);
Result fromValues(const Values &values);
void freeResult(KernelBuilder &k, const Result &result);

/// Whether `positions` are those of `rows` rows, and not what is left of a
/// product that failed.
mlir::Value isThere(KernelBuilder &k, mlir::Value positions, mlir::Value rows);

/// Whether the operands' positions are there: a product before this one that
/// failed leaves empty buffers.
mlir::Value operandsAreThere(KernelBuilder &k, const RowWiseProduct &product);

/// The result of `body` when `ok`, else `undo` and an empty result.
Values guarded(
    KernelBuilder &k, const RowWiseProduct &product, mlir::Value ok,
    llvm::function_ref<Values()> body, llvm::function_ref<void()> undo = [] {});

/// The result of `body` if `total` entries can be numbered, else an error.
Values withinPositions(
    KernelBuilder &k, const RowWiseProduct &product, mlir::Value total,
    llvm::function_ref<Values()> body, llvm::function_ref<void()> undo = [] {});

/// The result of `body` if the columns of C can be told apart by its
/// coordinates and by keys, else an error.
Values withinCoordinates(KernelBuilder &k, const RowWiseProduct &product,
                         mlir::Value cols, llvm::function_ref<Values()> body);

/// Whether windows of rows are merged that hold so many keys.
bool cutsByKeys(const RowWiseProduct &product);

/// Allocates the plan's arrays; sets `ok`.
WorkPlan allocateWorkPlan(KernelBuilder &k, const RowWiseProduct &product);

/// Says, in a block, that memory ran out; any block may.
void markFailed(KernelBuilder &k, mlir::Value status);

/// Counts products, cuts tiles of equal work, lays out their segments.
void fillWorkPlan(KernelBuilder &k, const RowWiseProduct &product,
                  WorkPlan &plan);
void freeWorkPlan(KernelBuilder &k, const WorkPlan &plan);

/// The entries that `work` products can make in row `row`, at most.
mlir::Value boundOf(KernelBuilder &k, const RowWiseProduct &product,
                    mlir::Value row, mlir::Value work);

/// min(products of row i, columns of C, entries of a plain mask's row i); the
/// columns alone where the plan does not tell rows apart.
mlir::Value rowBound(KernelBuilder &k, const RowWiseProduct &product,
                     const WorkPlan &plan, mlir::Value row);

/// The kernel (for C, or for its pattern when the product has no values), in as
/// many phases as the strategy says.
/// Empty buffers after an error, which has been recorded.
Result buildProduct(KernelBuilder &k, const RowWiseProduct &product);

/// The values of C for a known pattern (positions and coordinates of C), in
/// `destination`, which has room for them, or in buffers of C's own. After an
/// error a destination holds anything, and the result is empty buffers.
Result buildNumeric(KernelBuilder &k, const RowWiseProduct &product,
                    Result pattern,
                    const std::optional<Result> &destination = std::nullopt);

/// The product as a dense matrix of `type`: `init` with the sum of products
/// added by `accumulate` as a whole or, where `init` is empty, the sums alone,
/// beside what stands for nothing. Rows of C are accumulators themselves; the
/// bits are those of any exclusive product.
mlir::Value buildDenseProduct(KernelBuilder &k, const RowWiseProduct &product,
                              mlir::Value init, mlir::RankedTensorType type,
                              Monoid accumulate);

/// Whether an accumulator keeps every pair until it is drained.
bool keepsPairs(BinAttr bin);

struct Accumulators {
  llvm::SmallVector<mlir::Value, 2> ofBin; ///< one per bin, may repeat
  /// For each thread of the block a byte for each column of C, 1 in those of
  /// the mask's row; all 0 between rows. Null where the mask's row is searched.
  mlir::Value marks;
  mlir::Value large; ///< for a row that no window holds; null where all do
  /// Of a window: the counter that hands out its work and, where long rows of B
  /// are shared, how many are listed, and where in A each of them is met.
  mlir::Value tokens;
};
/// Calls `body` with the accumulators made and not failed, inside a block.
void withAccumulators(KernelBuilder &k, const RowWiseProduct &product,
                      const WorkPlan &plan,
                      llvm::function_ref<void(const Accumulators &)> body);

/// Merges row `row` of C into the accumulator of `bin`, exclusively.
void mergeRow(KernelBuilder &k, const RowWiseProduct &product,
              const Accumulators &accumulators, unsigned bin,
              mlir::Value instance, mlir::Value row, mlir::Value bound);

/// Whether a window is an array of rows x columns, and not a table.
bool isDenseWindow(const RowWiseProduct &product);

/// How many long rows of B a window lists for all threads of the block to
/// share; 0 where whoever takes an entry of A multiplies it.
int64_t longRowsOfWindow(const RowWiseProduct &product);

/// The keys of a row in a window.
mlir::Value windowColumns(KernelBuilder &k, const RowWiseProduct &product);

/// What a window may hold.
struct WindowLimits {
  mlir::Value rows; ///< rows at most, at least 1
  mlir::Value keys; ///< sum of row bounds at most, unless it is one row
  /// Whether the array of one row fits the scratchpad; null for a table. A
  /// product of which it does not has tables.
  mlir::Value rowFits;
};
WindowLimits windowLimits(KernelBuilder &k, const RowWiseProduct &product);

/// The threads of a block merge a window of rows together, atomically.
void mergeWindows(KernelBuilder &k, const RowWiseProduct &product,
                  const WorkPlan &plan, const Result &c,
                  const Accumulators &accumulators);

/// The entries of the mask in one row, [begin, end).
struct MaskRow {
  mlir::Value begin, end;
  mlir::Value marks; ///< see Accumulators::marks; null: the row is searched
  mlir::Value first; ///< the first of them that are this thread's
};

/// The row of the mask; nothing where there is no mask.
std::optional<MaskRow>
openMaskRow(KernelBuilder &k, const RowWiseProduct &product, mlir::Value row);

/// Whether the mask lets an entry in column `column` (an index) of its row be.
mlir::Value isAllowed(KernelBuilder &k, const RowWiseProduct &product,
                      const MaskRow &row, mlir::Value column);

/// What one entry of A is multiplied with: entries [lo, hi) of B.
struct EntryOfA {
  mlir::Value factor; ///< its value; null where the multiply reads none
  mlir::Value lo, hi;
};
EntryOfA openEntry(KernelBuilder &k, const RowWiseProduct &product,
                   mlir::Value entry);

/// Merges the products of `entry` into `accumulator`, of which `instance` is
/// the thread's: a row of `bound`, or a window with that many `keys` (else
/// null), in which keys start at `keyBase`.
void upsertRow(KernelBuilder &k, const RowWiseProduct &product,
               const std::optional<MaskRow> &maskRow, mlir::Value accumulator,
               mlir::Value instance, mlir::Value bound, mlir::Value keys,
               const EntryOfA &entry, mlir::Value keyBase, bool atomic);

/// Runs `body` for the bin that a row of `bound` falls into; its results are
/// those of `types`.
Values selectBin(KernelBuilder &k, const RowWiseProduct &product,
                 mlir::Value bound, mlir::TypeRange types,
                 llvm::function_ref<Values(unsigned)> body);

/// Tiles of a kernel: one for a lone thread, which then writes C in place; else
/// enough that a thread that is done early finds more work.
int64_t countTiles(const RowWiseProduct &product);

/// For each of `tiles` tiles, calls `body` with its number and the thread's in
/// the block, by a thread of some block; inside a block.
void forEachTile(KernelBuilder &k, const RowWiseProduct &product,
                 mlir::Value tiles,
                 llvm::function_ref<void(mlir::Value, mlir::Value)> body);

} // namespace smash

#endif // SMASH_TRANSFORMS_ROWWISE_H
