//===- ExternalModels.h - interfaces of others on our ops -------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_EXTERNALMODELS_H
#define SMASH_TRANSFORMS_EXTERNALMODELS_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace smash {

/// BufferizableOpInterface for the ops on tensors. A product reads its operands
/// and makes a new tensor, so an analysis around it is exact; bufferizing the
/// op itself is an error that names the pipeline to run first.
void registerBufferizableOpModels(mlir::DialectRegistry &registry);

/// RuntimeVerifiableOpInterface for the ops that read CSR operands:
/// `--generate-runtime-verification` asserts that inner sizes agree, positions
/// ascend within the buffers, and coordinates are in range and, where the
/// encoding says so, ascend strictly within a row.
void registerRuntimeVerifiableOpModels(mlir::DialectRegistry &registry);

} // namespace smash

#endif // SMASH_TRANSFORMS_EXTERNALMODELS_H
