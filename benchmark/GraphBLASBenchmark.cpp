//===- GraphBLASBenchmark.cpp - SuiteSparse:GraphBLAS's product -----------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   smash-benchmark-graphblas [--benchmark_...] SOURCE...
//
// A process of its own, as GraphBLAS brings an OpenMP runtime. One thread; the
// library chooses its method. GraphBLAS sorts lazily: the unsorted product is
// GrB_mxm alone, the sorted one waits until C is complete.
//
//===----------------------------------------------------------------------===//

#include "Common.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>
#include <complex>
#include <cstdlib>
// The header declares C functions, and does not say so to C++.
extern "C" {
#include <GraphBLAS.h>
}

using namespace smash;
using namespace smash::bench;

static void check(GrB_Info info, const char *what) {
  if (info != GrB_SUCCESS)
    llvm::report_fatal_error(llvm::Twine(what) + ": GraphBLAS error " +
                             llvm::Twine(int(info)));
}

static GrB_Matrix toGraphBLAS(const Matrix &matrix) {
  size_t nnz = size_t(matrix.nnz());
  auto allocate = [](size_t count, size_t size) {
    return malloc(count * size + 8);
  };
  auto *positions =
      static_cast<GrB_Index *>(allocate(matrix.rows + 1, sizeof(GrB_Index)));
  auto *coordinates =
      static_cast<GrB_Index *>(allocate(nnz, sizeof(GrB_Index)));
  auto *values = static_cast<double *>(allocate(nnz, sizeof(double)));
  for (int64_t row = 0; row <= matrix.rows; ++row)
    positions[row] = GrB_Index(matrix.position(row));
  for (size_t at = 0; at < nnz; ++at) {
    coordinates[at] = GrB_Index(matrix.coordinate(int64_t(at)));
    values[at] = matrix.values.as<double>()[at];
  }
  GrB_Matrix result = nullptr;
  void *untyped = values;
  check(GxB_Matrix_import_CSR(&result, GrB_FP64, GrB_Index(matrix.rows),
                              GrB_Index(matrix.cols), &positions, &coordinates,
                              &untyped, (matrix.rows + 1) * sizeof(GrB_Index),
                              nnz * sizeof(GrB_Index) + 8,
                              nnz * sizeof(double) + 8, false, false, nullptr),
        "import");
  return result;
}

static GrB_Matrix multiply(GrB_Matrix a, GrB_Matrix b, bool sorted) {
  GrB_Index rows = 0, cols = 0;
  GrB_Matrix_nrows(&rows, a);
  GrB_Matrix_ncols(&cols, b);
  GrB_Matrix c = nullptr;
  check(GrB_Matrix_new(&c, GrB_FP64, rows, cols), "new");
  check(
      GrB_mxm(c, nullptr, nullptr, GrB_PLUS_TIMES_SEMIRING_FP64, a, b, nullptr),
      "mxm");
  if (sorted)
    check(GrB_Matrix_wait(c, GrB_MATERIALIZE), "wait");
  return c;
}

static Outcome inspect(GrB_Matrix c) {
  GrB_Type type = nullptr;
  GrB_Index rows = 0, cols = 0;
  GrB_Index *positions = nullptr, *coordinates = nullptr;
  void *values = nullptr;
  GrB_Index positionsSize = 0, coordinatesSize = 0, valuesSize = 0;
  bool iso = false, jumbled = false;
  check(GxB_Matrix_export_CSR(&c, &type, &rows, &cols, &positions, &coordinates,
                              &values, &positionsSize, &coordinatesSize,
                              &valuesSize, &iso, &jumbled, nullptr),
        "export");
  Outcome outcome;
  if (iso) {
    outcome.error = "C came out with one value for all entries";
  } else {
    outcome = describe(int64_t(rows), positions, coordinates,
                       static_cast<const double *>(values));
    outcome.sorted = outcome.sorted && !jumbled;
  }
  free(positions);
  free(coordinates);
  free(values);
  return outcome;
}

int main(int argc, char **argv) {
  std::vector<std::string> sources = takeSources(argc, argv);
  check(GrB_init(GrB_NONBLOCKING), "init");
  check(GxB_Global_Option_set(GxB_GLOBAL_NTHREADS, 1), "threads");
  // The inputs are by row, and so is C.
  check(GxB_Global_Option_set(GxB_FORMAT, GxB_BY_ROW), "format");
  std::vector<std::unique_ptr<Problem>> problems;
  for (const std::string &source : sources) {
    problems.push_back(loadProblem(source));
    const Problem &problem = *problems.back();
    GrB_Matrix a = toGraphBLAS(problem.a);
    GrB_Matrix b = &problem.b() == &problem.a ? a : toGraphBLAS(problem.b());
    for (bool sorted : {true, false}) {
      Contender contender;
      contender.library = "GraphBLAS";
      contender.sorted = sorted;
      contender.run = [a, b, sorted] {
        GrB_Matrix c = multiply(a, b, sorted);
        GrB_Matrix_free(&c);
      };
      contender.inspect = [a, b, sorted] {
        return inspect(multiply(a, b, sorted));
      };
      registerContender(problem, std::move(contender));
    }
  }
  // The process ends here: what GraphBLAS holds goes with it.
  return runBenchmarks(argc, argv);
}
