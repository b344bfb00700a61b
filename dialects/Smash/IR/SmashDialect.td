//===- SmashDialect.td - the smash dialect -*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_SMASHDIALECT_TD
#define SMASH_IR_SMASHDIALECT_TD

include "mlir/IR/OpBase.td"

def Smash_Dialect : Dialect {
  let name = "smash";
  let cppNamespace = "::smash";
  let summary = "products of sparse matrices, from what to how";
  let description = [{
    The `smash` dialect describes a product of sparse matrices twice. At the
    *tensor level* an op says what is multiplied: operands with an upstream
    `#sparse_tensor.encoding`, a semiring, transposes, a mask. At the *kernel
    level* it says how: a block-parallel loop nest on buffers, with
    accumulators that merge partial products. Strategy passes lower one to the
    other and know no target; target conversions lower the kernel level and
    know no strategy.

    Structure is symbolic throughout: an absent entry stands for the semiring's
    identity, and no entry is dropped for being equal to it.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::sparse_tensor::SparseTensorDialect"
  ];
  let hasOperationAttrVerify = 1;
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    /// The version of the dialect that is written into bytecode. It is raised
    /// when older text or bytecode would be read otherwise than it was meant.
    ///   1: `smash.statistics` without the span of rows.
    ///   2: with it.
    static constexpr uint64_t kBytecodeVersion = 2;

    /// Registers the attributes; called once, by the constructor.
    void registerAttributes();
  }];
}

#endif // SMASH_IR_SMASHDIALECT_TD
