//===- Pipelines.cpp - passes in order ------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Pipelines/Pipelines.h"
#include "Piuma/Transforms/Passes.h"
#include "Piuma/Transforms/StageReads.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"
#include "smash/Conversion/Passes.h"
#include "smash/Strategy/Passes.h"

using namespace mlir;
using namespace smash;

static SelectStrategyOptions
describeSelection(const HostPipelineOptions &options) {
  SelectStrategyOptions select;
  select.deterministic = options.deterministic;
  select.allowConversion = options.allowConversion;
  select.versions = options.versions;
  return select;
}

void smash::buildSelectionPipeline(OpPassManager &pm,
                                   const HostPipelineOptions &options) {
  SetMachineOptions machine;
  machine.blocks = options.blocks;
  machine.threadsPerBlock = options.threadsPerBlock;
  machine.scratchpadBytes = options.scratchpadBytes;
  machine.cacheBytes = options.cacheBytes;
  machine.memoryBytes = options.memoryBytes;
  machine.narrowestAtomic = options.narrowestAtomic;
  machine.bulkCopy = options.bulkCopy;
  machine.plainUpdateCost = options.plainUpdateCost;
  machine.atomicCost = options.atomicCost;
  machine.cacheAccessCost = options.cacheAccessCost;
  machine.memoryAccessCost = options.memoryAccessCost;
  machine.bytesPerSecond = options.bytesPerSecond;
  pm.addPass(createSetMachine(machine));
  pm.addPass(createOrientProducts());
  pm.addPass(createSelectStrategy(describeSelection(options)));
}

void smash::buildConfigurationPipeline(OpPassManager &pm,
                                       const HostPipelineOptions &options) {
  buildSelectionPipeline(pm, options);
  pm.addPass(createVersionStrategies());
  InsertConversionsOptions conversions;
  conversions.allowConversion = options.allowConversion;
  pm.addPass(createInsertConversions(conversions));
  // Conversions may bring products of their own.
  pm.addPass(createSelectStrategy(describeSelection(options)));
  pm.addPass(createCheckStrategies());
}

void smash::addLoweringOfProducts(OpPassManager &pm) {
  pm.addPass(createLowerStatistics());
  pm.addPass(createLowerInnerProduct());
  pm.addPass(createLowerOuterProduct());
  pm.addPass(createLowerRowWiseProduct());
  pm.addPass(createLowerUnion());
  pm.addPass(createLowerConversions());
}

void smash::buildKernelPipeline(OpPassManager &pm,
                                const HostPipelineOptions &options) {
  buildConfigurationPipeline(pm, options);
  addLoweringOfProducts(pm);
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void smash::buildKernelToHostPipeline(OpPassManager &pm) {
  pm.addPass(createRelaxAtomics());
  pm.addPass(createExpandAccumulators());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createConvertSmashToHost());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
}

void smash::buildKernelToLLVMPipeline(OpPassManager &pm) {
  pm.addPass(createFlattenTensors());
  buildKernelToHostPipeline(pm);
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
  options.scratchpadBytes =
      target.usableScratchpadBytes() - piuma::stagedBytes(target);
  // There is no cache that blocks share.
  options.cacheBytes = target[piuma::Parameter::CacheBytes];
  options.narrowestAtomic = 4;
  // Statistics would be counted by one thread of them all.
  options.versions = 1;
  options.bulkCopy = true;
  // Threads of a pipeline take turns: an update is a load, an add and a store
  // among the instructions around it.
  int64_t cyclePs =
      std::max<int64_t>(1, 1000000 / target[piuma::Parameter::ClockMhz]);
  int64_t turnPs = cyclePs * target[piuma::Parameter::ThreadsPerMtp];
  options.plainUpdateCost = 8 * turnPs;
  options.atomicCost =
      8 * turnPs + target[piuma::Parameter::AtomicCycles] * cyclePs;
  int64_t memoryPs = target[piuma::Parameter::DramNs] * 1000;
  options.cacheAccessCost = options.memoryAccessCost =
      std::max<int64_t>(1, memoryPs);
  options.bytesPerSecond = target[piuma::Parameter::DramMbPerSecond] * 1000000 *
                           target[piuma::Parameter::Cores];
}

ArrayRef<llvm::StringLiteral> smash::listOptionalPiumaPasses() {
  static constexpr llvm::StringLiteral names[] = {
      "piuma-promote-scratchpad", "piuma-select-caching", "piuma-stage-reads",
      "piuma-fuse-spawns",        "piuma-delay-waits",    "piuma-carry-waits",
      "piuma-unroll-loops"};
  return names;
}

void smash::buildKernelToPiumaPipeline(OpPassManager &pm,
                                       ArrayRef<std::string> without) {
  auto addOptional = [&](std::unique_ptr<Pass> pass) {
    assert(is_contained(listOptionalPiumaPasses(), pass->getArgument()));
    if (!is_contained(without, pass->getArgument()))
      pm.addPass(std::move(pass));
  };
  pm.addPass(createExpandAccumulators());
  pm.addPass(createFlattenTensors());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createConvertSmashToPiuma());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  addOptional(piuma::createPromoteScratchpad());
  addOptional(piuma::createSelectCaching());
  addOptional(piuma::createStageReads());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  addOptional(piuma::createFuseSpawns());
  addOptional(piuma::createDelayWaits());
  addOptional(piuma::createCarryWaits());
  pm.addPass(createLoopInvariantCodeMotionPass());
  pm.addPass(piuma::createVerifySynchronization());
}

void smash::buildPiumaProductToLLVMPipeline(OpPassManager &pm,
                                            ArrayRef<std::string> without) {
  auto unroll = piuma::createUnrollLoops();
  if (!is_contained(without, unroll->getArgument()))
    pm.addPass(std::move(unroll));
  buildPiumaToLLVMPipeline(pm);
}

void smash::buildPiumaToLLVMPipeline(OpPassManager &pm) {
  pm.addPass(piuma::createVerifyProgram());
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
