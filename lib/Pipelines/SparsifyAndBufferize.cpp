//===- SparsifyAndBufferize.cpp - upstream's sparse compiler, open to us --===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "smash/Conversion/Passes.h"
#include "smash/Pipelines/Passes.h"

namespace smash {
#define GEN_PASS_DEF_SPARSIFYANDBUFFERIZE
#include "smash/Pipelines/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "smash-sparsification-and-bufferization"

static bool hasSparse(TypeRange types) {
  // A storage specifier has an encoding, too.
  return llvm::any_of(types, [](Type type) {
    return isa<TensorType>(type) &&
           sparse_tensor::getSparseTensorEncoding(type);
  });
}

/// Whether `op` is none of dense bufferization's business.
static bool isSparse(Operation *op) {
  if (hasSparse(op->getOperandTypes()) || hasSparse(op->getResultTypes()))
    return true;
  auto function = dyn_cast<func::FuncOp>(op);
  return function && (hasSparse(function.getArgumentTypes()) ||
                      hasSparse(function.getResultTypes()));
}

namespace {
struct SparsifyAndBufferizePass
    : public smash::impl::SparsifyAndBufferizeBase<SparsifyAndBufferizePass> {
  using SparsifyAndBufferizeBase::SparsifyAndBufferizeBase;

  /// The passes are built when this one runs, so that their dialects are
  /// loaded.
  void getDependentDialects(DialectRegistry &registry) const override {
    SparsifyAndBufferizeBase::getDependentDialects(registry);
    OpPassManager all(ModuleOp::getOperationName());
    addPreparation(all);
    addSparsification(all);
    all.getDependentDialects(registry);
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!holdsKernels(module))
      module->removeAttr(kMachineAttrName);
    if (failed(checkEmitStrategy(module)) || failed(checkKernels(module)))
      return signalPassFailure();
    OpPassManager preparation(ModuleOp::getOperationName());
    addPreparation(preparation);
    if (failed(runPipeline(preparation, module)))
      return signalPassFailure();

    // Copies are inserted while tensors are whole. From here on only local
    // rewrites are allowed.
    bufferization::OneShotBufferizationOptions options =
        getBufferizationOptionsForSparsification(testAnalysisOnly);
    // Upstream's pass refuses a loop that carries the last round's product.
    options.allowReturnAllocsFromLoops = true;
    bufferization::BufferizationState state;
    if (failed(bufferization::insertTensorCopies(module, options, state)))
      return signalPassFailure();
    if (testAnalysisOnly)
      return;

    OpPassManager sparsification(ModuleOp::getOperationName());
    addSparsification(sparsification);
    if (failed(runPipeline(sparsification, module)))
      return signalPassFailure();

    options.opFilter.denyOperation(isSparse);
    if (failed(bufferization::bufferizeModuleOp(module, options, state)))
      return signalPassFailure();
    bufferization::removeBufferizationAttributesInModule(module);
  }

  /// What upstream's sparsification is known to crash on.
  LogicalResult checkEmitStrategy(ModuleOp module) const {
    if (sparseEmitStrategy != SparseEmitStrategy::kDebugInterface)
      return success();
    WalkResult walk = module->walk([](linalg::LinalgOp op) {
      if (!isSparse(op))
        return WalkResult::advance();
      op.emitError("sparse-emit-strategy=debug-interface: upstream's "
                   "sparsification of MLIR 22.1 crashes with it");
      return WalkResult::interrupt();
    });
    return failure(walk.wasInterrupted());
  }

  /// Products must have been lowered.
  static LogicalResult checkKernels(ModuleOp module) {
    WalkResult walk = module->walk([](Operation *op) {
      if (!isa<SpGEMMOp, SpGEMMSymbolicOp, SpGEMMNumericOp, TransposeOp>(op))
        return WalkResult::advance();
      op->emitOpError("is no kernel yet: run smash-configuration-pipeline and "
                      "the passes that lower products before " DEBUG_TYPE);
      return WalkResult::interrupt();
    });
    return failure(walk.wasInterrupted());
  }

  static void addPreparation(OpPassManager &pm) {
    pm.addPass(createPreSparsificationRewritePass());
    pm.addNestedPass<func::FuncOp>(
        bufferization::createEmptyTensorToAllocTensorPass());
  }

  void addSparsification(OpPassManager &pm) const {
    if (enableGPULibgen)
      pm.addPass(
          createSparseGPUCodegenPass(/*numThreads=*/0, enableRuntimeLibrary));
    pm.addPass(createSparseReinterpretMapPass(ReinterpretMapScope::kAll));
    pm.addPass(createSparsificationPass(SparsificationOptions(
        parallelization, sparseEmitStrategy, enableRuntimeLibrary)));
    if (sparseEmitStrategy == SparseEmitStrategy::kSparseIterator) {
      pm.addNestedPass<func::FuncOp>(createSparseSpaceCollapsePass());
      pm.addNestedPass<func::FuncOp>(createLowerSparseIterationToSCFPass());
    }
    pm.addNestedPass<func::FuncOp>(createStageSparseOperationsPass());
    pm.addPass(createLowerSparseOpsToForeachPass(enableRuntimeLibrary,
                                                 /*enableConvert=*/true));
    pm.addPass(
        createSparseReinterpretMapPass(ReinterpretMapScope::kExceptGeneric));
    pm.addNestedPass<func::FuncOp>(createLowerForeachToSCFPass());
    pm.addPass(createLoopInvariantCodeMotionPass());
    if (vectorLength > 0)
      pm.addPass(createSparseVectorizationPass(
          vectorLength, enableVLAVectorization, enableSIMDIndex32));
    pm.addPass(createConvertSmashToSparseTensor({enableRuntimeLibrary}));
    if (enableRuntimeLibrary) {
      pm.addPass(createSparseTensorConversionPass());
    } else {
      pm.addPass(createSparseTensorCodegenPass(createSparseDeallocs,
                                               enableBufferInitialization));
      pm.addPass(createSparseBufferRewritePass(enableBufferInitialization));
    }
  }
};
} // namespace
