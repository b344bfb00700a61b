//===- CostTerms.cpp - the constants of the cost model --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CostTerms.h"

using namespace smash;

// Calibrated by `benchmark/calibrate` on the reports of `benchmark/choice`, on
// one thread of an EPYC (family 26); those of windows on simulated runs
// (`smash explain --target=piuma-1core --measure`).
static constexpr TermInfo kTable[] = {
    {Term::Tile, "tile", TermUnit::Update, 80,
     "tiles of rows that one block lays out, times all blocks"},
    {Term::RowStart, "row_start", TermUnit::Update, 20, "rows of C"},
    {Term::EntryStart, "entry_start", TermUnit::Update, 2.6,
     "entries of A, to open a row of B"},
    {Term::MaskProduct, "mask_product", TermUnit::Update, 1,
     "products looked up in the mask"},
    {Term::MaskEntry, "mask_entry", TermUnit::Update, 1,
     "entries of the mask marked"},
    {Term::ListProduct, "list_product", TermUnit::Update, 1.3,
     "products merged, keys in a list"},
    {Term::ListEntry, "list_entry", TermUnit::Update, 1.5,
     "entries listed and drained"},
    {Term::ListSort, "list_sort", TermUnit::Update, 0.19,
     "entries sorted, times their row's length up to 24"},
    {Term::BitmapProduct, "bitmap_product", TermUnit::Update, 1,
     "products merged, keys in a bitmap"},
    {Term::BitmapEntry, "bitmap_entry", TermUnit::Update, 0.8,
     "entries found and drained"},
    {Term::BitmapScan, "bitmap_scan", TermUnit::Update, 0.2,
     "runs of 64 columns scanned"},
    {Term::BitmapTurn, "bitmap_turn", TermUnit::Update, 10,
     "turns from an empty run to one in use"},
    {Term::FarUpdate, "far_update", TermUnit::Update, 5.7,
     "products merged beyond a 16th of the scratchpad"},
    {Term::HashProduct, "hash_product", TermUnit::Update, 2.3,
     "products merged in a table"},
    {Term::HashEntry, "hash_entry", TermUnit::Update, 6,
     "entries inserted and drained"},
    {Term::HashSort, "hash_sort", TermUnit::Update, 1.5,
     "entries sorted, times log2 of their row's length"},
    {Term::SortProduct, "sort_product", TermUnit::Update, 3,
     "products sorted, times log2 of their row's number"},
    {Term::MergeProduct, "merge_product", TermUnit::Update, 4,
     "products merged from runs, times log2 of the runs"},
    {Term::PairEntry, "pair_entry", TermUnit::Update, 3,
     "entries compressed and copied"},
    {Term::WindowHashProduct, "window_hash_product", TermUnit::Atomic, 2.5,
     "products merged in a shared table"},
    {Term::WindowHashEntry, "window_hash_entry", TermUnit::Update, 15,
     "entries of a shared table"},
    {Term::WindowHashSort, "window_hash_sort", TermUnit::Update, 4,
     "entries sorted, times log2 of their row's length"},
    {Term::WindowBitmapProduct, "window_bitmap_product", TermUnit::Atomic, 1.4,
     "products merged in a shared array"},
    {Term::WindowBitmapEntry, "window_bitmap_entry", TermUnit::Update, 8,
     "entries of a shared array"},
    {Term::WindowBitmapScan, "window_bitmap_scan", TermUnit::Update, 3,
     "runs of 64 columns scanned"},
    {Term::OuterProduct, "outer_product", TermUnit::Update, 20,
     "products written out and read"},
    {Term::OuterSort, "outer_sort", TermUnit::Update, 3.3,
     "products sorted, times log2 of their row's number"},
    {Term::InnerEntry, "inner_entry", TermUnit::Update, 1.7,
     "pairs of a row and a column"},
    {Term::InnerStep, "inner_step", TermUnit::Update, 2.5,
     "steps through rows and columns"},
    {Term::TransposeEntry, "transpose_entry", TermUnit::Update, 2,
     "entries transposed"},
    {Term::ClearBytes, "clear_bytes", TermUnit::Byte, 1.3,
     "bytes of arrays made ready"},
    {Term::CacheAccess, "cache_access", TermUnit::CacheAccess, 1,
     "random accesses beyond the scratchpad"},
    {Term::MemoryAccess, "memory_access", TermUnit::MemoryAccess, 1,
     "random accesses beyond the cache"},
    {Term::TrafficBytes, "traffic_bytes", TermUnit::Byte, 1,
     "bytes read and written"}};
static_assert(std::size(kTable) == kTerms);

llvm::ArrayRef<TermInfo> smash::costTerms() { return kTable; }

double smash::unitNs(MachineAttr machine, TermUnit unit) {
  double threads =
      double(machine.getBlocks()) * double(machine.getThreadsPerBlock());
  auto shared = [&](int64_t picoseconds) {
    return double(picoseconds) / 1e3 / threads;
  };
  switch (unit) {
  case TermUnit::Update:
    return shared(machine.getPlainUpdateCost());
  case TermUnit::Atomic:
    return shared(machine.getAtomicCost());
  case TermUnit::CacheAccess:
    return shared(machine.getCacheAccessCost());
  case TermUnit::MemoryAccess:
    return shared(machine.getMemoryAccessCost());
  case TermUnit::Byte:
    return 1e9 / double(machine.getBytesPerSecond());
  }
  llvm_unreachable("unknown unit");
}
