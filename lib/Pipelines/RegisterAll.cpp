//===- RegisterAll.cpp - everything of smash by name ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Pipelines/RegisterAll.h"
#include "Piuma/IR/Piuma.h"
#include "Piuma/Transforms/Passes.h"
#include "Smash/IR/Smash.h"
#include "Smash/Transforms/ExternalModels.h"
#include "Smash/Transforms/Passes.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/PassRegistry.h"
#include "smash/Conversion/Passes.h"
#include "smash/Pipelines/Passes.h"
#include "smash/Pipelines/Pipelines.h"
#include "smash/Pipelines/Sparsifier.h"
#include "smash/Strategy/Passes.h"

using namespace mlir;
using namespace smash;

void smash::registerAllPipelines() {
  PassPipelineRegistration<PiumaPipelineOptions>(
      "smash-to-piuma-pipeline",
      "products on sparse tensors to a program for a PIUMA-like machine",
      buildToPiumaPipeline);
  PassPipelineRegistration<>("piuma-to-llvm-pipeline",
                             "piuma programs to the LLVM dialect",
                             buildPiumaToLLVMPipeline);
  PassPipelineRegistration<HostPipelineOptions>(
      "smash-configuration-pipeline",
      "decide how each product is computed, and check that it can be",
      buildConfigurationPipeline);
  PassPipelineRegistration<HostPipelineOptions>(
      "smash-kernel-pipeline",
      "products on sparse tensors to kernels on buffers, for any target",
      buildKernelPipeline);
  PassPipelineRegistration<HostPipelineOptions>(
      "smash-to-host-pipeline",
      "products on sparse tensors to the LLVM dialect, for the host",
      buildToHostPipeline);
  registerSparsifierPipeline();
}

void smash::registerAllPasses() {
  registerSmashTransformsPasses();
  registerSmashStrategyPasses();
  registerSmashConversionPasses();
  piuma::registerPiumaTransformsPasses();
  registerSmashPipelinesPasses();
}

void smash::registerAllDialects(DialectRegistry &registry) {
  registry.insert<SmashDialect, piuma::PiumaDialect, func::FuncDialect,
                  linalg::LinalgDialect, sparse_tensor::SparseTensorDialect,
                  tensor::TensorDialect, bufferization::BufferizationDialect>();
}

void smash::registerAllExtensions(DialectRegistry &registry) {
  arith::registerConvertArithToLLVMInterface(registry);
  cf::registerConvertControlFlowToLLVMInterface(registry);
  registerConvertComplexToLLVMInterface(registry);
  registerConvertFuncToLLVMInterface(registry);
  index::registerConvertIndexToLLVMInterface(registry);
  registerConvertMathToLLVMInterface(registry);
  registerConvertMemRefToLLVMInterface(registry);
  ub::registerConvertUBToLLVMInterface(registry);
  vector::registerConvertVectorToLLVMInterface(registry);
  registerConvertSmashToLLVMInterface(registry);
  registerConvertPiumaToLLVMInterface(registry);
  registerBufferizableOpModels(registry);
  registerRuntimeVerifiableOpModels(registry);
}
