//===- Passes.td - passes that run others ------------------*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_PIPELINES_PASSES_TD
#define SMASH_PIPELINES_PASSES_TD

include "mlir/Pass/PassBase.td"

def SparsifyAndBufferize
    : Pass<"smash-sparsification-and-bufferization", "::mlir::ModuleOp"> {
  let summary = "upstream's sparsification-and-bufferization, open to our tensors";
  let description = [{
    Does what upstream's `sparsification-and-bufferization` does, with the same
    passes in the same order and the same analysis between them, and
    `convert-smash-to-sparse-tensor` before sparse tensors become buffers.
    Upstream's own pass has no place for that, and an op that it does not know
    on a sparse tensor fails in it. Kernels pass through as they are. A module
    without an op of the dialect comes out as upstream's pass leaves it, and
    loses `smash.machine`. A loop may carry tensors that each round makes anew,
    which upstream's pass refuses.

    The options are those of upstream's pass and of its `sparsifier`.
  }];
  let options = [
    Option<"enableRuntimeLibrary", "enable-runtime-library", "bool", "true",
           "make the storage objects of upstream's runtime library">,
    Option<"createSparseDeallocs", "create-sparse-deallocs", "bool", "true",
           "free what upstream allocates; only without the runtime library">,
    Option<"enableBufferInitialization", "enable-buffer-initialization", "bool",
           "false", "clear buffers that upstream allocates">,
    Option<"testAnalysisOnly", "test-bufferization-analysis-only", "bool",
           "false", "analyse, and change nothing after that">,
    Option<"vectorLength", "vl", "int32_t", "0",
           "vector length of upstream's loops; 0 for scalars">,
    Option<"enableVLAVectorization", "enable-vla-vectorization", "bool",
           "false", "vectors whose length the machine says">,
    Option<"enableSIMDIndex32", "enable-simd-index32", "bool", "false",
           "32-bit indices in gathers and scatters">,
    Option<"enableGPULibgen", "enable-gpu-libgen", "bool", "false",
           "calls of GPU libraries">,
    Option<"sparseEmitStrategy", "sparse-emit-strategy",
           "::mlir::SparseEmitStrategy",
           "::mlir::SparseEmitStrategy::kFunctional",
           "what upstream emits for sparse loops", [{::llvm::cl::values(
             clEnumValN(::mlir::SparseEmitStrategy::kFunctional, "functional",
                        "loops of scf"),
             clEnumValN(::mlir::SparseEmitStrategy::kSparseIterator,
                        "sparse-iterator", "loops of sparse_tensor.iterate"),
             clEnumValN(::mlir::SparseEmitStrategy::kDebugInterface,
                        "debug-interface", "placeholders, to read"))}]>,
    Option<"parallelization", "parallelization-strategy",
           "::mlir::SparseParallelizationStrategy",
           "::mlir::SparseParallelizationStrategy::kNone",
           "which of upstream's loops become parallel", [{::llvm::cl::values(
             clEnumValN(::mlir::SparseParallelizationStrategy::kNone, "none",
                        "none"),
             clEnumValN(::mlir::SparseParallelizationStrategy::kDenseOuterLoop,
                        "dense-outer-loop", "an outermost one over all"),
             clEnumValN(
               ::mlir::SparseParallelizationStrategy::kAnyStorageOuterLoop,
               "any-storage-outer-loop", "an outermost one"),
             clEnumValN(::mlir::SparseParallelizationStrategy::kDenseAnyLoop,
                        "dense-any-loop", "those over all"),
             clEnumValN(
               ::mlir::SparseParallelizationStrategy::kAnyStorageAnyLoop,
               "any-storage-any-loop", "all"))}]>
  ];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::bufferization::BufferizationDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::sparse_tensor::SparseTensorDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def LowerKernelsToHost
    : Pass<"smash-lower-kernels-to-host", "::mlir::ModuleOp"> {
  let summary = "lower kernels on buffers for the host, among other code";
  let description = [{
    `smash-relax-atomics`, `smash-expand-accumulators` and
    `convert-smash-to-host`, with the simplifications that they need, if the
    module holds an op of the dialect; otherwise nothing. All tensors must be gone: where there are
    some, removing a duplicate may cost a copy of a sparse tensor.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::complex::ComplexDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

#endif // SMASH_PIPELINES_PASSES_TD
