//===- KernelCacheTest.cpp - kernels on disk ------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Compiler/KernelCache.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "gtest/gtest.h"
#include <atomic>
#include <thread>

using namespace smash;

namespace {

class KernelCacheTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("smash-cache", folder));
  }
  void TearDown() override { (void)llvm::sys::fs::remove_directories(folder); }

  static CachedKernel makeKernel(const std::string &text, size_t bytes) {
    return {"row_wise", text, std::string(bytes, text[0])};
  }

  /// Sets when a kernel was used last, `hours` ago.
  void age(const KernelCache &cache, const std::string &description,
           int hours) {
    auto entries = cache.list();
    ASSERT_TRUE(bool(entries));
    for (const KernelCache::Entry &entry : *entries) {
      if (entry.description != description)
        continue;
      int file;
      ASSERT_FALSE(llvm::sys::fs::openFileForReadWrite(
          folder + "/" + entry.name, file, llvm::sys::fs::CD_OpenExisting,
          llvm::sys::fs::OF_None));
      ASSERT_FALSE(llvm::sys::fs::setLastAccessAndModificationTime(
          file, std::chrono::system_clock::now() - std::chrono::hours(hours)));
      (void)llvm::sys::Process::SafelyCloseFileDescriptor(file);
    }
  }

  llvm::SmallString<128> folder;
};

} // namespace

TEST_F(KernelCacheTest, FindsWhatWasStored) {
  KernelCache cache((folder + "/a/b").str());
  EXPECT_FALSE(cache.find("key"));
  CachedKernel kernel{"strategy", "description", std::string("\0\1\2", 3)};
  ASSERT_TRUE(cache.store("key", kernel));
  auto found = cache.find("key");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->strategy, kernel.strategy);
  EXPECT_EQ(found->description, kernel.description);
  EXPECT_EQ(found->object, kernel.object);
  EXPECT_FALSE(cache.find("other"));
  // Stored again, replaced.
  ASSERT_TRUE(cache.store("key", makeKernel("new", 5)));
  EXPECT_EQ(cache.find("key")->object, "nnnnn");
  EXPECT_EQ(cache.list()->size(), 1u);
}

TEST_F(KernelCacheTest, DropsTheLongestUnused) {
  // Room for three of the four.
  KernelCache cache(folder.str().str(), 35000);
  for (const char *name : {"a", "b", "c"})
    ASSERT_TRUE(cache.store(name, makeKernel(name, 10000)));
  age(cache, "a", 3);
  age(cache, "b", 2);
  age(cache, "c", 1);
  // To find one is to use it.
  EXPECT_TRUE(cache.find("a"));
  ASSERT_TRUE(cache.store("d", makeKernel("d", 10000)));
  EXPECT_TRUE(cache.find("a"));
  EXPECT_FALSE(cache.find("b"));
  EXPECT_TRUE(cache.find("c"));
  EXPECT_TRUE(cache.find("d"));
  // One that is too large alone does not stay.
  ASSERT_TRUE(cache.store("e", makeKernel("e", 40000)));
  EXPECT_EQ(cache.list()->size(), 0u);
}

TEST_F(KernelCacheTest, IsSharedByThreads) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      KernelCache cache(folder.str().str(), 20000);
      for (int i = 0; i < 60; ++i) {
        std::string key(1, char('a' + (i + t) % 5));
        if (auto found = cache.find(key))
          wrong += found->object != std::string(3000 + key[0], key[0]);
        else
          cache.store(key, makeKernel(key, 3000 + key[0]));
        if (i % 20 == t)
          wrong += !bool(cache.clear());
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
}
