//===- Sparsifier.cpp - products within upstream's sparse compiler --------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Pipelines/Sparsifier.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ComplexToLibm/ComplexToLibm.h"
#include "mlir/Conversion/ComplexToStandard/ComplexToStandard.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/GPUCommon/GPUCommonPass.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "smash/Conversion/Passes.h"
#include "smash/Pipelines/Passes.h"

using namespace mlir;
using namespace smash;

/// Products to kernels on buffers. What the module holds beside them is not
/// touched: not even simplified, since removing a duplicate of an empty tensor
/// may cost upstream a copy that it cannot make.
static void addProducts(OpPassManager &pm,
                        const SparsifierPipelineOptions &options) {
  pm.addPass(createConvertLinalgToSmash());
  buildConfigurationPipeline(pm, options);
  addLoweringOfProducts(pm);
  FlattenTensorsOptions plans;
  plans.plansOnly = true;
  pm.addPass(createFlattenTensors(plans));
}

static void addSparsification(OpPassManager &pm,
                              const SparsifierPipelineOptions &options) {
  SparsifyAndBufferizeOptions mini;
  mini.enableRuntimeLibrary = options.enableRuntimeLibrary;
  mini.createSparseDeallocs = options.createSparseDeallocs;
  mini.enableBufferInitialization = options.enableBufferInitialization;
  mini.testAnalysisOnly = options.testBufferizationAnalysisOnly;
  mini.vectorLength = options.vectorLength;
  mini.enableVLAVectorization = options.armSVE;
  mini.enableSIMDIndex32 = options.force32BitVectorIndices;
  mini.enableGPULibgen = options.enableGPULibgen;
  mini.sparseEmitStrategy = options.emitStrategy;
  mini.parallelization = options.parallelization;
  pm.addPass(createSparsifyAndBufferize(mini));
}

static void addGPUKernels(OpPassManager &pm) {
  pm.addPass(createSparseGPUCodegenPass());
  OpPassManager &kernels = pm.nest<gpu::GPUModuleOp>();
  kernels.addPass(createStripDebugInfoPass());
  kernels.addPass(createSCFToControlFlowPass());
  kernels.addPass(createConvertGpuOpsToNVVMOps());
}

static void addGPUBinaries(OpPassManager &pm,
                           const SparsifierPipelineOptions &options) {
  GpuNVVMAttachTargetOptions target;
  target.triple = options.gpuTriple;
  target.chip = options.gpuChip;
  target.features = options.gpuFeatures;
  pm.addPass(createGpuNVVMAttachTarget(target));
  pm.addPass(createGpuToLLVMConversionPass());
  GpuModuleToBinaryPassOptions binary;
  binary.compilationTarget = options.gpuFormat;
  pm.addPass(createGpuModuleToBinaryPass(binary));
}

void smash::buildSparsifierPipeline(OpPassManager &pm,
                                    const SparsifierPipelineOptions &options) {
  bool hasGPU = options.gpuTriple.hasValue();
  addProducts(pm, options);
  pm.addNestedPass<func::FuncOp>(createLinalgGeneralizeNamedOpsPass());
  pm.addNestedPass<func::FuncOp>(createLinalgElementwiseOpFusionPass());
  addSparsification(pm, options);
  if (options.testBufferizationAnalysisOnly)
    return;
  pm.addPass(createStorageSpecifierToLLVMPass());
  pm.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  pm.addPass(createLowerKernelsToHost());

  // From here on in upstream's order, which twice converts vectors.
  if (hasGPU)
    addGPUKernels(pm);
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addNestedPass<func::FuncOp>(createConvertVectorToSCFPass());
  pm.addNestedPass<func::FuncOp>(memref::createExpandReallocPass());
  pm.addNestedPass<func::FuncOp>(createSCFToControlFlowPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  ConvertVectorToLLVMPassOptions vectors = options.convertVectorToLLVMOptions();
  pm.addPass(createConvertVectorToLLVMPass(vectors));
  pm.addNestedPass<func::FuncOp>(createConvertComplexToStandardPass());
  pm.addNestedPass<func::FuncOp>(arith::createArithExpandOpsPass());
  pm.addNestedPass<func::FuncOp>(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createConvertComplexToLibm());
  pm.addPass(createConvertVectorToLLVMPass(vectors));
  if (hasGPU)
    addGPUBinaries(pm, options);
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createAttachLoopAnnotations());
}

void smash::registerSparsifierPipeline() {
  PassPipelineRegistration<SparsifierPipelineOptions>(
      "smash-sparsifier-pipeline",
      "upstream's sparsifier, with products of sparse tensors compiled by "
      "smash",
      buildSparsifierPipeline);
}
