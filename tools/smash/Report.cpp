//===- Report.cpp - what smash tells about a product --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/TargetParser/Host.h"
#include <cmath>
#include <sys/resource.h>

using namespace llvm;

namespace smash::driver {

std::optional<double> Report::compressionRatio() const {
  if (nnzC == 0)
    return std::nullopt;
  return double(statistics.products) / double(nnzC);
}

double Report::rate() const {
  return runMs > 0 ? double(statistics.products) / runMs * 1e-3 : 0;
}

static double modulus(std::complex<double> value) { return std::abs(value); }
template <typename T>
static double modulus(T value) {
  return std::fabs(double(value));
}

double computeFrobeniusNorm(const Matrix &matrix) {
  return visitValueType(matrix.valueType, [&](auto zero) {
    using T = decltype(zero);
    const T *values = matrix.values.as<T>();
    int64_t count = matrix.nnz();
    double largest = 0;
    for (int64_t i = 0; i < count; ++i) {
      double value = modulus(values[i]);
      if (std::isnan(value))
        return value;
      largest = std::max(largest, value);
    }
    if (largest == 0 || std::isinf(largest))
      return largest;
    // A power of two, so that scaling rounds nothing; kept where its inverse
    // is a normal number.
    double scale =
        std::ldexp(1.0, -std::clamp(std::ilogb(largest), -1000, 1000));
    double sum = 0, lost = 0; // Neumaier's sum: lost is what rounding dropped
    for (int64_t i = 0; i < count; ++i) {
      double value = modulus(values[i]) * scale;
      double term = value * value;
      double next = sum + term;
      lost += sum >= term ? (sum - next) + term : (term - next) + sum;
      sum = next;
    }
    return std::sqrt(sum + lost) / scale;
  });
}

double measurePeakRss() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024;
}

std::string printCount(int64_t number) {
  std::string digits = std::to_string(number);
  size_t first = number < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

static std::string printShape(int64_t rows, int64_t cols) {
  return printCount(rows) + " x " + printCount(cols);
}

std::string printNumber(double number) {
  if (number >= 1000)
    return printCount(std::llround(number));
  std::string text;
  raw_string_ostream(text) << format(number >= 100  ? "%.1f"
                                     : number >= 10 ? "%.2f"
                                                    : "%.3f",
                                     number);
  return text;
}

std::string printTime(double ms) {
  return ms >= 10000 ? printNumber(ms / 1000) + " s" : printNumber(ms) + " ms";
}

static std::string printPlural(int64_t count, StringRef noun) {
  return printCount(count) + " " + noun.str() + (count == 1 ? "" : "s");
}

/// "A", or its transpose.
static std::string printOperand(StringRef name, bool transposed) {
  return name.str() + (transposed ? "^T" : "");
}

void printSummary(raw_ostream &os, const Report &report) {
  const ProductOptions &options = report.options;
  const ProductStatistics &statistics = report.statistics;
  auto line = [&](StringRef key) -> raw_ostream & {
    return os << left_justify(key, 13);
  };
  // The matrices form a table: each column as wide as its widest cell.
  std::string shapes[] = {printShape(report.rowsA, report.colsA),
                          printShape(report.rowsB, report.colsB),
                          printShape(statistics.rows, statistics.cols)};
  std::string counts[] = {printCount(statistics.nnzA),
                          printCount(statistics.nnzB), printCount(report.nnzC)};
  size_t shapeWidth = 0, countWidth = 0;
  for (int i = 0; i < 3; ++i) {
    shapeWidth = std::max(shapeWidth, shapes[i].size());
    countWidth = std::max(countWidth, counts[i].size());
  }
  std::string product = "= " + printOperand("A", options.transposeA) + " * " +
                        printOperand("B", options.transposeB);
  std::string notes[] = {
      report.a, report.b,
      report.output.empty() ? product : product + ", " + report.output};
  for (int i = 0; i < 3; ++i)
    line(i == 0   ? "A"
         : i == 1 ? "B"
                  : "C")
        << right_justify(shapes[i], shapeWidth) << "   "
        << right_justify(counts[i], countWidth) << " non-zeros   " << notes[i]
        << "\n";

  if (!report.mask.empty())
    line("mask") << (options.maskComplement ? "where there is none in "
                                            : "where there is one in ")
                 << report.mask << "\n";
  if (!report.accumulate.empty()) {
    line("added to") << report.accumulate;
    if (!options.accumulateAdd.empty())
      os << " by " << options.accumulateAdd;
    os << "\n";
  }
  line("products") << printCount(statistics.products);
  if (auto ratio = report.compressionRatio())
    os << ", " << printNumber(*ratio) << " per non-zero of C (compression)";
  os << "\n";
  line("semiring") << options.semiring << " on "
                   << spellValueType(options.valueType) << ", "
                   << options.coordinateBits << "-bit indices\n";
  line("strategy") << report.strategy << "\n";
  line("compile") << printTime(report.compileMs)
                  << (report.cached ? " (cached)" : "") << "\n";
  line("run") << printTime(report.runMs) << " on "
              << printPlural(options.blocks, "block") << " x "
              << printPlural(options.blockThreads, "thread");
  if (report.repeat > 1)
    os << ", median of " << printCount(report.repeat) << " (best "
       << printTime(report.minRunMs) << ")";
  os << "\n";
  line("rate") << printNumber(report.rate()) << " Mproducts/s\n";
  line("norm") << format("%.15g", report.frobeniusNorm) << " (Frobenius)\n";
  if (report.check)
    line("check") << report.check->message << "\n";
}

/// A number, or null where JSON has no spelling for it.
static json::Value toJson(double number) {
  return std::isfinite(number) ? json::Value(number) : json::Value(nullptr);
}

void printJson(raw_ostream &os, const Report &report) {
  const ProductOptions &options = report.options;
  const ProductStatistics &statistics = report.statistics;
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("version", SMASH_VERSION);
    json.attribute("a", json::fixUTF8(report.a));
    json.attribute("b", json::fixUTF8(report.b));
    json.attribute("mask", report.mask.empty()
                               ? json::Value(nullptr)
                               : json::Value(json::fixUTF8(report.mask)));
    json.attribute("mask_complement", options.maskComplement);
    json.attribute("accumulate",
                   report.accumulate.empty()
                       ? json::Value(nullptr)
                       : json::Value(json::fixUTF8(report.accumulate)));
    json.attribute("accumulate_op", options.accumulateAdd.empty()
                                        ? json::Value(nullptr)
                                        : json::Value(options.accumulateAdd));
    json.attribute("rows", statistics.rows);
    json.attribute("inner", statistics.inner);
    json.attribute("cols", statistics.cols);
    json.attribute("nnz_a", statistics.nnzA);
    json.attribute("nnz_b", statistics.nnzB);
    json.attribute("nnz_c", report.nnzC);
    json.attribute("products", statistics.products);
    json.attribute("max_row_products", statistics.maxRowProducts);
    std::optional<double> ratio = report.compressionRatio();
    json.attribute("compression_ratio",
                   ratio ? json::Value(*ratio) : json::Value(nullptr));
    json.attribute("semiring", options.semiring);
    json.attribute("value_type", spellValueType(options.valueType));
    json.attribute("index_bits", options.coordinateBits);
    json.attribute("position_bits", options.positionBits);
    json.attribute("result_position_bits", options.resultPositionBits);
    json.attribute("strategy", report.strategy);
    json.attribute("transpose_a", options.transposeA);
    json.attribute("transpose_b", options.transposeB);
    json.attribute("sorted", options.sorted);
    json.attribute("deterministic", options.deterministic);
    json.attribute("threads", report.threads());
    json.attribute("blocks", options.blocks);
    json.attribute("block_threads", options.blockThreads);
    json.attribute("repeat", report.repeat);
    json.attribute("read_ms", report.readMs);
    json.attribute("statistics_ms", report.statisticsMs);
    json.attribute("compile_ms", report.compileMs);
    json.attribute("cached", report.cached);
    json.attribute("run_ms", report.runMs);
    json.attribute("min_run_ms", report.minRunMs);
    json.attribute("write_ms", report.writeMs);
    json.attribute("rate_mproducts_per_s", report.rate());
    json.attribute("frobenius_norm", toJson(report.frobeniusNorm));
    json.attribute("peak_rss_mib", report.peakRssMiB);
    json.attribute("host_cpu", sys::getHostCPUName());
    if (report.check)
      json.attributeObject("check", [&] {
        json.attribute("equal", report.check->equal);
        json.attribute("bitwise", report.check->bitwise);
        json.attribute("row", report.check->row);
        json.attribute("col", report.check->col);
        json.attribute("error", toJson(report.check->error));
        json.attribute("bound", toJson(report.check->bound));
        json.attribute("message", report.check->message);
      });
  });
  os << "\n";
}

} // namespace smash::driver
