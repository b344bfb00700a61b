//===- AllocationTest.cpp - when memory runs out --------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtil.h"
#include "smash/Support/AllocationTesting.h"
#include "llvm/Support/FileSystem.h"
#include <gtest/gtest.h>

using namespace smash;
using namespace smash::test;

/// Runs `fn`, which returns an error's text, once for each of its allocations
/// with that one failing: each time it must fail, and leave nothing behind.
template <typename Fn>
static void failEachAllocation(Fn &&fn) {
  int64_t before = smash::testing::liveBuffers();
  for (int64_t k = 1;; ++k) {
    ASSERT_LT(k, 10000);
    smash::testing::failAllocation(k);
    std::string error = fn();
    bool pending = smash::testing::allocationFailurePending();
    smash::testing::failAllocation(0);
    EXPECT_EQ(smash::testing::liveBuffers(), before) << k;
    if (pending) {
      EXPECT_EQ(error, "");
      EXPECT_GT(k, 1);
      return;
    }
    EXPECT_NE(error.find("cannot allocate"), std::string::npos)
        << "allocation " << k << ": '" << error << "'";
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

TEST(Allocation, Buffers) {
  failEachAllocation([] { return toString(Buffer::allocate(10).takeError()); });
  failEachAllocation([] {
    Buffer buffer;
    return errorOf(buffer.resize(10));
  });
  Buffer kept = llvm::cantFail(Buffer::allocate(10));
  kept.as<char>()[9] = 5;
  smash::testing::failAllocation(1);
  EXPECT_EQ(errorOf(kept.resize(20)), "cannot allocate 20 bytes");
  EXPECT_EQ(kept.size(), 10u);
  EXPECT_EQ(kept.as<char>()[9], 5);
}

TEST(Allocation, Containers) {
  failEachAllocation(
      [] { return errorOf(makeMatrix(3, 4, 5, ValueType::F64, 32, 32)); });
  Matrix source = take(generateMatrix("gen:er,rows=20"));
  failEachAllocation([&] { return errorOf(transpose(source)); });
  auto copy = [&] { return transpose(source); };
  failEachAllocation([&]() -> std::string {
    llvm::Expected<Matrix> matrix = copy();
    if (!matrix)
      return toString(matrix.takeError());
    return errorOf(convertValues(std::move(*matrix), ValueType::C64));
  });
  failEachAllocation([&]() -> std::string {
    llvm::Expected<Matrix> matrix = copy();
    if (!matrix)
      return toString(matrix.takeError());
    return errorOf(convertIndices(std::move(*matrix), 64, 64));
  });
}

TEST(Allocation, Reading) {
  TemporaryDirectory directory;
  std::string path = directory.file("m.mtx");
  auto failReading = [&](const std::string &text) {
    writeFile(path, text);
    failEachAllocation([&] {
      ReadOptions options;
      options.sumDuplicates = true;
      return errorOf(readMatrixMarket(path, options));
    });
  };
  std::string banner = "%%MatrixMarket matrix coordinate real general\n";
  // Unordered, doubled, and without a last line end: every path allocates.
  std::string text = banner + "3 3 4\n1 3 1\n1 1 2\n1 3 4\n2 2 5";
  failReading(text);
  failReading(gzip(text));
  failReading("%%MatrixMarket matrix array integer symmetric\n2 2\n1\n2\n3\n");
  std::string large = banner + "1000 600000 600000\n";
  for (int i = 0; i < 600000; ++i)
    large +=
        std::to_string(i % 1000 + 1) + " " + std::to_string(i + 1) + " 1.25\n";
  failReading(large); // several threads
}

TEST(Allocation, Writing) {
  TemporaryDirectory directory;
  Matrix matrix = take(generateMatrix("gen:er,rows=20"));
  for (const char *name : {"c.mtx", "c.mtx.gz"})
    failEachAllocation([&] {
      std::string error =
          errorOf(writeMatrixMarket(directory.file(name), matrix));
      if (!error.empty())
        EXPECT_TRUE(directory.list().empty());
      else
        llvm::cantFail(llvm::errorCodeToError(
            llvm::sys::fs::remove(directory.file(name))));
      return error;
    });
}

TEST(Allocation, Generating) {
  for (const char *text :
       {"gen:rmat,scale=4", "gen:er,rows=9", "gen:poisson2d,n=3",
        "gen:poisson3d,n=2", "gen:banded,n=9", "gen:diagonal", "gen:dense",
        "gen:hypersparse,rows=9", "gen:powerlaw,rows=9", "gen:denserow,n=9",
        "gen:densecol,n=9", "gen:collide,rows=9", "gen:empty"}) {
    SCOPED_TRACE(text);
    failEachAllocation([&] { return errorOf(generateMatrix(text)); });
  }
}
