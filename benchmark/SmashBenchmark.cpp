//===- SmashBenchmark.cpp - compiled kernels beside Eigen and CXSparse ----===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   smash-benchmark [--strategy=TEXT] [--memory] [--benchmark_...] SOURCE...
//
// One thread. `smash/sorted`, `smash/unsorted` and the peers multiply;
// `smash-compile/sorted` and `/unsorted` go from IR to machine code. With
// --memory, no timing: the peak of resident memory during one product, as JSON.
//
//===----------------------------------------------------------------------===//

#include "Common.h"
#include "benchmark/benchmark.h"
#include "smash/Compiler/Compiler.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>
#include <fstream>
#include <limits>
#include <malloc.h>

using namespace smash;
using namespace smash::bench;

namespace {

/// A kernel for one problem, or why there is none.
struct Kernel {
  ProductOptions options;
  ProductStatistics statistics;
  std::unique_ptr<CompiledProduct> product;
  std::string error;
};

} // namespace

static std::shared_ptr<Kernel> makeKernel(Compiler &compiler,
                                          const Problem &problem, bool sorted,
                                          const std::string &strategy) {
  auto kernel = std::make_shared<Kernel>();
  llvm::Expected<ProductStatistics> statistics =
      computeStatistics(problem.a, problem.b(), false, false);
  if (!statistics) {
    kernel->error = llvm::toString(statistics.takeError());
    return kernel;
  }
  kernel->statistics = *statistics;
  kernel->options.strategy = strategy;
  kernel->options.sorted = sorted;
  if (statistics->boundC > int64_t(std::numeric_limits<uint32_t>::max()))
    kernel->options.resultPositionBits = 64;
  llvm::Expected<CompiledProduct> product =
      compiler.compile(kernel->options, &kernel->statistics);
  if (!product)
    kernel->error = llvm::toString(product.takeError());
  else
    kernel->product = std::make_unique<CompiledProduct>(std::move(*product));
  return kernel;
}

static Outcome inspect(const Kernel &kernel, const Problem &problem) {
  Outcome outcome;
  if (!kernel.product) {
    outcome.error = kernel.error;
    return outcome;
  }
  llvm::Expected<Matrix> c = kernel.product->run(problem.a, problem.b());
  if (!c) {
    outcome.error = llvm::toString(c.takeError());
    return outcome;
  }
  const double *values = c->values.as<double>();
  if (c->positionBits == 32)
    return describe(c->rows, c->positions.as<uint32_t>(),
                    c->coordinates.as<uint32_t>(), values);
  return describe(c->rows, c->positions.as<uint64_t>(),
                  c->coordinates.as<uint32_t>(), values);
}

static void addSmash(Compiler &compiler, const Problem &problem,
                     const std::string &strategy,
                     std::vector<Contender> &contenders) {
  for (bool sorted : {true, false}) {
    std::shared_ptr<Kernel> kernel =
        makeKernel(compiler, problem, sorted, strategy);
    Contender contender;
    contender.library = "smash";
    contender.sorted = sorted;
    contender.run = [kernel, &problem] {
      llvm::Expected<Matrix> c = kernel->product->run(problem.a, problem.b());
      if (!c)
        llvm::report_fatal_error(c.takeError());
    };
    contender.inspect = [kernel, &problem] {
      return inspect(*kernel, problem);
    };
    contenders.push_back(std::move(contender));
    if (!kernel->product)
      continue;
    std::string name = std::string("smash-compile/") +
                       (sorted ? "sorted/" : "unsorted/") + problem.source;
    benchmark::RegisterBenchmark(
        name.c_str(),
        [kernel, &compiler](benchmark::State &state) {
          double inside = 0;
          for (auto _ : state) {
            llvm::Expected<CompiledProduct> product =
                compiler.compile(kernel->options, &kernel->statistics);
            if (!product)
              llvm::report_fatal_error(product.takeError());
            inside += product->compileMs();
          }
          state.counters["compile_ms"] =
              benchmark::Counter(inside, benchmark::Counter::kAvgIterations);
          state.SetLabel(kernel->product->strategy());
        })
        ->MeasureProcessCPUTime()
        ->Unit(benchmark::kMillisecond);
  }
}

/// A figure of /proc/self/status, in bytes.
static int64_t statusBytes(llvm::StringRef key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    llvm::StringRef text(line);
    int64_t kib = 0;
    if (text.consume_front(key) && text.consume_front(":") &&
        !text.trim().split(' ').first.getAsInteger(10, kib))
      return kib * 1024;
  }
  return 0;
}

/// Prints the peak of resident memory of one product, above what the process
/// held before without the operands.
static int reportMemory(Compiler &compiler, const Problem &problem,
                        const std::string &strategy) {
  std::shared_ptr<Kernel> kernel =
      makeKernel(compiler, problem, true, strategy);
  if (!kernel->product) {
    llvm::errs() << "smash-benchmark: " << kernel->error << "\n";
    return 1;
  }
  int64_t inputs = int64_t(problem.a.bytes());
  if (&problem.b() != &problem.a)
    inputs += int64_t(problem.b().bytes());
  malloc_trim(0);
  int64_t own = statusBytes("VmRSS") - inputs;
  std::ofstream("/proc/self/clear_refs") << 5;
  llvm::Expected<Matrix> c = kernel->product->run(problem.a, problem.b());
  int64_t peak = statusBytes("VmHWM");
  if (!c) {
    llvm::errs() << "smash-benchmark: " << llvm::toString(c.takeError())
                 << "\n";
    return 1;
  }
  int64_t output = int64_t(c->bytes());
  llvm::outs() << "{\"inputs\": " << inputs << ", \"output\": " << output
               << ", \"peak_above_own\": " << peak - own << "}\n";
  return 0;
}

int main(int argc, char **argv) {
  std::vector<std::string> sources = takeSources(argc, argv);
  std::string strategy = "auto";
  bool memory = false;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument(argv[i]);
    if (argument.consume_front("--strategy="))
      strategy = argument.str();
    else if (argument == "--memory")
      memory = true;
    else
      argv[kept++] = argv[i];
  }
  argc = kept;

  Compiler compiler;
  std::vector<std::unique_ptr<Problem>> problems;
  for (const std::string &source : sources) {
    problems.push_back(loadProblem(source));
    const Problem &problem = *problems.back();
    if (memory) {
      if (int status = reportMemory(compiler, problem, strategy))
        return status;
      continue;
    }
    std::vector<Contender> contenders;
    addSmash(compiler, problem, strategy, contenders);
#ifdef SMASH_HAVE_EIGEN
    addEigen(problem, contenders);
#endif
#ifdef SMASH_HAVE_CXSPARSE
    addCXSparse(problem, contenders);
#endif
    for (Contender &contender : contenders)
      registerContender(problem, std::move(contender));
  }
  return memory ? 0 : runBenchmarks(argc, argv);
}
