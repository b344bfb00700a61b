//===- Bufferizable.cpp - what bufferization may assume of our ops --------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "Smash/Transforms/ExternalModels.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace smash;

namespace {
/// Reads every tensor operand, writes none, and gives new memory.
template <typename Op>
struct MakesTensor
    : public BufferizableOpInterface::ExternalModel<MakesTensor<Op>, Op> {
  bool bufferizesToAllocation(Operation *, Value) const { return true; }
  bool bufferizesToMemoryRead(Operation *, OpOperand &,
                              const AnalysisState &) const {
    return true;
  }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &,
                               const AnalysisState &) const {
    return false;
  }
  AliasingValueList getAliasingValues(Operation *, OpOperand &,
                                      const AnalysisState &) const {
    return {};
  }
  AliasingOpOperandList getAliasingOpOperands(Operation *, Value,
                                              const AnalysisState &) const {
    return {};
  }
  bool isWritable(Operation *, Value, const AnalysisState &) const {
    return true;
  }
  LogicalResult bufferize(Operation *op, RewriterBase &,
                          const BufferizationOptions &,
                          BufferizationState &) const {
    return op->emitOpError("has no buffer of its own: run "
                           "smash-configuration-pipeline and "
                           "smash-kernel-pipeline before bufferization");
  }
};
} // namespace

void smash::registerBufferizableOpModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, SmashDialect *) {
    SpGEMMOp::attachInterface<MakesTensor<SpGEMMOp>>(*context);
    SpGEMMSymbolicOp::attachInterface<MakesTensor<SpGEMMSymbolicOp>>(*context);
    SpGEMMNumericOp::attachInterface<MakesTensor<SpGEMMNumericOp>>(*context);
    TransposeOp::attachInterface<MakesTensor<TransposeOp>>(*context);
    UnionOp::attachInterface<MakesTensor<UnionOp>>(*context);
    AssembleOp::attachInterface<MakesTensor<AssembleOp>>(*context);
    ReleaseOp::attachInterface<MakesTensor<ReleaseOp>>(*context);
  });
}
