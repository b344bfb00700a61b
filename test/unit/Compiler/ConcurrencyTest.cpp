//===- ConcurrencyTest.cpp - several compilers, several runs -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestKernels.h"
#include "TestOperands.h"
#include "gtest/gtest.h"
#include <atomic>
#include <thread>

using namespace smash;
using namespace smash::test;

/// Calls `work` with 0 and 1, on two threads that start together.
static void runTwice(llvm::function_ref<void(int)> work) {
  std::atomic<int> waiting{2};
  auto body = [&](int which) {
    --waiting;
    while (waiting != 0)
      std::this_thread::yield();
    work(which);
  };
  std::thread first(body, 0), second(body, 1);
  first.join();
  second.join();
}

/// What is wrong with the product of a random pair, or "".
static std::string runRandom(const CompiledProduct &kernel,
                             const ProductOptions &options, uint64_t seed) {
  TestRandom random(seed);
  auto [a, b] =
      typePair(makeRandomPair(random, random.between(1, 80),
                              random.between(1, 80), random.between(1, 80), 20),
               options);
  auto c = kernel.run(a, b);
  if (!c)
    return toString(c.takeError());
  auto comparison = reference::compare(*c, a, b, oracleFor(options));
  if (!comparison)
    return toString(comparison.takeError());
  return comparison->equal ? "" : comparison->message;
}

TEST(Concurrency, TwoCompilersCompileAndRun) {
  std::vector<std::string> errors[2];
  runTwice([&](int which) {
    Compiler compiler;
    for (size_t i = size_t(which); i < listKernels().size(); i += 8) {
      const ProductOptions &options = listKernels()[i];
      auto kernel = compiler.compile(options);
      if (!kernel) {
        errors[which].push_back(toString(kernel.takeError()));
        continue;
      }
      for (uint64_t seed = 0; seed != 5; ++seed)
        errors[which].push_back(runRandom(*kernel, options, seed));
    }
  });
  for (auto &list : errors) {
    EXPECT_GE(list.size(), 20u);
    for (const std::string &error : list)
      EXPECT_EQ(error, "");
  }
}

/// One kernel that two threads run at once, each on its own operands.
static void runOneKernel(const char *strategy, int64_t machine) {
  ProductOptions options;
  options.strategy = strategy;
  options.blocks = options.blockThreads = machine;
  SCOPED_TRACE(describe(options));
  auto kernel = Compiler().compile(options);
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  std::vector<std::string> errors[2];
  runTwice([&](int which) {
    for (uint64_t seed = 0; seed != 40; ++seed)
      errors[which].push_back(
          runRandom(*kernel, options, 2 * seed + uint64_t(which)));
  });
  for (auto &list : errors)
    for (const std::string &error : list)
      EXPECT_EQ(error, "");
}

TEST(Concurrency, OneKernelRunsTwiceAtOnce) {
  for (int64_t machine : {1, 2}) {
    runOneKernel("row_wise, accumulator = dense", machine);
    runOneKernel("row_wise, accumulator = hash, phases = two", machine);
    runOneKernel("row_wise, accumulator = hash, merge = atomic", machine);
  }
}

/// The error of one run is not seen by another.
TEST(Concurrency, ErrorsStayWithTheirRun) {
  Compiler compiler;
  ProductOptions options;
  options.strategy = "row_wise, accumulator = dense";
  options.blocks = 2;
  std::string text = llvm::cantFail(compiler.emit(options, Stage::Kernel));
  const std::string limit = "constant 2147483647 : index";
  ASSERT_NE(text.find(limit), std::string::npos);
  text.replace(text.find(limit), limit.size(), "constant 5000 : index");
  auto kernel = compiler.compileText(options, Stage::Kernel, text);
  ASSERT_TRUE(bool(kernel)) << toString(kernel.takeError());
  TestRandom random(1);
  MatrixPair large = typePair(makeRandomPair(random, 71, 9, 71, 100), options);
  MatrixPair small = typePair(makeRandomPair(random, 70, 9, 71, 100), options);
  std::vector<std::string> errors[2];
  runTwice([&](int which) {
    const MatrixPair &pair = which == 0 ? large : small;
    for (int i = 0; i != 100; ++i)
      errors[which].push_back(errorOf(kernel->run(pair.a, pair.b)));
  });
  for (const std::string &error : errors[0])
    EXPECT_EQ(error, "C has 5041 entries; its positions hold at most 5000");
  for (const std::string &error : errors[1])
    EXPECT_EQ(error, "");
}

/// A kernel outlives the compiler that made it, and may be moved.
TEST(Concurrency, KernelsOutliveTheirCompiler) {
  ProductOptions options;
  auto compiler = std::make_unique<Compiler>();
  auto made = compiler->compile(options);
  ASSERT_TRUE(bool(made)) << toString(made.takeError());
  CompiledProduct kernel = std::move(*made);
  compiler.reset();
  std::string error = "not run";
  std::thread([&] { error = runRandom(kernel, options, 1); }).join();
  EXPECT_EQ(error, "");
}
