//===- SmashOps.td - products on tensors -*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_SMASHOPS_TD
#define SMASH_IR_SMASHOPS_TD

include "Smash/IR/SmashTypes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Smash_Op<string opMnemonic, list<Trait> traits = []>
    : Op<Smash_Dialect, opMnemonic, traits>;

// Names of results and of arguments of regions are in Smash/IR/ValueNames.cpp.
defvar Smash_NamedResults =
  DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>;
defvar Smash_NamedArguments =
  DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>;

// A strategy, or an ordered list of candidates.
def Smash_StrategyOrCandidates : Attr<
    CPred<"::smash::isStrategyOrCandidates($_self)">,
    "a strategy, or a non-empty list of strategies"> {
  let storageType = "::mlir::Attribute";
  let returnType = "::mlir::Attribute";
  let convertFromStorage = "$_self";
}

def Smash_SpGEMMOp : Smash_Op<"spgemm",
    [Pure, DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
       ["reifyResultShapes"]>,
     TypesMatchWith<"result type is the type of outs", "c", "result", "$_self">
    ]> {
  let summary = "multiplies two sparse matrices";
  let description = [{
    Computes `C<M> (+)= op(A) * op(B)` over a semiring, where `op` transposes
    when `transpose_a` or `transpose_b` stands.

    Guaranteed:
    - an entry of C stands exactly where at least one product does (and the mask
      allows), whatever its value: numerically cancelled entries stay;
    - C's rows are sorted if C's level is ordered; a `nonordered` level licenses
      any order;
    - `outs` is the only init: a `tensor.empty` or `bufferization.alloc_tensor`
      is overwritten, anything else is accumulated into with the semiring's
      add, or with the one that `accumulate` names;
    - a `mask` is structural (what counts is where M has entries) unless `value`
      stands: GraphBLAS's default is by value. `complement` inverts it;
      `replace` deletes the entries of `outs` that the mask does not allow.

    Unspecified: the order in which products of one entry are added, unless the
    strategy merges exclusively (then in ascending inner index).

    Operands are `tensor<m x k>`, `tensor<k x n>` and `tensor<m x n>` (after
    `op`) of one element type, with an upstream `#sparse_tensor.encoding`;
    `strategy` says how, and is `auto` when absent.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
    }>
    func.func @square(%a: tensor<?x?xf64, #CSR>, %m: index)
        -> tensor<?x?xf64, #CSR> {
      %init = tensor.empty(%m, %m) : tensor<?x?xf64, #CSR>
      %c = smash.spgemm ins(%a, %a : tensor<?x?xf64, #CSR>,
                                     tensor<?x?xf64, #CSR>)
                        outs(%init : tensor<?x?xf64, #CSR>)
                        semiring(plus_times)
                        strategy(row_wise, accumulator = hash)
      return %c : tensor<?x?xf64, #CSR>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b,
    AnyRankedTensor:$c, Optional<AnyRankedTensor>:$mask,
    UnitAttr:$mask_complement, UnitAttr:$mask_value, UnitAttr:$replace,
    OptionalAttr<Smash_MonoidAttr>:$accumulate,
    UnitAttr:$transpose_a, UnitAttr:$transpose_b,
    Smash_SemiringAttr:$semiring, Smash_StrategyOrCandidates:$strategy);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    `ins` `(` $a `,` $b `:` type($a) `,` type($b) `)`
    `outs` `(` $c `:` type($c) `)`
    `` custom<Mask>($mask, type($mask), $mask_complement, $mask_value)
    (`replace` $replace^)?
    `` custom<Accumulate>($accumulate)
    (`transpose_a` $transpose_a^)? (`transpose_b` $transpose_b^)?
    `semiring` `(` custom<Semiring>($semiring) `)`
    `` custom<StrategyClause>($strategy)
    attr-dict
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getCMutable(); }

    /// The one strategy; null when the op carries a list of candidates.
    StrategyAttr getSingleStrategy() {
      return ::llvm::dyn_cast<StrategyAttr>(getStrategy());
    }
  }];
}

def Smash_SpGEMMSymbolicOp : Smash_Op<"spgemm_symbolic",
    [Pure, Smash_NamedResults]> {
  let summary = "computes the pattern of a product";
  let description = [{
    The symbolic phase: where C = A * B has entries, as a plan that
    `smash.spgemm_numeric` fills, any number of times, for operands of the same
    pattern. A structural `mask` keeps the entries where it has one or,
    complemented, has none. Reads no value.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
    }>
    func.func @plan(%a: tensor<?x?xf64, #CSR>) -> !smash.plan<i32, i32> {
      %p = smash.spgemm_symbolic ins(%a, %a : tensor<?x?xf64, #CSR>,
                                              tensor<?x?xf64, #CSR>)
             strategy(row_wise, accumulator = dense) : !smash.plan<i32, i32>
      return %p : !smash.plan<i32, i32>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b,
                       Optional<AnyRankedTensor>:$mask,
                       UnitAttr:$mask_complement,
                       Smash_StrategyOrCandidates:$strategy);
  let results = (outs Smash_PlanType:$plan);
  let assemblyFormat = [{
    `ins` `(` $a `,` $b `:` type($a) `,` type($b) `)`
    `` custom<StructuralMask>($mask, type($mask), $mask_complement)
    `` custom<StrategyClause>($strategy) attr-dict `:` qualified(type($plan))
  }];
  let hasVerifier = 1;
}

def Smash_SpGEMMNumericOp : Smash_Op<"spgemm_numeric",
    [Pure, DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
       ["reifyResultShapes"]>,
     TypesMatchWith<"result type is the type of outs", "c", "result", "$_self">
    ]> {
  let summary = "fills a planned product with values";
  let description = [{
    The numeric phase: C = A * B with the pattern of `plan`. A plan that was
    made for operands of another pattern is an error at run time (the kernel
    compares fingerprints, in time linear in the operands, where the plan is not
    seen to be made of these). With `transpose_b`
    the product is A times the transpose of `b`: an inner product reads columns.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
    }>
    func.func @fill(%p: !smash.plan<i32, i32>, %a: tensor<?x?xf64, #CSR>,
                    %init: tensor<?x?xf64, #CSR>) -> tensor<?x?xf64, #CSR> {
      %c = smash.spgemm_numeric plan(%p : !smash.plan<i32, i32>)
             ins(%a, %a : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSR>)
             outs(%init : tensor<?x?xf64, #CSR>)
             semiring(plus_times) strategy(row_wise, accumulator = dense)
      return %c : tensor<?x?xf64, #CSR>
    }
    ```
  }];
  let arguments = (ins Smash_PlanType:$plan, AnyRankedTensor:$a,
    AnyRankedTensor:$b, AnyRankedTensor:$c, UnitAttr:$transpose_b,
    Smash_SemiringAttr:$semiring, Smash_StrategyOrCandidates:$strategy);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    `plan` `(` $plan `:` qualified(type($plan)) `)`
    `ins` `(` $a `,` $b `:` type($a) `,` type($b) `)`
    `outs` `(` $c `:` type($c) `)` (`transpose_b` $transpose_b^)?
    `semiring` `(` custom<Semiring>($semiring) `)`
    `` custom<StrategyClause>($strategy) attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getCMutable(); }
  }];
}

def Smash_StatisticsOp : Smash_Op<"statistics",
    [MemoryEffects<[MemRead, MemAlloc]>, Smash_NamedResults]> {
  let summary = "counts what decides a product's strategy";
  let description = [{
    Counts, in time linear in the operands, what the cost model needs of
    C = A * B, into a buffer that the caller frees: rows, inner size, columns,
    entries of A and of B, products, the mean span of C's rows (see
    `StatisticsField`), then rows and products of each of 65 buckets of rows of
    C by their bound, min(products, columns). The buffer is empty when memory
    runs out, and all zeros when an operand is what is left of a product that
    failed.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
    }>
    func.func @products(%a: tensor<?x?xf64, #CSR>) -> i64 {
      %s = smash.statistics ins(%a, %a : tensor<?x?xf64, #CSR>,
                                         tensor<?x?xf64, #CSR>) : memref<?xi64>
      %c5 = arith.constant 5 : index
      %products = memref.load %s[%c5] : memref<?xi64>
      memref.dealloc %s : memref<?xi64>
      return %products : i64
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$a, AnyRankedTensor:$b);
  let results = (outs MemRefRankOf<[I64], [1]>:$counts);
  let assemblyFormat = [{
    `ins` `(` $a `,` $b `:` type($a) `,` type($b) `)` attr-dict `:` type($counts)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

def Smash_TransposeOp : Smash_Op<"transpose",
    [Pure, Smash_NamedResults]> {
  let summary = "the transpose of a matrix, in the same buffers";
  let description = [{
    Reads the buffers of `source` with rows and columns exchanged: a matrix in
    CSR is its transpose in CSC, and so on. Nothing is moved; the result lives
    as long as the source, which owns the buffers. The encodings differ in
    nothing but the dimensions of their levels.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed)
    }>
    #CSC = #sparse_tensor.encoding<{
      map = (i, j) -> (j : dense, i : compressed)
    }>
    func.func @transpose(%a: tensor<4x8xf64, #CSR>) -> tensor<8x4xf64, #CSC> {
      %t = smash.transpose %a : tensor<4x8xf64, #CSR> to tensor<8x4xf64, #CSC>
      return %t : tensor<8x4xf64, #CSC>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `to` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Smash_ConvertOp : Smash_Op<"convert",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, Smash_NamedResults]> {
  let summary = "the same matrix in another format";
  let description = [{
    A copy of `source` with the encoding of the result: CSR, CSC, DCSR, DCSC,
    COO (also `soa`), BSR, in any widths. The entries are the same, except that
    BSR stores whole blocks: what it adds holds the identity of `absent` (of
    plus where that is not given).

    With `take` the source is consumed: buffers that the two share are moved,
    the others freed.

    What does not fit the result's positions or coordinates is an error while
    the program runs, which names both numbers. Time is linear in the entries,
    and in the rows of a format that has positions for each; where entries must
    be sorted it has a factor of their logarithm. Nothing is allocated by the
    rows of a matrix that is hypersparse on both sides.

    Example:

    ```mlir
    #COO = #sparse_tensor.encoding<{
      map = (i, j) -> (i : compressed(nonunique), j : singleton)
    }>
    #CSC = #sparse_tensor.encoding<{
      map = (i, j) -> (j : dense, i : compressed), posWidth = 32, crdWidth = 16
    }>
    func.func @convert(%a: tensor<?x?xf64, #COO>) -> tensor<?x?xf64, #CSC> {
      %c = smash.convert %a : tensor<?x?xf64, #COO> to tensor<?x?xf64, #CSC>
      return %c : tensor<?x?xf64, #CSC>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source, UnitAttr:$take,
                       OptionalAttr<Smash_MonoidAttr>:$absent);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    (`take` $take^)? $source `` custom<Absent>($absent) attr-dict
    `:` type($source) `to` type($result)
  }];
  let hasVerifier = 1;
}

def Smash_CompactOp : Smash_Op<"compact", [Pure, Smash_NamedResults]> {
  let summary = "the rows that a matrix stores, and which they are";
  let description = [{
    A matrix in DCSR as one in CSR that has only the rows that are stored, in
    the same buffers, and the list of these rows, ascending. Nothing is moved;
    both live as long as the source, which owns the buffers.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 64
    }>
    #DCSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : compressed, j : compressed), posWidth = 32,
      crdWidth = 64
    }>
    func.func @compact(%a: tensor<?x8xf64, #DCSR>)
        -> (tensor<?x8xf64, #CSR>, memref<?xi64>) {
      %c, %rows = smash.compact %a : tensor<?x8xf64, #DCSR>
        to tensor<?x8xf64, #CSR>, memref<?xi64>
      return %c, %rows : tensor<?x8xf64, #CSR>, memref<?xi64>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source);
  let results = (outs AnyRankedTensor:$result, AnyMemRef:$list);
  let assemblyFormat = [{
    $source attr-dict `:` type($source) `to` type($result) `,` type($list)
  }];
  let hasVerifier = 1;
}

def Smash_RelabelOp : Smash_Op<"relabel", [Pure, Smash_NamedResults]> {
  let summary = "the columns of a matrix that a list names, by their place in it";
  let description = [{
    A copy of the CSR matrix `source` without the entries whose column is not
    among the first `size` elements of `list`, which ascend; column `list[i]`
    becomes column i. Columns are looked up in a map where these are few beside
    the entries, and searched elsewhere.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 64
    }>
    func.func @relabel(%a: tensor<4x?xf64, #CSR>, %l: memref<?xi64>, %n: index)
        -> tensor<4x?xf64, #CSR> {
      %r = smash.relabel %a by %l size %n : tensor<4x?xf64, #CSR>, memref<?xi64>
        to tensor<4x?xf64, #CSR>
      return %r : tensor<4x?xf64, #CSR>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source, AnyMemRef:$list, Index:$size);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $source `by` $list `size` $size attr-dict
    `:` type($source) `,` type($list) `to` type($result)
  }];
  let hasVerifier = 1;
}

def Smash_GatherRowsOp : Smash_Op<"gather_rows", [Pure, Smash_NamedResults]> {
  let summary = "the rows of a matrix that a list names";
  let description = [{
    A copy of rows `list[0]`, `list[1]`, ..., `size` of them, of a matrix in CSR
    or DCSR, whose rows ascend: row i of the result is row `list[i]`, empty
    where that is not stored.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 64
    }>
    func.func @gather(%a: tensor<?x4xf64, #CSR>, %l: memref<?xi32>, %n: index)
        -> tensor<?x4xf64, #CSR> {
      %r = smash.gather_rows %a by %l size %n
        : tensor<?x4xf64, #CSR>, memref<?xi32> to tensor<?x4xf64, #CSR>
      return %r : tensor<?x4xf64, #CSR>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source, AnyMemRef:$list, Index:$size);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $source `by` $list `size` $size attr-dict
    `:` type($source) `,` type($list) `to` type($result)
  }];
  let hasVerifier = 1;
}

def Smash_UniteRowsOp : Smash_Op<"unite_rows",
    [AllTypesMatch<["x", "y", "list"]>, Smash_NamedResults]> {
  let summary = "the rows that one of two lists names";
  let description = [{
    Of two ascending lists of rows, the first `xSize` and `ySize` elements of
    `x` and `y`, the ascending list of those in either, and how many these are.
    The list is the caller's to free; where memory runs out it is empty.

    Example:

    ```mlir
    func.func @unite(%x: memref<?xi64>, %m: index, %y: memref<?xi64>, %n: index)
        -> (memref<?xi64>, index) {
      %l, %s = smash.unite_rows %x size %m, %y size %n : memref<?xi64>
      return %l, %s : memref<?xi64>, index
    }
    ```
  }];
  let arguments = (ins AnyMemRef:$x, Index:$xSize, AnyMemRef:$y, Index:$ySize);
  let results = (outs AnyMemRef:$list, Index:$size);
  let assemblyFormat = [{
    $x `size` $xSize `,` $y `size` $ySize attr-dict `:` type($list)
  }];
  let hasVerifier = 1;
}

def Smash_ExpandOp : Smash_Op<"expand",
    [AttrSizedOperandSegments, Smash_NamedResults]> {
  let summary = "rows and columns of a compact matrix, back where they belong";
  let description = [{
    The reverse of `smash.compact` and `smash.relabel`: a `rows` x `cols` matrix
    in CSR or DCSR whose row `list[i]` is row i of the CSR matrix `source`, and
    whose column `columns[j]` is its column j; without a list they stay as they
    are. DCSR stores no empty row. The source is consumed.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 64
    }>
    #DCSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : compressed, j : compressed), posWidth = 32,
      crdWidth = 64
    }>
    func.func @expand(%c: tensor<?x8xf64, #CSR>, %list: memref<?xi64>,
                      %m: index, %n: index) -> tensor<?x8xf64, #DCSR> {
      %r = smash.expand [%m, %n] %c rows(%list : memref<?xi64>)
        : tensor<?x8xf64, #CSR> to tensor<?x8xf64, #DCSR>
      return %r : tensor<?x8xf64, #DCSR>
    }
    ```
  }];
  let arguments = (ins Index:$rows, Index:$cols,
    Arg<AnyRankedTensor, "the compact matrix", [MemFree]>:$source,
    Optional<AnyMemRef>:$list, Optional<AnyMemRef>:$columns);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    ` ` `[` $rows `,` $cols `]` $source
    (`rows` `(` $list^ `:` type($list) `)`)?
    (`columns` `(` $columns^ `:` type($columns) `)`)?
    attr-dict `:` type($source) `to` type($result)
  }];
  let hasVerifier = 1;
}

def Smash_ScatterOp : Smash_Op<"scatter",
    [Pure, DestinationStyleOpInterface,
     TypesMatchWith<"result type is the type of the init", "init", "result",
                    "$_self">]> {
  let summary = "adds a sparse matrix to a dense one";
  let description = [{
    A dense matrix: `init` with each entry of `source` added to the element at
    its place. An init that is a `tensor.empty` or `bufferization.alloc_tensor`
    holds the identity of the add (0.0 for a floating-point plus). The result
    is in memory of its own.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed)
    }>
    func.func @scatter(%a: tensor<4x8xf64, #CSR>, %d: tensor<4x8xf64>)
        -> tensor<4x8xf64> {
      %r = smash.scatter %a into %d add(plus)
        : tensor<4x8xf64, #CSR>, tensor<4x8xf64>
      return %r : tensor<4x8xf64>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$source, AnyRankedTensor:$init,
                       Smash_MonoidAttr:$add);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $source `into` $init `add` `(` custom<Monoid>($add) `)` attr-dict
    `:` type($source) `,` type($init)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getInitMutable(); }
  }];
}

def Smash_UnionOp : Smash_Op<"union",
    [Pure, DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
       ["reifyResultShapes"]>,
     TypesMatchWith<"result type is the type of outs", "c", "result", "$_self">
    ]> {
  let summary = "adds two sparse matrices entry by entry";
  let description = [{
    The result has an entry where `x` or `y` has one: theirs where only one of
    them has, x `add` y where both have, whatever the sum. What a product that
    accumulates comes down to: `smash-insert-conversions` makes one of it.

    `outs` is empty (`tensor.empty` or `bufferization.alloc_tensor`) and gives
    the type of the result, whose rows are sorted.

    Example:

    ```mlir
    #CSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
    }>
    func.func @least(%x: tensor<4x8xf64, #CSR>, %y: tensor<4x8xf64, #CSR>)
        -> tensor<4x8xf64, #CSR> {
      %init = tensor.empty() : tensor<4x8xf64, #CSR>
      %u = smash.union ins(%x, %y : tensor<4x8xf64, #CSR>,
                                    tensor<4x8xf64, #CSR>)
                       outs(%init : tensor<4x8xf64, #CSR>) add(min)
      return %u : tensor<4x8xf64, #CSR>
    }
    ```
  }];
  let arguments = (ins AnyRankedTensor:$x, AnyRankedTensor:$y,
                       AnyRankedTensor:$c, Smash_MonoidAttr:$add);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    `ins` `(` $x `,` $y `:` type($x) `,` type($y) `)`
    `outs` `(` $c `:` type($c) `)` `add` `(` custom<Monoid>($add) `)` attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getCMutable(); }
  }];
}

//===----------------------------------------------------------------------===//
// Between tensors and buffers
//===----------------------------------------------------------------------===//

def Smash_AssembleOp : Smash_Op<"assemble", [Pure, Smash_NamedResults]> {
  let summary = "a sparse tensor made of its buffers";
  let description = [{
    A sparse matrix from its shape, `rows` x `cols`, and the buffers of its
    storage, which it takes over: for each level its positions, then its
    coordinates, where the level has them, and the values last. A trailing COO
    region has one buffer of coordinates, an entry's one behind the other,
    unless its levels are `soa`. The order and the types are those of upstream's
    storage; what a buffer holds past the last position is not read.

    Unlike `sparse_tensor.assemble`, shapes may be dynamic. Reads of the parts
    of an assembled tensor fold to the buffers, and its release to theirs.

    Example:

    ```mlir
    #DCSR = #sparse_tensor.encoding<{
      map = (i, j) -> (i : compressed, j : compressed), posWidth = 32,
      crdWidth = 64
    }>
    func.func @assemble(%m: index, %n: index,
        %rowsPos: memref<?xi32>, %rowsCrd: memref<?xi64>,
        %pos: memref<?xi32>, %crd: memref<?xi64>, %val: memref<?xf64>)
        -> tensor<?x?xf64, #DCSR> {
      %t = smash.assemble [%m, %n] %rowsPos, %rowsCrd, %pos, %crd, %val
        : memref<?xi32>, memref<?xi64>, memref<?xi32>, memref<?xi64>,
          memref<?xf64> to tensor<?x?xf64, #DCSR>
      return %t : tensor<?x?xf64, #DCSR>
    }
    ```
  }];
  let arguments = (ins Index:$rows, Index:$cols,
                       Variadic<AnyMemRef>:$buffers);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    ` ` `[` $rows `,` $cols `]` $buffers attr-dict `:` type($buffers) `to`
    type($result)
  }];
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Smash_AssemblePlanOp : Smash_Op<"assemble_plan",
    [Pure, Smash_NamedResults]> {
  let summary = "a plan made of its buffers";
  let description = [{
    A plan for a `rows` x `cols` product from its positions and coordinates,
    which it takes over, and the fingerprint of the operands' patterns.

    Example:

    ```mlir
    func.func @assemble_plan(%m: index, %n: index, %pos: memref<?xi32>,
        %crd: memref<?xi32>, %f: i64) -> !smash.plan<i32, i32> {
      %p = smash.assemble_plan [%m, %n] %pos, %crd, %f
        : memref<?xi32>, memref<?xi32> to !smash.plan<i32, i32>
      return %p : !smash.plan<i32, i32>
    }
    ```
  }];
  let arguments = (ins Index:$rows, Index:$cols, AnyMemRef:$positions,
                       AnyMemRef:$coordinates, I64:$fingerprint);
  let results = (outs Smash_PlanType:$result);
  let assemblyFormat = [{
    ` ` `[` $rows `,` $cols `]` $positions `,` $coordinates `,` $fingerprint
    attr-dict `:` type($positions) `,` type($coordinates) `to` qualified(type($result))
  }];
}

def Smash_PlanPartsOp : Smash_Op<"plan_parts",
    [Pure, Smash_NamedResults]> {
  let summary = "the buffers of a plan";
  let description = [{
    The shape, buffers and fingerprint of a plan. The plan keeps owning the
    buffers.

    Example:

    ```mlir
    func.func @plan_parts(%p: !smash.plan<i32, i32>) -> i64 {
      %m, %n, %pos, %crd, %f = smash.plan_parts %p : !smash.plan<i32, i32>
        to memref<?xi32>, memref<?xi32>
      return %f : i64
    }
    ```
  }];
  let arguments = (ins Smash_PlanType:$plan);
  let results = (outs Index:$rows, Index:$cols, AnyMemRef:$positions,
                      AnyMemRef:$coordinates, I64:$fingerprint);
  let assemblyFormat = [{
    $plan attr-dict `:` qualified(type($plan)) `to` type($positions) `,` type($coordinates)
  }];
  let hasFolder = 1;
}

def Smash_ReleaseOp : Smash_Op<"release"> {
  let summary = "frees the buffers of a tensor or a plan that is no longer used";
  let description = [{
    The end of life of a sparse tensor that a kernel made for itself (a
    transposed operand, a plan used once). Using the operand afterwards is
    undefined.

    Example:

    ```mlir
    func.func @release(%p: !smash.plan<i32, i32>) {
      smash.release %p : !smash.plan<i32, i32>
      return
    }
    ```
  }];
  let arguments = (ins AnyTypeOf<[AnyRankedTensor, Smash_PlanType]>:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

include "Smash/IR/SmashKernelOps.td"

#endif // SMASH_IR_SMASHOPS_TD
