//===- CostTerms.h - what a product's time is made of -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The predicted time of a product is a sum of terms: a count, which the
/// formulas (CostFormulas.h) get from statistics, times a constant of the table
/// (CostTerms.cpp), times what the machine takes for one of the term's unit.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_STRATEGY_COSTTERMS_H
#define SMASH_LIB_STRATEGY_COSTTERMS_H

#include "Smash/IR/Smash.h"
#include <array>

namespace smash {

enum class Term {
  Tile,
  RowStart,
  EntryStart,
  MaskProduct,
  MaskEntry,
  ListProduct,
  ListEntry,
  ListSort,
  BitmapProduct,
  BitmapEntry,
  BitmapScan,
  BitmapTurn,
  FarUpdate,
  HashProduct,
  HashEntry,
  HashSort,
  SortProduct,
  MergeProduct,
  PairEntry,
  WindowHashProduct,
  WindowHashEntry,
  WindowHashSort,
  WindowBitmapProduct,
  WindowBitmapEntry,
  WindowBitmapScan,
  OuterProduct,
  OuterSort,
  InnerEntry,
  InnerStep,
  TransposeEntry,
  ClearBytes,
  CacheAccess,
  MemoryAccess,
  TrafficBytes,
};
inline constexpr unsigned kTerms = unsigned(Term::TrafficBytes) + 1;

/// What one of a term takes on a machine, and what it is shown under.
enum class TermUnit {
  Update,       ///< plain_update_cost, shared by all threads
  Atomic,       ///< atomic_cost, shared by all threads
  CacheAccess,  ///< cache_access_cost, shared by all threads
  MemoryAccess, ///< memory_access_cost, shared by all threads
  Byte          ///< 1 / bytes_per_second, of all threads together
};

struct TermInfo {
  Term term;
  llvm::StringLiteral key;
  TermUnit unit;
  double constant; ///< units for one
  llvm::StringLiteral meaning;
};

/// The table, in the order of Term.
llvm::ArrayRef<TermInfo> costTerms();

/// Nanoseconds that one of a term takes on `machine`.
double unitNs(MachineAttr machine, TermUnit unit);

/// How many of each term.
template <typename Number>
using TermCounts = std::array<Number, kTerms>;

} // namespace smash

#endif // SMASH_LIB_STRATEGY_COSTTERMS_H
