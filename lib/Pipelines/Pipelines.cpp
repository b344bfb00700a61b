//===- Pipelines.cpp - passes in order ------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Pipelines/Pipelines.h"
#include "Piuma/Transforms/Passes.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "smash/Conversion/Passes.h"
#include "smash/Strategy/Passes.h"

using namespace mlir;
using namespace smash;

void smash::buildConfigurationPipeline(OpPassManager &pm,
                                       const HostPipelineOptions &options) {
  SetMachineOptions machine;
  machine.blocks = options.blocks;
  machine.threadsPerBlock = options.threadsPerBlock;
  machine.scratchpadBytes = options.scratchpadBytes;
  machine.cacheBytes = options.cacheBytes;
  machine.memoryBytes = options.memoryBytes;
  machine.narrowestAtomic = options.narrowestAtomic;
  machine.bulkCopy = options.bulkCopy;
  pm.addPass(createSetMachine(machine));
  SelectStrategyOptions select;
  select.deterministic = options.deterministic;
  pm.addPass(createSelectStrategy(select));
  InsertConversionsOptions conversions;
  conversions.allowConversion = options.allowConversion;
  pm.addPass(createInsertConversions(conversions));
  // Conversions may bring products of their own.
  pm.addPass(createSelectStrategy(select));
  pm.addPass(createCheckStrategies());
}

void smash::buildKernelPipeline(OpPassManager &pm,
                                const HostPipelineOptions &options) {
  buildConfigurationPipeline(pm, options);
  pm.addPass(createLowerTranspose());
  pm.addPass(createLowerInnerProduct());
  pm.addPass(createLowerOuterProduct());
  pm.addPass(createLowerRowWiseProduct());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void smash::buildKernelToLLVMPipeline(OpPassManager &pm) {
  pm.addPass(createRelaxAtomics());
  pm.addPass(createExpandAccumulators());
  pm.addPass(createFlattenTensors());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createConvertSmashToHost());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createAttachLoopAnnotations());
}

void smash::buildToHostPipeline(OpPassManager &pm,
                                const HostPipelineOptions &options) {
  buildKernelPipeline(pm, options);
  buildKernelToLLVMPipeline(pm);
}

void smash::describeBlocks(const piuma::TargetModel &target,
                           HostPipelineOptions &options) {
  options.blocks = target[piuma::Parameter::Cores];
  options.threadsPerBlock = target.threadsPerCore();
  options.scratchpadBytes = target.usableScratchpadBytes();
  // There is no cache that blocks share.
  options.cacheBytes = target[piuma::Parameter::CacheBytes];
  options.narrowestAtomic = 4;
  options.bulkCopy = true;
}

void smash::buildKernelToPiumaPipeline(OpPassManager &pm) {
  pm.addPass(createExpandAccumulators());
  pm.addPass(createFlattenTensors());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createConvertSmashToPiuma());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(piuma::createPromoteScratchpad());
  pm.addPass(piuma::createSelectCaching());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
  pm.addPass(piuma::createVerifySynchronization());
}

void smash::buildPiumaToLLVMPipeline(OpPassManager &pm) {
  pm.addPass(piuma::createOutline());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void smash::buildToPiumaPipeline(OpPassManager &pm,
                                 const PiumaPipelineOptions &options) {
  HostPipelineOptions machine;
  machine.memoryBytes = options.memoryBytes;
  machine.deterministic = options.deterministic;
  machine.allowConversion = options.allowConversion;
  if (auto target = piuma::TargetModel::load(options.target))
    describeBlocks(*target, machine);
  else
    llvm::consumeError(target.takeError());
  pm.addPass(piuma::createSetTarget({options.target}));
  buildKernelPipeline(pm, machine);
  buildKernelToPiumaPipeline(pm);
}
