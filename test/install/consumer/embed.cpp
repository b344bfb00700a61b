//===- embed.cpp - smash inside another program ---------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registers the dialects, lowers a module with a pipeline and its options, then
// compiles a product and runs it. Prints OK, or says what is wrong.
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "smash/Compiler/Compiler.h"
#include "smash/Pipelines/Pipelines.h"
#include "smash/Pipelines/RegisterAll.h"
#include <cstdio>
#include <string>

static const char kModule[] = R"(
#csr = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed),
                                 posWidth = 32, crdWidth = 32 }>
func.func @square(%a: tensor<4x4xf64, #csr>) -> tensor<4x4xf64, #csr> {
  %empty = tensor.empty() : tensor<4x4xf64, #csr>
  %c = smash.spgemm ins(%a, %a : tensor<4x4xf64, #csr>, tensor<4x4xf64, #csr>)
      outs(%empty : tensor<4x4xf64, #csr>) semiring(plus_times)
  return %c : tensor<4x4xf64, #csr>
}
)";

static int fail(const std::string &what) {
  std::printf("%s\n", what.c_str());
  return 1;
}

/// The pipeline, built with options rather than parsed from text.
static int lower() {
  mlir::DialectRegistry registry;
  smash::registerAllDialects(registry);
  smash::registerAllExtensions(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(kModule, &context);
  if (!module)
    return fail("the module does not parse");
  int products = 0;
  module->walk([&](smash::SpGEMMOp) { ++products; });
  if (products != 1)
    return fail("the module has " + std::to_string(products) + " products");

  smash::HostPipelineOptions options;
  options.blocks = 2;
  mlir::PassManager pm(&context);
  smash::buildToHostPipeline(pm, options);
  if (mlir::failed(pm.run(*module)))
    return fail("the pipeline failed");
  bool lowered = true;
  module->walk([&](mlir::Operation *op) {
    llvm::StringRef dialect = op->getName().getDialectNamespace();
    lowered &= dialect == "llvm" || dialect == "builtin";
  });
  return lowered ? 0 : fail("the pipeline left ops of other dialects");
}

/// The module itself, in machine code, on arrays of this program.
static int call() {
  static const uint32_t positions[] = {0, 1, 2, 3, 4};
  static const uint32_t coordinates[] = {1, 2, 3, 0};
  static const double values[] = {1, 2, 3, 4};
  smash::Matrix a;
  a.rows = a.cols = 4;
  a.positions = smash::Buffer::borrow(positions, sizeof(positions));
  a.coordinates = smash::Buffer::borrow(coordinates, sizeof(coordinates));
  a.values = smash::Buffer::borrow(values, sizeof(values));
  smash::Compiler compiler;
  auto module = compiler.compileModule(kModule);
  if (!module)
    return fail(llvm::toString(module.takeError()));
  auto results = module->call("square", {&a});
  if (!results)
    return fail(llvm::toString(results.takeError()));
  const smash::Matrix &c = results->front();
  return c.nnz() == 4 && c.values.as<double>()[2] == 12
             ? 0
             : fail("the module's C is wrong");
}

/// C = A * A, of a cyclic shift: C(i, i + 2) = A(i, i + 1) * A(i + 1, i + 2).
static int run() {
  smash::Compiler compiler;
  auto product = compiler.compile(smash::ProductOptions());
  if (!product)
    return fail(llvm::toString(product.takeError()));
  auto a = smash::makeMatrix(4, 4, 4, smash::ValueType::F64, 32, 32);
  if (!a)
    return fail(llvm::toString(a.takeError()));
  for (unsigned i = 0; i < 4; ++i) {
    a->positions.as<uint32_t>()[i + 1] = i + 1;
    a->coordinates.as<uint32_t>()[i] = (i + 1) % 4;
    a->values.as<double>()[i] = i + 1;
  }
  auto c = product->run(*a, *a);
  if (!c)
    return fail(llvm::toString(c.takeError()));
  if (c->nnz() != 4)
    return fail("C has " + std::to_string(c->nnz()) + " entries");
  for (unsigned i = 0; i < 4; ++i)
    if (c->coordinate(i) != (i + 2) % 4 ||
        c->values.as<double>()[i] != double((i + 1) * ((i + 1) % 4 + 1)))
      return fail("entry " + std::to_string(i) + " of C is wrong");
  return 0;
}

int main() {
  if (int status = lower())
    return status;
  if (int status = call())
    return status;
  if (int status = run())
    return status;
  std::printf("OK\n");
  return 0;
}
