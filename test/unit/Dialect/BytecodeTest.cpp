//===- BytecodeTest.cpp - versions of the dialects in bytecode ------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Common/VersionedBytecode.h"
#include "Piuma/IR/Piuma.h"
#include "Smash/IR/Smash.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace smash;

static const char kProduct[] = R"(
#csr = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
!m = tensor<4x4xf64, #csr>
func.func @f(%a: !m, %e: !m) -> !m {
  %c = smash.spgemm ins(%a, %a : !m, !m) outs(%e : !m) semiring(plus_times)
    strategy(row_wise, accumulator = hash) {smash.statistics = {products = 7}}
  return %c : !m
}
)";

static const char kProgram[] = R"(
func.func @f(%m: memref<4xf64, #piuma.space<scratchpad>>) {
  piuma.free %m : memref<4xf64, #piuma.space<scratchpad>>
  return
}
)";

namespace {
class Bytecode : public ::testing::Test {
protected:
  Bytecode() : context(MLIRContext::Threading::DISABLED) {
    context.loadDialect<SmashDialect, piuma::PiumaDialect, func::FuncDialect>();
  }

  /// `text` as bytecode; of version `version` of `DialectT` if that is not 0.
  template <typename DialectT>
  std::string write(StringRef text, uint64_t version) {
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(bool(module));
    BytecodeWriterConfig config("test");
    if (version)
      config.setDialectVersion<DialectT>(
          std::make_unique<BytecodeVersion>(version));
    std::string bytes;
    llvm::raw_string_ostream os(bytes);
    EXPECT_TRUE(succeeded(writeBytecodeToFile(*module, os, config)));
    return bytes;
  }

  /// The module that `bytes` are, as text; or all that was said about them.
  std::string read(StringRef bytes) {
    std::string said;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      said += diagnostic.str() + "\n";
      return success();
    });
    auto module = parseSourceString<ModuleOp>(bytes, &context);
    if (!module)
      return said;
    llvm::raw_string_ostream(said) << *module;
    return said;
  }

  /// `text`, parsed and printed.
  std::string normalise(StringRef text) { return read(text); }

  MLIRContext context;
};
} // namespace

TEST_F(Bytecode, IsReadAsItWasWritten) {
  EXPECT_EQ(read(write<SmashDialect>(kProduct, 0)), normalise(kProduct));
  EXPECT_EQ(read(write<piuma::PiumaDialect>(kProgram, 0)), normalise(kProgram));
}

TEST_F(Bytecode, SaysItsVersion) {
  // The version that is written without being asked for is the current one.
  EXPECT_EQ(write<SmashDialect>(kProduct, 0),
            write<SmashDialect>(kProduct, SmashDialect::kBytecodeVersion));
  EXPECT_EQ(write<piuma::PiumaDialect>(kProgram, 0),
            write<piuma::PiumaDialect>(kProgram,
                                       piuma::PiumaDialect::kBytecodeVersion));
  EXPECT_NE(write<SmashDialect>(kProduct, 0),
            write<SmashDialect>(kProduct, SmashDialect::kBytecodeVersion - 1));
}

TEST_F(Bytecode, OfAnOlderVersionIsUpgraded) {
  std::string now = normalise(kProduct);
  std::string statistics = " {smash.statistics = {products = 7 : i64}}";
  size_t at = now.find(statistics);
  ASSERT_NE(at, std::string::npos) << now;
  // Version 1 counted other things; the rest of the product is as it was.
  EXPECT_EQ(read(write<SmashDialect>(kProduct, 1)),
            now.substr(0, at) + now.substr(at + statistics.size()));
}

TEST_F(Bytecode, OfANewerVersionIsRefused) {
  EXPECT_EQ(read(write<SmashDialect>(kProduct, 3)),
            "version 3 of dialect 'smash' is not known; this program reads "
            "versions 1 to 2\n");
  EXPECT_EQ(read(write<piuma::PiumaDialect>(kProgram, 900)),
            "version 900 of dialect 'piuma' is not known; this program reads "
            "versions 1 to 1\n");
}

TEST_F(Bytecode, ThatIsCutIsRefused) {
  std::string bytes = write<SmashDialect>(kProduct, 0);
  for (size_t length = 5; length < bytes.size(); length += 7) {
    std::string said = read(StringRef(bytes).take_front(length));
    EXPECT_FALSE(said.empty()) << length;
    EXPECT_EQ(said.find("module"), std::string::npos) << length;
  }
}
