//===- CostFormulas.h - operations and bytes of a strategy -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// How many of each term (CostTerms.h) a strategy needs, written once over a
/// number type: `double` where statistics are known, `IRNumber` where a kernel
/// computes them. A number type has + - * / with itself and with `double`, and
/// `minimum`, `maximum` and `approximateLog2` in `smash::formulas`; one made by
/// its default constructor is zero.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_STRATEGY_COSTFORMULAS_H
#define SMASH_LIB_STRATEGY_COSTFORMULAS_H

#include "CostTerms.h"
#include <algorithm>
#include <cstring>

namespace smash::formulas {

inline double minimum(double a, double b) { return std::min(a, b); }
inline double maximum(double a, double b) { return std::max(a, b); }

/// log2 by the exponent and, between powers of two, a straight line: what
/// generated code can afford, without a library. At most 0.09 too low. Zero for
/// numbers up to 1.
inline double approximateLog2(double x) {
  int64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return std::max(double(bits) / 0x1p52 - 1023.0, 0.0);
}

/// What is known when the kernel is compiled.
struct Layout {
  double valueBytes = 8;
  double coordinateBytes = 4;
  double positionBytes = 4;
  bool transposeA = false, transposeB = false;
  bool masked = false;
  bool sortedC = true;

  double entryBytes() const { return valueBytes + coordinateBytes; }
};

/// What is known of the operands.
template <typename N>
struct Operands {
  N rows, inner, cols, nnzA, nnzB, products, entries, span, nnzMask;
};

/// Rows of C whose bounds are about the same.
template <typename N>
struct Group {
  N rows, products, entries;
  N logBound; ///< log2 of their largest bound
};

/// Entries that `products` products make in a row of `span` columns, if they
/// fall where they like: span * (1 - exp(-products / span)), where
/// exp(-x) is 1 / (1 + x + x^2 / 2 + x^3 / 6).
template <typename N>
N expectEntries(N products, N span) {
  N x = products / maximum(span, 1.0);
  N power = (x * (1.0 / 6) + 0.5) * x + 1.0;
  N inverse = power * x + 1.0; // exp(x)
  return maximum(span, 1.0) * (inverse - 1.0) / inverse;
}

/// The formulas for one product on one machine.
template <typename N>
class Formulas {
public:
  Formulas(const Operands<N> &operands, const Layout &layout,
           MachineAttr machine)
      : o(operands), layout(layout), machine(machine) {}

  /// The cost of rows of C in one accumulator, one thread to a row.
  void addExclusive(TermCounts<N> &terms, AccumulatorKind kind,
                    Occupancy occupancy, const Group<N> &g) const {
    add(terms, Term::RowStart, g.rows);
    if (layout.masked)
      add(terms, Term::MaskProduct, g.products);
    if (kind == AccumulatorKind::Hash)
      return addHash(terms, g);
    if (kind != AccumulatorKind::Dense)
      return addPairs(terms, kind, g);
    // An array for each thread of a block; rows next to each other use the
    // same part of it.
    N bytes = o.span * (layout.valueBytes + 1) * threadsOfBlock();
    addAccesses(terms, g.products, bytes);
    add(terms, Term::FarUpdate, g.products * beyond(bytes, firstLevelBytes()));
    if (occupancy == Occupancy::Bitmap) {
      add(terms, Term::BitmapProduct, g.products);
      add(terms, Term::BitmapEntry, g.entries);
      // Runs of 64 columns, and how often one in use follows one that is not:
      // what a branch predictor cannot know.
      N runs = g.rows * maximum(o.span * (1.0 / 64), 1.0);
      N inUse = expectEntries(g.entries, runs);
      add(terms, Term::BitmapScan, runs);
      add(terms, Term::BitmapTurn, inUse * (runs - inUse) / maximum(runs, 1.0));
      return;
    }
    add(terms, Term::ListProduct, g.products);
    add(terms, Term::ListEntry, g.entries);
    if (layout.sortedC)
      add(terms, Term::ListSort,
          g.entries * minimum(g.entries / maximum(g.rows, 1.0), 24.0));
  }

  /// The cost of rows of C in windows that the threads of a block share.
  void addWindow(TermCounts<N> &terms, AccumulatorKind kind,
                 const Group<N> &g) const {
    add(terms, Term::RowStart, g.rows);
    if (layout.masked)
      add(terms, Term::MaskProduct, g.products);
    if (kind == AccumulatorKind::Hash) {
      add(terms, Term::WindowHashProduct, g.products);
      add(terms, Term::WindowHashEntry, g.entries);
      if (layout.sortedC)
        add(terms, Term::WindowHashSort, g.entries * g.logBound);
      return;
    }
    add(terms, Term::WindowBitmapProduct, g.products);
    add(terms, Term::WindowBitmapEntry, g.entries);
    add(terms, Term::WindowBitmapScan, g.rows * o.cols * (1.0 / 64));
  }

  /// The cost of rows of C in an outer product.
  void addOuter(TermCounts<N> &terms, const Group<N> &g) const {
    add(terms, Term::RowStart, g.rows);
    if (layout.masked)
      add(terms, Term::MaskProduct, g.products);
    add(terms, Term::OuterProduct, g.products);
    add(terms, Term::OuterSort,
        g.products * approximateLog2(g.products / maximum(g.rows, 1.0)));
  }

  /// The cost of an inner product's rows, once their pattern is known.
  void addInner(TermCounts<N> &terms, const Group<N> &g) const {
    // The entries of A in a row of the group.
    N inA =
        g.products * o.nnzA / maximum(o.products, 1.0) / maximum(g.rows, 1.0);
    N inB = o.nnzB / maximum(o.cols, 1.0);
    add(terms, Term::InnerEntry, g.entries);
    // A row that is much longer is searched.
    N steps = minimum(inA + inB, minimum(inA, inB) * 16.0);
    add(terms, Term::InnerStep, g.entries * steps);
  }

  /// What any row-wise product costs besides merging, in `terms` of which those
  /// of the rows are there already.
  void addRowWise(TermCounts<N> &terms, MergeMode merge) const {
    addTiles(terms, merge);
    if (layout.transposeA)
      addTranspose(terms, o.nnzA);
    if (layout.transposeB)
      addTranspose(terms, o.nnzB);
    add(terms, Term::EntryStart, o.nnzA);
    if (layout.masked)
      add(terms, Term::MaskEntry, o.nnzMask);
    N bytesB = o.nnzB * layout.entryBytes() + o.inner * layout.positionBytes;
    // Rows of C next to each other read the same part of B where they have the
    // same part of the columns.
    N used = bytesB * minimum(o.span / maximum(o.cols, 1.0), 1.0);
    addAccesses(terms, o.nnzA, used);
    add(terms, Term::TrafficBytes,
        o.products * layout.entryBytes() * beyond(used, cacheBytes()));
    addOperands(terms);
  }

  /// What an accumulator costs before the first product.
  void addAccumulator(TermCounts<N> &terms, AccumulatorKind kind) const {
    if (kind == AccumulatorKind::Dense)
      add(terms, Term::ClearBytes,
          o.cols * (layout.valueBytes + 1) *
              (double(machine.getBlocks()) * threadsOfBlock()));
  }

  /// What an outer product costs besides its rows.
  void addOuterFixed(TermCounts<N> &terms) const {
    addTiles(terms, MergeMode::Exclusive);
    if (!layout.transposeA)
      addTranspose(terms, o.nnzA);
    if (layout.transposeB)
      addTranspose(terms, o.nnzB);
    add(terms, Term::EntryStart, o.nnzA);
    N partial = o.products * (layout.entryBytes() + 4.0);
    add(terms, Term::TrafficBytes,
        partial * 2.0 * beyond(partial, cacheBytes()));
    addOperands(terms);
  }

  /// What an inner product costs besides its rows and their pattern.
  void addInnerFixed(TermCounts<N> &terms) const {
    addTiles(terms, MergeMode::Exclusive);
    if (layout.transposeA)
      addTranspose(terms, o.nnzA);
    addTranspose(terms, o.nnzB);
    N bytesB = o.nnzB * layout.entryBytes();
    addAccesses(terms, o.entries, bytesB);
  }

  /// Nanoseconds of all terms.
  N time(const TermCounts<N> &terms) const {
    N sum{};
    for (const TermInfo &info : costTerms())
      sum = sum + terms[unsigned(info.term)] *
                      (info.constant * unitNs(machine, info.unit));
    return sum;
  }

private:
  static void add(TermCounts<N> &terms, Term term, N count) {
    N &sum = terms[unsigned(term)];
    sum = sum + count;
  }

  double threadsOfBlock() const { return double(machine.getThreadsPerBlock()); }
  double scratchpadBytes() const {
    return double(machine.getScratchpadBytes());
  }
  double cacheBytes() const {
    return std::max(double(machine.getCacheBytes()), scratchpadBytes());
  }

  /// The fastest part of a memory hierarchy, which machines do not name.
  double firstLevelBytes() const { return scratchpadBytes() / 16; }

  /// The share of random accesses to `bytes` that a memory of `size` misses.
  static N beyond(N bytes, double size) {
    return (maximum(bytes, size) - size) / maximum(bytes, size);
  }

  void addAccesses(TermCounts<N> &terms, N accesses, N bytes) const {
    add(terms, Term::CacheAccess, accesses * beyond(bytes, scratchpadBytes()));
    add(terms, Term::MemoryAccess, accesses * beyond(bytes, cacheBytes()));
  }

  /// Products as pairs, sorted or merged as runs; then compressed.
  void addPairs(TermCounts<N> &terms, AccumulatorKind kind,
                const Group<N> &g) const {
    N perRow = g.products / maximum(g.rows, 1.0);
    add(terms, Term::PairEntry, g.entries);
    if (kind == AccumulatorKind::Sort)
      return add(terms, Term::SortProduct,
                 g.products * (approximateLog2(perRow) + 1.0));
    // Rows of B that are merged into one of C: its entries of A.
    N runs = perRow * o.nnzA / maximum(o.products, 1.0);
    add(terms, Term::MergeProduct, g.products * (approximateLog2(runs) + 1.0));
  }

  void addHash(TermCounts<N> &terms, const Group<N> &g) const {
    add(terms, Term::HashProduct, g.products);
    add(terms, Term::HashEntry, g.entries);
    if (layout.sortedC)
      add(terms, Term::HashSort, g.entries * g.logBound);
    N slots = minimum(g.products / maximum(g.rows, 1.0), o.cols) * 2.0;
    N bytes = slots * (layout.entryBytes() * threadsOfBlock());
    addAccesses(terms, g.products, bytes);
    add(terms, Term::FarUpdate, g.products * beyond(bytes, firstLevelBytes()));
  }

  /// Eight tiles of rows to a worker (see the row-wise kernel), laid out by the
  /// threads of one block while the others wait.
  void addTiles(TermCounts<N> &terms, MergeMode merge) const {
    double threads = double(machine.getBlocks()) * threadsOfBlock();
    double workers =
        merge == MergeMode::Atomic ? double(machine.getBlocks()) : threads;
    if (workers > 1)
      add(terms, Term::Tile,
          o.rows / maximum(o.rows, 1.0) *
              (8 * workers * double(machine.getBlocks())));
  }

  void addTranspose(TermCounts<N> &terms, N entries) const {
    add(terms, Term::TransposeEntry, entries);
    addAccesses(terms, entries, entries * layout.entryBytes());
  }

  /// Operands are read once at least, C is written.
  void addOperands(TermCounts<N> &terms) const {
    add(terms, Term::TrafficBytes,
        (o.nnzA + o.nnzB + o.entries) * layout.entryBytes() +
            (o.rows + o.inner) * layout.positionBytes);
  }

  Operands<N> o;
  Layout layout;
  MachineAttr machine;
};

} // namespace smash::formulas

#endif // SMASH_LIB_STRATEGY_COSTFORMULAS_H
