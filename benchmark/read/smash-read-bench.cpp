//===- smash-read-bench.cpp - how fast a file is read ---------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// smash-read-bench FILE [REPETITIONS]: reads FILE and prints one line a time:
// rows, columns, entries, seconds and MB/s of the file's size. MB is 10^6
// bytes. `gen:` descriptions are made instead and `-o FILE` writes the matrix.
//
//===----------------------------------------------------------------------===//

#include "smash/Support/Generators.h"
#include "llvm/Support/FileSystem.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace smash;

static double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

static int fail(llvm::Error error) {
  std::fprintf(stderr, "smash-read-bench: %s\n",
               toString(std::move(error)).c_str());
  return 1;
}

/// The bytes of a file in a second, in MB/s; 0 where it cannot be asked.
static double rateOf(const char *path, double seconds) {
  uint64_t bytes = 0;
  if (llvm::sys::fs::file_size(path, bytes))
    return 0;
  return double(bytes) / seconds / 1e6;
}

int main(int argc, char **argv) {
  int repetitions = 1;
  bool writes = argc == 4 && llvm::StringRef(argv[2]) == "-o";
  bool isCount =
      argc == 3 && !llvm::StringRef(argv[2]).getAsInteger(10, repetitions);
  if (argc != 2 && !isCount && !writes) {
    std::fprintf(stderr,
                 "usage: smash-read-bench FILE [REPETITIONS | -o FILE]\n");
    return 2;
  }
  for (int i = 0; i < repetitions; ++i) {
    auto start = std::chrono::steady_clock::now();
    llvm::Expected<Matrix> matrix = loadMatrix(argv[1]);
    if (!matrix)
      return fail(matrix.takeError());
    double seconds = secondsSince(start);
    std::printf("%lld %lld %lld %.4f s %.1f MB/s %s\n",
                static_cast<long long>(matrix->rows),
                static_cast<long long>(matrix->cols),
                static_cast<long long>(matrix->nnz()), seconds,
                rateOf(argv[1], seconds),
                spellValueType(matrix->valueType).str().c_str());
    if (!writes)
      continue;
    start = std::chrono::steady_clock::now();
    if (llvm::Error error = writeMatrixMarket(argv[3], *matrix))
      return fail(std::move(error));
    seconds = secondsSince(start);
    std::printf("written in %.4f s %.1f MB/s\n", seconds,
                rateOf(argv[3], seconds));
  }
  return 0;
}
