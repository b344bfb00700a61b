//===- Common.cpp - what the benchmarks share -----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Common.h"
#include "benchmark/benchmark.h"
#include "smash/Support/Generators.h"
#include "llvm/Support/raw_ostream.h"

using namespace smash;
using namespace smash::bench;

template <typename T>
static T need(llvm::Expected<T> value, const std::string &source) {
  if (!value) {
    llvm::errs() << "smash-benchmark: " << source << ": "
                 << llvm::toString(value.takeError()) << "\n";
    exit(1);
  }
  return std::move(*value);
}

std::unique_ptr<Problem> bench::loadProblem(const std::string &source) {
  auto problem = std::make_unique<Problem>();
  problem->source = source;
  ReadOptions options;
  options.valueType = ValueType::F64;
  options.sumDuplicates = true;
  problem->a =
      need(convertIndices(need(loadMatrix(source, options), source), 32, 32),
           source);
  if (problem->a.rows != problem->a.cols)
    problem->transposed = need(
        convertIndices(need(transpose(problem->a), source), 32, 32), source);
  const Matrix &b = problem->b();
  for (int64_t at = 0; at < problem->a.nnz(); ++at) {
    int64_t k = problem->a.coordinate(at);
    problem->products += b.position(k + 1) - b.position(k);
  }
  return problem;
}

std::vector<std::string> bench::takeSources(int &argc, char **argv) {
  std::vector<std::string> sources;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    if (llvm::StringRef(argv[i]).starts_with("--"))
      argv[kept++] = argv[i];
    else
      sources.push_back(argv[i]);
  }
  argc = kept;
  return sources;
}

void bench::registerContender(const Problem &problem, Contender contender) {
  Outcome outcome = contender.inspect();
  if (outcome.error.empty() && contender.sorted && !outcome.sorted)
    outcome.error = "rows are not in order";
  std::string name = contender.library +
                     (contender.sorted ? "/sorted/" : "/unsorted/") +
                     problem.source;
  double products = double(problem.products);
  benchmark::RegisterBenchmark(name.c_str(),
                               [contender = std::move(contender), outcome,
                                products](benchmark::State &state) {
                                 if (!outcome.error.empty()) {
                                   state.SkipWithError(outcome.error.c_str());
                                   return;
                                 }
                                 for (auto _ : state)
                                   contender.run();
                                 state.counters["nnz"] = double(outcome.nnz);
                                 state.counters["norm"] = outcome.norm;
                                 state.counters["products"] = products;
                               })
      ->MeasureProcessCPUTime()
      ->Unit(benchmark::kMillisecond);
}

int bench::runBenchmarks(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
