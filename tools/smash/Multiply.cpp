//===- Multiply.cpp - smash multiply --------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Multiply.h"
#include "Operands.h"
#include "Outputs.h"
#include "Report.h"
#include "smash/Runtime/Runtime.h"
#include "smash/Support/MatrixMarket.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace smash::driver {

/// Compiles the product, or the text it is to go on from.
static Expected<CompiledProduct> compile(const MultiplyOptions &options,
                                         const ProductOptions &product,
                                         const ProductStatistics &statistics) {
  CompilerOptions compilerOptions;
  compilerOptions.cacheFolder = chooseCacheFolder(options);
  Compiler compiler(compilerOptions);
  if (!options.from)
    return compiler.compile(product, &statistics);
  std::string name =
      options.fromFile.empty() ? "standard input" : options.fromFile;
  auto text = options.fromFile.empty()
                  ? MemoryBuffer::getSTDIN()
                  : MemoryBuffer::getFile(options.fromFile, /*IsText=*/true);
  if (std::error_code code = text.getError())
    return makeError("cannot read " + name + ": " + describe(code));
  auto compiled =
      compiler.compileText(product, *options.from, (*text)->getBuffer());
  if (!compiled)
    return makeError(name + ": " + toString(compiled.takeError()));
  return compiled;
}

/// Runs `options.repeat` times; C of the last run.
static Expected<Matrix> run(const MultiplyOptions &options,
                            const CompiledProduct &product,
                            const Operands &operands, Report &report) {
  smash_rt_set_threads(report.threads());
  if (options.injectAllocationFailure)
    smash_rt_fail_allocation(options.injectAllocationFailure);
  std::vector<double> times;
  Matrix c;
  for (int64_t i = 0; i < options.repeat; ++i) {
    c = Matrix(); // two of them need not fit into memory
    Watch watch;
    auto result = product.run(operands.a, operands.second(), operands.third(),
                              operands.before());
    times.push_back(watch.read());
    if (!result)
      return result.takeError();
    c = std::move(*result);
  }
  llvm::sort(times);
  report.minRunMs = times.front();
  size_t half = times.size() / 2;
  report.runMs =
      times.size() % 2 ? times[half] : (times[half - 1] + times[half]) / 2;
  return c;
}

/// Writes what was asked for; nothing is left of it when something fails.
static Error writeReport(const MultiplyOptions &options, const Report &report) {
  if (options.report == "-") {
    printJson(outs(), report);
    return Error::success();
  }
  if (!options.report.empty()) {
    Error error = writeToOutput(options.report, [&](raw_ostream &os) -> Error {
      printJson(os, report);
      return Error::success();
    });
    if (error) {
      if (!report.output.empty())
        (void)sys::fs::remove(report.output);
      return makeError("cannot write '" + Twine(options.report) +
                       "': " + toString(std::move(error)));
    }
  }
  if (!options.quiet)
    printSummary(outs(), report);
  return Error::success();
}

Error multiply(const MultiplyOptions &options) {
  if (Error error = checkOutputs({{"-o", options.output, /*replaced=*/true},
                                  {"--report", options.report}}))
    return error;

  Report report;
  report.a = options.a;
  report.b = options.b.value_or(options.a);
  report.mask = options.mask;
  report.accumulate = options.accumulate;
  report.repeat = options.repeat;

  Watch reading;
  auto operands = loadOperands(options);
  if (!operands)
    return operands.takeError();
  report.readMs = reading.read();
  const Matrix &a = operands->a, &b = operands->second();
  report.rowsA = a.rows;
  report.colsA = a.cols;
  report.rowsB = b.rows;
  report.colsB = b.cols;

  Watch counting;
  auto statistics = computeStatistics(
      a, b, options.transposeA, options.transposeB, maskOf(*operands, options));
  if (!statistics)
    return statistics.takeError();
  report.statisticsMs = counting.read();
  report.statistics = *statistics;

  ProductOptions product = describeProduct(options, *operands, *statistics);
  if (Error error = layOutAccumulated(*operands, product))
    return error;
  product.blocks = chooseBlocks(options, statistics->products);
  product.blockThreads = options.blockThreads;
  if (options.emit) {
    auto text = Compiler().emit(product, *options.emit, &*statistics);
    if (!text)
      return text.takeError();
    outs() << *text;
    return Error::success();
  }

  auto compiled = compile(options, product, *statistics);
  if (!compiled)
    return compiled.takeError();
  report.options = std::move(product);
  report.strategy = compiled->strategy();
  report.compileMs = compiled->compileMs();
  report.cached = compiled->isCached();

  auto c = run(options, *compiled, *operands, report);
  if (!c)
    return c.takeError();
  report.nnzC = c->nnz();
  report.frobeniusNorm = computeFrobeniusNorm(*c);
  if (options.check) {
    auto comparison = compareWithReference(*c, *operands, options);
    if (!comparison)
      return comparison.takeError();
    report.check = std::move(*comparison);
  }

  bool missed = report.check && !report.check->equal;
  if (!options.output.empty() && !missed) {
    Watch writing;
    if (Error error = writeMatrixMarket(options.output, *c))
      return error;
    report.writeMs = writing.read();
    report.output = options.output;
  }
  report.peakRssMiB = measurePeakRss();
  // On a miss, too: the report says what it is.
  if (Error error = writeReport(options, report))
    return error;
  if (missed)
    return makeError("check failed: " + report.check->message);
  return Error::success();
}

} // namespace smash::driver
