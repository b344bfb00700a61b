//===- Pipelines.h - passes in order ----------------------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_PIPELINES_PIPELINES_H
#define SMASH_PIPELINES_PIPELINES_H

#include "Piuma/TargetModel/TargetModel.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace smash {

/// The machine to compile for, and what may be decided for the program.
struct HostPipelineOptions
    : public mlir::PassPipelineOptions<HostPipelineOptions> {
  Option<int64_t> blocks{*this, "blocks", llvm::cl::init(1),
                         llvm::cl::desc("groups of threads that run at once")};
  Option<int64_t> threadsPerBlock{
      *this, "threads-per-block", llvm::cl::init(1),
      llvm::cl::desc("threads that share one scratchpad")};
  Option<int64_t> scratchpadBytes{*this, "scratchpad-bytes",
                                  llvm::cl::init(512 << 10),
                                  llvm::cl::desc("fast memory of a block")};
  Option<int64_t> cacheBytes{
      *this, "cache-bytes", llvm::cl::init(32 << 20),
      llvm::cl::desc("the last-level cache that all blocks share")};
  Option<int64_t> memoryBytes{
      *this, "memory-bytes", llvm::cl::init(int64_t(16) << 30),
      llvm::cl::desc("memory that one program may have")};
  Option<int64_t> narrowestAtomic{
      *this, "narrowest-atomic", llvm::cl::init(1),
      llvm::cl::desc("bytes of the narrowest number that memory updates "
                     "atomically")};
  Option<bool> bulkCopy{*this, "bulk-copy", llvm::cl::init(false),
                        llvm::cl::desc("long copies are somebody else's work")};
  Option<int64_t> plainUpdateCost{
      *this, "plain-update-cost", llvm::cl::init(500),
      llvm::cl::desc("picoseconds of an add to a value in fast memory")};
  Option<int64_t> atomicCost{*this, "atomic-cost", llvm::cl::init(6000),
                             llvm::cl::desc("picoseconds of an atomic add")};
  Option<int64_t> cacheAccessCost{
      *this, "cache-access-cost", llvm::cl::init(20000),
      llvm::cl::desc(
          "picoseconds that a random access to the shared cache adds")};
  Option<int64_t> memoryAccessCost{
      *this, "memory-access-cost", llvm::cl::init(60000),
      llvm::cl::desc("picoseconds that a random access to memory adds")};
  Option<int64_t> bytesPerSecond{*this, "bytes-per-second",
                                 llvm::cl::init(16000000000),
                                 llvm::cl::desc("what memory delivers")};
  Option<bool> deterministic{
      *this, "deterministic", llvm::cl::init(false),
      llvm::cl::desc("the same bits whatever the number of threads")};
  Option<int64_t> versions{
      *this, "versions", llvm::cl::init(3),
      llvm::cl::desc("candidates, at most, that are compiled where nothing is "
                     "known of the operands, to be chosen from at run time")};
  Option<bool> allowConversion{
      *this, "allow-conversion", llvm::cl::init(true),
      llvm::cl::desc("convert operands to the layout that a strategy reads")};
};

/// The PIUMA-like machine to compile for.
struct PiumaPipelineOptions
    : public mlir::PassPipelineOptions<PiumaPipelineOptions> {
  Option<std::string> target{*this, "target", llvm::cl::init("piuma-1core"),
                             llvm::cl::desc("a named target, or a JSON file")};
  Option<int64_t> memoryBytes{
      *this, "memory-bytes", llvm::cl::init(int64_t(1) << 40),
      llvm::cl::desc("memory that one program may have")};
  Option<bool> deterministic{
      *this, "deterministic", llvm::cl::init(false),
      llvm::cl::desc("the same bits whatever the number of threads")};
  Option<bool> allowConversion{
      *this, "allow-conversion", llvm::cl::init(true),
      llvm::cl::desc("convert operands to the layout that a strategy reads")};
};

/// The block machine that strategies see of a target: a block is a core, its
/// threads those of the multi-threaded pipelines.
void describeBlocks(const piuma::TargetModel &target,
                    HostPipelineOptions &options);

/// Names the machine and decides strategies.
void buildSelectionPipeline(mlir::OpPassManager &pm,
                            const HostPipelineOptions &options);

/// Names the machine, decides strategies, checks that they can be lowered.
void buildConfigurationPipeline(mlir::OpPassManager &pm,
                                const HostPipelineOptions &options);

/// Configured products to kernels on buffers, for any target: what
/// `smash multiply --emit=kernel` prints.
void buildKernelPipeline(mlir::OpPassManager &pm,
                         const HostPipelineOptions &options);

/// Configured products to kernels, and nothing else: tensors stay, and other
/// code is not touched.
void addLoweringOfProducts(mlir::OpPassManager &pm);

/// Kernels on buffers to loops and calls of functions.
void buildKernelToHostPipeline(mlir::OpPassManager &pm);

/// Kernels to the LLVM dialect.
void buildKernelToLLVMPipeline(mlir::OpPassManager &pm);

/// All of the above: products on sparse tensors to the LLVM dialect.
void buildToHostPipeline(mlir::OpPassManager &pm,
                         const HostPipelineOptions &options);

/// Kernels to piuma programs, for the module's `piuma.target`: what
/// `smash simulate --emit=piuma` prints.
void buildKernelToPiumaPipeline(mlir::OpPassManager &pm,
                                llvm::ArrayRef<std::string> without = {});

/// Passes of that pipeline, and of the one from there to the LLVM dialect, that
/// only make programs faster: any of them may be named in `without`, to be left
/// out.
llvm::ArrayRef<llvm::StringLiteral> listOptionalPiumaPasses();

/// Piuma programs to the LLVM dialect, with calls of smash/Runtime/Piuma.h.
void buildPiumaToLLVMPipeline(mlir::OpPassManager &pm);

/// The same for programs that are compiled, not written by hand: what a loop
/// costs a thread is paid for several iterations at once.
void buildPiumaProductToLLVMPipeline(mlir::OpPassManager &pm,
                                     llvm::ArrayRef<std::string> without = {});

/// Products on sparse tensors to a piuma program. A target that cannot be
/// loaded is told by `piuma-set-target` when the pipeline runs.
void buildToPiumaPipeline(mlir::OpPassManager &pm,
                          const PiumaPipelineOptions &options);

} // namespace smash

#endif // SMASH_PIPELINES_PIPELINES_H
