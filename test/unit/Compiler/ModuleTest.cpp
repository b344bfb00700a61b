//===- ModuleTest.cpp - modules, borrowed arrays, contexts of others ------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestAssertions.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "smash/Compiler/Compiler.h"
#include "smash/Compiler/Piuma.h"
#include "smash/Pipelines/RegisterAll.h"
#include <gtest/gtest.h>
#include <thread>

using namespace smash;

// A(i, i + 1 mod 4) = i + 1. In constant data, which a write would fault on.
static const uint32_t kPositions[] = {0, 1, 2, 3, 4};
static const uint32_t kCoordinates[] = {1, 2, 3, 0};
static const double kValues[] = {1, 2, 3, 4};

static Matrix borrowShift() {
  Matrix a;
  a.rows = a.cols = 4;
  a.positions = Buffer::borrow(kPositions, sizeof(kPositions));
  a.coordinates = Buffer::borrow(kCoordinates, sizeof(kCoordinates));
  a.values = Buffer::borrow(kValues, sizeof(kValues));
  return a;
}

/// C = A * A: C(i, i + 2) = A(i, i + 1) * A(i + 1, i + 2).
static void expectSquare(const Matrix &c) {
  ASSERT_EQ(c.nnz(), 4);
  for (unsigned i = 0; i < 4; ++i) {
    EXPECT_EQ(c.coordinate(i), (i + 2) % 4);
    EXPECT_EQ(c.values.as<double>()[i], double((i + 1) * ((i + 1) % 4 + 1)));
  }
}

/// A linalg product and one of smash; a function that matrices cannot call.
static const char kModule[] = R"(
#csr = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed),
                                 posWidth = 32, crdWidth = 32 }>
!m = tensor<4x4xf64, #csr>
func.func @two(%a: !m, %b: !m) -> (!m, !m) {
  %e = tensor.empty() : !m
  %c = linalg.matmul ins(%a, %b : !m, !m) outs(%e : !m) -> !m
  %d = smash.spgemm ins(%c, %b : !m, !m) outs(%e : !m) semiring(plus_times)
  return %c, %d : !m, !m
}
func.func @scale(%x: f64) -> f64 {
  %y = arith.addf %x, %x : f64
  return %y : f64
}
func.func private @hidden(%a: !m) -> !m {
  return %a : !m
}
)";

static void checkModule(const CompiledModule &module) {
  EXPECT_EQ(module.functions(), (std::vector<std::string>{"two", "scale"}));
  Matrix a = borrowShift();
  auto results = module.call("two", {&a, &a});
  ASSERT_TRUE(bool(results)) << llvm::toString(results.takeError());
  ASSERT_EQ(results->size(), 2u);
  expectSquare((*results)[0]);
  EXPECT_EQ((*results)[1].nnz(), 4);
  EXPECT_EQ((*results)[1].values.as<double>()[0], 6);

  auto scale = module.lookup("scale");
  ASSERT_TRUE(bool(scale)) << llvm::toString(scale.takeError());
  EXPECT_EQ(reinterpret_cast<double (*)(double)>(*scale)(4), 8);
}

TEST(Module, CallsFunctionsOfMatrices) {
  Compiler compiler;
  auto module = compiler.compileModule(kModule);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  checkModule(*module);
}

TEST(Module, OutlivesItsCompiler) {
  auto module = Compiler().compileModule(kModule);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  checkModule(*module);
}

TEST(Module, RefusesWhatDoesNotFit) {
  Compiler compiler;
  auto module = compiler.compileModule(kModule);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  auto message = [&](llvm::StringRef name,
                     llvm::ArrayRef<const Matrix *> operands) {
    auto results = module->call(name, operands);
    return results ? "no error" : llvm::toString(results.takeError());
  };
  Matrix a = borrowShift();
  EXPECT_EQ(message("hidden", {&a}),
            "the module has no public function '@hidden'");
  EXPECT_EQ(message("two", {&a}), "'@two' takes 2 matrices, not 1");
  EXPECT_EQ(message("two", {&a, nullptr}), "operand 1 of '@two' is null");
  EXPECT_EQ(message("scale", {&a}),
            "argument 0 of '@scale' has type f64; functions of CSR matrices "
            "can be called, others looked up");
  Matrix wide = borrowShift();
  wide.cols = 5;
  EXPECT_EQ(message("two", {&a, &wide}),
            "operand 1 is 4 x 5; the kernel was compiled for 4 x 4");
  Matrix other = borrowShift();
  other.valueType = ValueType::F32;
  EXPECT_EQ(message("two", {&other, &a}),
            "operand 0 has values of type f32; the kernel was compiled for "
            "f64");
}

TEST(Module, RunsOnSeveralThreads) {
  Compiler compiler;
  ModuleOptions options;
  options.blocks = 2;
  auto module = compiler.compileModule(kModule, options);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&module] {
      for (int run = 0; run < 10; ++run)
        checkModule(*module);
      // And what each compiles for itself meanwhile.
      auto own = Compiler().compileModule(kModule);
      ASSERT_TRUE(bool(own)) << llvm::toString(own.takeError());
      checkModule(*own);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Context, OfTheCaller) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  std::vector<std::string> heard;
  mlir::ScopedDiagnosticHandler handler(&context,
                                        [&](mlir::Diagnostic &diagnostic) {
                                          heard.push_back(diagnostic.str());
                                          return mlir::success();
                                        });
  Compiler compiler(context);

  // The module that is compiled stays as it is.
  auto source = mlir::parseSourceString<mlir::ModuleOp>(kModule, &context);
  ASSERT_TRUE(bool(source));
  auto print = [&] {
    std::string text;
    llvm::raw_string_ostream os(text);
    source->print(os);
    return text;
  };
  std::string before = print();
  auto module = compiler.compileModule(*source);
  ASSERT_TRUE(bool(module)) << llvm::toString(module.takeError());
  EXPECT_EQ(print(), before);
  checkModule(*module);
  EXPECT_TRUE(heard.empty());

  // What is wrong is an error, and a diagnostic.
  ProductOptions options;
  options.semiring = "plus_nonsense";
  auto product = compiler.compile(options);
  ASSERT_FALSE(bool(product));
  std::string message = llvm::toString(product.takeError());
  EXPECT_NE(message.find("unknown semiring 'plus_nonsense'"),
            std::string::npos);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0], message);

  mlir::MLIRContext other(registry);
  auto foreign = mlir::parseSourceString<mlir::ModuleOp>("module {}", &other);
  auto refused = compiler.compileModule(*foreign);
  ASSERT_FALSE(bool(refused));
  EXPECT_EQ(llvm::toString(refused.takeError()),
            "the module is of another context than the compiler");
}

TEST(Context, OfItsOwnTellsNobodyElse) {
  Compiler compiler;
  auto module = compiler.compileModule("func.func @f() { smash.nonsense }");
  ASSERT_FALSE(bool(module));
  EXPECT_EQ(llvm::toString(module.takeError()).substr(0, 6), "1:18: ");
}

TEST(Borrowed, OperandsAreReadWhereTheyAre) {
  Compiler compiler;
  auto product = compiler.compile(ProductOptions());
  ASSERT_TRUE(bool(product)) << llvm::toString(product.takeError());
  Matrix a = borrowShift();
  auto c = product->run(a, a);
  ASSERT_TRUE(bool(c)) << llvm::toString(c.takeError());
  expectSquare(*c);
  EXPECT_EQ(a.values.data(), static_cast<const void *>(kValues));
  // The result's arrays may outlive it.
  void *values = c->values.release();
  EXPECT_EQ(c->values.size(), 0u);
  EXPECT_EQ(static_cast<double *>(values)[0], 2);
  std::free(values);

  auto target = piuma::TargetModel::byName("piuma-1core");
  ASSERT_TRUE(bool(target));
  auto simulated =
      compiler.compilePiuma(ProductOptions(), *target, PiumaRuntime::Timing);
  ASSERT_TRUE(bool(simulated)) << llvm::toString(simulated.takeError());
  auto run = simulated->simulate(a, a);
  ASSERT_TRUE(bool(run)) << llvm::toString(run.takeError());
  expectSquare(run->c);
  EXPECT_GT(run->report.cycles, 0);
}
