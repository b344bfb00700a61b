//===- Passes.td - passes of the smash dialect -------------*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_PASSES_TD
#define SMASH_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def OrientProducts : Pass<"smash-orient-products", "::mlir::ModuleOp"> {
  let summary = "turn products around where that saves conversions";
  let description = [{
    A matrix in CSC is its transpose in CSR, and C' = B' A': the multiply
    commutes, and the sums keep their order. A product whose operands or result
    are stored by columns is turned around where fewer entries are converted
    then:

    ```mlir
    // before
    %c = smash.spgemm ins(%a, %b : tensor<?x?xf64, #CSC>, tensor<?x?xf64, #CSC>)
                      outs(%init : tensor<?x?xf64, #CSC>) ...
    // after
    %bt = smash.transpose %b : tensor<?x?xf64, #CSC> to tensor<?x?xf64, #CSR>
    %at = smash.transpose %a : tensor<?x?xf64, #CSC> to tensor<?x?xf64, #CSR>
    %ct = smash.spgemm ins(%bt, %at : tensor<?x?xf64, #CSR>,
                                      tensor<?x?xf64, #CSR>)
                       outs(%empty : tensor<?x?xf64, #CSR>) ...
    %c = smash.transpose %ct : tensor<?x?xf64, #CSR> to tensor<?x?xf64, #CSC>
    ```

    Entries are counted as `smash.statistics` says; where nothing is known C has
    as many as three operands. A product that is turned keeps its
    statistics, exchanged; what was counted of rows does not hold of columns,
    which are taken to be alike.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numTurned", "turned", "products turned around">
  ];
}

def InsertConversions : Pass<"smash-insert-conversions", "::mlir::ModuleOp"> {
  let summary = "bring operands into the format that a dataflow reads";
  let description = [{
    Kernels read and write CSR (an outer product CSC of A, an inner product CSC
    of B as well). What is stored otherwise is read through a view or converted,
    in the open:

    - CSC is the transpose in CSR: `smash.transpose`, a view.
    - DCSR has a view as CSR of its stored rows, `smash.compact`. A product of
      it has as many rows; `smash.expand` puts them where they belong. Where B is
      such a view, `smash.relabel` names the columns of A by its rows, and a
      mask is restricted to the rows of A by `smash.gather_rows`. COO, and
      whatever else has no place for each row, becomes DCSR first, if nothing
      else has such a place. So memory never grows with the rows or columns of
      a product that is hypersparse.
    - All else is converted: `smash.convert`.
    - A dense C is written row by row by an exclusive row-wise product; of any
      other it is a sum of entries: `smash.scatter`.

    ```mlir
    // before
    %c = smash.spgemm ins(%a, %b : tensor<?x?xf64, #DCSR>,
                                   tensor<?x?xf64, #CSR>)
                      outs(%init : tensor<?x?xf64, #DCSR>) ...
                      strategy(row_wise)
    // after
    %rows, %list = smash.compact %a
    %d = smash.spgemm ins(%rows, %b) outs(%empty) ... strategy(row_wise)
    %c = smash.expand [%m, %n] %d rows(%list : memref<?xi32>)
    ```

    An inner product fills C's pattern, which takes the rows of B:

    ```mlir
    // before
    %c = smash.spgemm ins(%a, %b) outs(%init) ... strategy(inner)
    // after
    %bc = smash.convert %b : tensor<?x?xf64, #CSR> to tensor<?x?xf64, #CSC>
    %bt = smash.transpose %bc
    %p = smash.spgemm_symbolic ins(%a, %b) strategy(row_wise)
    %c = smash.spgemm_numeric plan(%p) ins(%a, %bt) outs(%init) transpose_b ...
           strategy(inner)
    smash.release %p
    smash.release %bc
    ```

    A product that accumulates overwrites an `outs` of its own, and is united
    with what was there, which a mask has no say in:

    ```mlir
    // before
    %c = smash.spgemm ins(%a, %b) outs(%old) mask(%m) accumulate(max) ...
    // after
    %e = tensor.empty(...)
    %p = smash.spgemm ins(%a, %b) outs(%e) mask(%m) ...
    %c = smash.union ins(%old, %p) outs(...) add(max)
    smash.release %p
    ```

    Where the rows of `outs` are nonordered, a sorted copy of it is united. Of
    what has no place for each row (DCSR, COO, ...) the rows that are stored, of
    `outs` or of the product, are united: `smash.unite_rows` tells which these
    are, `smash.gather_rows` brings them together. What is in another format is
    converted to CSR and back.
  }];
  let options = [
    Option<"allowConversion", "allow-conversion", "bool", /*default=*/"true",
           "insert conversions; otherwise a product that needs one is an error "
           "(views are always allowed)">
  ];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numConversions", "conversions", "conversions and views inserted">,
    Statistic<"numUnions", "unions", "accumulations split off">
  ];
}

def LowerStatistics : Pass<"smash-lower-statistics", "::mlir::ModuleOp"> {
  let summary = "lower smash.statistics to counting loops";
  let description = [{
    Turns `smash.statistics` of CSR tensors into loops: one over A's entries,
    which counts the products of each row of C and puts it into a bucket by its
    bound; and one over about a thousand rows, for their mean span.

    ```mlir
    // before
    %s = smash.statistics ins(%a, %b : ...) : memref<?xi64>
    // after
    %s, %ok = smash.try_alloc(%c137) zeroed : memref<?xi64>
    scf.for %row = %c0 to %rows step %c1 { ... }
    ```
  }];
  let dependentDialects = ["::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numLowered", "lowered", "statistics lowered">
  ];
}

def LowerConversions : Pass<"smash-lower-conversions", "::mlir::ModuleOp"> {
  let summary = "lower conversions of formats to loops on buffers";
  let description = [{
    Turns `smash.convert`, `smash.relabel`, `smash.gather_rows`,
    `smash.unite_rows`, `smash.expand` and `smash.scatter` into loops that make the result's buffers, and
    `smash.transpose` and `smash.compact` into the source's buffers.

    Entries that come in the order of the result are appended to it; a format
    with positions is filled by a counting sort from one with another order, by
    all threads of the module's `smash.machine` (one where there is none); all
    others are sorted by merging.

    ```mlir
    // before
    %c = smash.convert %a : tensor<?x?xf64, #CSR> to tensor<?x?xf64, #CSC>
    // after
    %parts:3 = scf.if %there -> (...) { count, sum up, move } else { empty }
    %c = smash.assemble [%rows, %cols] %parts#0, %parts#1, %parts#2
    ```
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::complex::ComplexDialect", "::mlir::tensor::TensorDialect"
  ];
  let statistics = [
    Statistic<"numLowered", "lowered", "conversions lowered">,
    Statistic<"numViews", "views", "views of the same buffers">
  ];
}

def LowerUnion : Pass<"smash-lower-union", "::mlir::ModuleOp"> {
  let summary = "lower unions of sparse matrices to block-parallel kernels";
  let description = [{
    Turns `smash.union` of CSR tensors with sorted rows into two passes over
    tiles of rows with about equal entries: the entries of each row of the result
    are counted and summed, then written. Two cursors move over both rows without
    a branch on the columns; linear in rows + entries.

    Needs the module's `smash.machine`.
  }];
  let dependentDialects = [
    "::mlir::func::FuncDialect", "::mlir::complex::ComplexDialect",
    "::mlir::tensor::TensorDialect"
  ];
  let statistics = [
    Statistic<"numLowered", "lowered", "unions lowered">
  ];
}

def LowerRowWiseProduct
    : Pass<"smash-lower-row-wise-product", "::mlir::ModuleOp"> {
  let summary = "lower products with strategy row_wise to block-parallel kernels";
  let description = [{
    Row i of C is the sum over k in row i of A of A(i, k) times row k of B
    (Gustavson, ACM TOMS 4(3), 1978), merged in an accumulator.

    One pass (`phases = one`): rows are bounded by their products, C is
    allocated at the bound (pages not touched cost nothing), tiles of rows with
    equal work are merged and written one behind the other, and the tiles are
    moved together at the end. Two phases: the entries of each tile are counted
    first, so that C is allocated as long as it is. `smash.spgemm_symbolic` and
    `smash.spgemm_numeric` are lowered by the same means; the latter, where it
    has the attribute `smash.in_place` and its `outs` is a `smash.assemble` for
    it alone, writes into those buffers, which hold nothing before, must have
    room for the entries of the plan, and hold anything after an error.

    With `merge = atomic` the threads of a block share a window of consecutive
    rows whose table fits the scratchpad, and merge products as they are formed
    (SMASH, arXiv 2105.14156): window distribution, hashing, write-back.

    A row of a dense C needs no accumulator (with `merge = exclusive`): it starts
    as the identity of the add, with a byte for each column that says whether a
    product was added to it, and whether the mask has an entry there. When the
    row is done the sums are added to what C held before. The bits are those of
    any exclusive product.

    Products with another dataflow are left alone. What parses and is not
    lowered (masks by value, `replace`), and formats that
    `smash-insert-conversions` was to convert, are one diagnostic each.

    Needs the module's `smash.machine`.
  }];
  let dependentDialects = [
    "::mlir::bufferization::BufferizationDialect", "::mlir::func::FuncDialect",
    "::mlir::complex::ComplexDialect", "::mlir::tensor::TensorDialect"
  ];
  let statistics = [
    Statistic<"numLowered", "lowered", "products lowered">
  ];
}

def LowerInnerProduct : Pass<"smash-lower-inner-product", "::mlir::ModuleOp"> {
  let summary = "lower products with strategy inner to block-parallel kernels";
  let description = [{
    Entry (i, j) of C is row i of A times column j of B, for the entries of a
    plan: never for all (i, j). Lowers `smash.spgemm_numeric` with `transpose_b`,
    whose operands are then read along their storage; `smash-insert-conversions`
    makes it of a `smash.spgemm`.

    Row and column are intersected by two cursors, or, where one is 16 times
    longer, by a binary search for each entry of the shorter. A row that serves
    several entries of C is put in a hash table, in which each column looks its
    entries up. Products of an
    entry are added in ascending inner index: the bits are those of an exclusive
    row-wise product. Rows are divided into tiles with equal entries of C.

    Needs the module's `smash.machine`.
  }];
  let dependentDialects = [
    "::mlir::func::FuncDialect", "::mlir::complex::ComplexDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect"
  ];
  let statistics = [
    Statistic<"numLowered", "lowered", "products lowered">
  ];
}

def LowerOuterProduct : Pass<"smash-lower-outer-product", "::mlir::ModuleOp"> {
  let summary = "lower products with strategy outer to block-parallel kernels";
  let description = [{
    C is the sum over k of column k of A times row k of B. Lowers `smash.spgemm`
    with `transpose_a`, whose operands are then read along their storage;
    `smash-insert-conversions` sees to that.

    Partial products are written out in bins of consecutive rows of C that fit
    the scratchpad (propagation blocking; PB-SpGEMM, Gu, Moreira, Edelsohn and
    Azad, SPAA 2020), then each bin is grouped by row, sorted by column and
    compressed. Where all partial products together would take over an eighth of
    the machine's memory, C is computed in phases of consecutive rows.

    Products of an entry are added in ascending inner index, however many blocks
    there are: the bits are those of an exclusive row-wise product.

    Needs the module's `smash.machine`.
  }];
  let dependentDialects = [
    "::mlir::func::FuncDialect", "::mlir::complex::ComplexDialect",
    "::mlir::tensor::TensorDialect"
  ];
  let statistics = [
    Statistic<"numLowered", "lowered", "products lowered">
  ];
}

def RelaxAtomics : Pass<"smash-relax-atomics", "::mlir::ModuleOp"> {
  let summary = "remove atomics where one thread has an accumulator to itself";
  let description = [{
    An `atomic` upsert whose enclosing thread loop has one iteration, on an
    accumulator that the loop's block made, has no one to race with:

    ```mlir
    // before
    scf.forall (%t) in (1) { smash.upsert %acc[%c0] ... atomic {...} }
    // after
    scf.forall (%t) in (1) { smash.upsert %acc[%c0] ... {...} }
    ```

  }];
  let statistics = [
    Statistic<"numRelaxed", "relaxed", "upserts made exclusive">
  ];
}

def ExpandAccumulators : Pass<"smash-expand-accumulators", "::mlir::ModuleOp"> {
  let summary = "turn accumulators into loops over memory";
  let description = [{
    Replaces accumulators by buffers, and their ops by loops:

    - `dense` is an array of values by key, a byte of occupancy per key, and a
      list of keys (`occupancy = list`) or the range of keys seen
      (`occupancy = bitmap`), whose bytes are scanned 64 at a time: keys come
      out in order without a sort;
    - `hash` is a table of tags and values with linear probing, and the list of
      slots in use. An empty tag is all ones, which is no key;
    - `sort` writes every pair out, sorts them stably by key, and adds the values
      of equal keys in the order in which they came;
    - `merge` does the same, but knows where the ordered runs begin, and merges
      neighbours in rounds.

    Sorting (of a drain, or `smash.sort`) is generated too: insertion for short
    runs, a two-level bitmap walk for a dense accumulator's list, a merge sort
    otherwise.
  }];
  let dependentDialects = [
    "::mlir::func::FuncDialect", "::mlir::complex::ComplexDialect",
    "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"
  ];
  let statistics = [
    Statistic<"numExpanded", "expanded", "accumulators expanded">
  ];
}

def FlattenTensors : Pass<"smash-flatten-tensors", "::mlir::ModuleOp"> {
  let summary = "give functions on sparse tensors a plain buffer interface";
  let description = [{
    Replaces each sparse matrix by its parts, at function boundaries too: rows,
    columns, then the buffers of its storage (for each level positions and
    coordinates, where it has them; values): the plain calling convention for C
    callers. A dense matrix becomes rows, columns and its elements row by row,
    a plan rows, columns, positions, coordinates and
    fingerprint.

    ```mlir
    // before
    func.func @f(%a: tensor<?x?xf64, #CSR>)
    // after
    func.func @f(%rows: index, %cols: index, %pos: memref<?xi32>,
                 %crd: memref<?xi32>, %val: memref<?xf64>)
    ```
  }];
  let options = [
    Option<"plansOnly", "plans-only", "bool", "false",
           "leave tensors as they are">
  ];
  let statistics = [
    Statistic<"numFunctions", "functions", "functions flattened">
  ];
}

#endif // SMASH_TRANSFORMS_PASSES_TD
