//===- SanitizerTest.cpp - generated code that is instrumented ----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "smash/Execution/HostEngine.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <memory>
#include <thread>

using namespace smash;

namespace {

constexpr llvm::StringLiteral kAccesses = R"(
llvm.func @write(%at: !llvm.ptr, %value: i64) {
  llvm.store %value, %at : i64, !llvm.ptr
  llvm.return
}
llvm.func @read(%at: !llvm.ptr) -> i64 {
  %value = llvm.load %at : !llvm.ptr -> i64
  llvm.return %value : i64
})";

llvm::Expected<std::unique_ptr<HostEngine>> compile(Sanitizer sanitizer) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::LLVM::LLVMDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(kAccesses, &context);
  EngineOptions options;
  options.sanitizer = sanitizer;
  return HostEngine::create(*module, options);
}

/// Generated code writes one word from two threads.
[[maybe_unused]] void race(HostEngine &engine) {
  auto *write = reinterpret_cast<void (*)(int64_t *, int64_t)>(
      llvm::cantFail(engine.lookup("write")));
  int64_t word = 0;
  std::thread one([&] { write(&word, 1); }), two([&] { write(&word, 2); });
  one.join();
  two.join();
  std::exit(0);
}

/// Generated code reads behind the end of an array.
[[maybe_unused]] void overrun(HostEngine &engine) {
  auto *read = reinterpret_cast<int64_t (*)(int64_t *)>(
      llvm::cantFail(engine.lookup("read")));
  auto words = std::make_unique<int64_t[]>(3);
  std::exit(int(read(words.get() + 3)));
}

TEST(Sanitizer, AnotherProgramsIsRefused) {
  const std::pair<Sanitizer, const char *> cases[] = {
      {Sanitizer::Thread,
       "generated code can be instrumented for threads only in a program that "
       "is: build smash with the preset tsan"},
      {Sanitizer::Address,
       "generated code can be instrumented for addresses only in a program "
       "that is: build smash with the preset asan"}};
  for (const auto &[sanitizer, message] : cases) {
    auto engine = compile(sanitizer);
    EXPECT_EQ(bool(engine), sanitizer == builtInSanitizer());
    if (!engine)
      EXPECT_EQ(llvm::toString(engine.takeError()), message);
  }
}

TEST(Sanitizer, GeneratedCodeIsSeen) {
  if (builtInSanitizer() == Sanitizer::None)
    GTEST_SKIP() << "this build has no sanitizer";
  auto engine = compile(builtInSanitizer());
  ASSERT_TRUE(bool(engine)) << llvm::toString(engine.takeError());
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  if (builtInSanitizer() == Sanitizer::Thread)
    EXPECT_EXIT(race(**engine), ::testing::ExitedWithCode(66), "data race");
  else
    EXPECT_DEATH(overrun(**engine), "heap-buffer-overflow");
}

} // namespace
