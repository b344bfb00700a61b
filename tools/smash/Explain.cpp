//===- Explain.cpp - smash explain --------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Explain.h"
#include "Outputs.h"
#include "Report.h"
#include "Simulate.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace smash::driver {

namespace {
/// Everything there is to tell.
struct Story {
  std::string a, b;
  ProductStatistics statistics;
  double statisticsMs = 0;
  std::string target; ///< the simulated machine's name; empty: the host
  int64_t blocks = 0, blockThreads = 0;
  std::string machine;
  std::string reason;
  std::vector<Contender> contenders;
  std::optional<reference::Comparison> check;

  const Contender *chosen() const {
    for (const Contender &contender : contenders)
      if (contender.isChosen)
        return &contender;
    return nullptr;
  }
  /// The fastest that was measured; null where nothing was.
  const Contender *fastest() const {
    const Contender *best = nullptr;
    for (const Contender &contender : contenders)
      if (contender.measuredMs &&
          (!best || *contender.measuredMs < *best->measuredMs))
        best = &contender;
    return best;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// For people
//===----------------------------------------------------------------------===//

static raw_ostream &line(raw_ostream &os, StringRef key) {
  return os << left_justify(key, 13);
}

/// Rows by their bound: a bar for each bucket.
static void printHistogram(raw_ostream &os, const RowHistogram &histogram) {
  constexpr int64_t kWidth = 30;
  int64_t most = 1;
  for (const RowHistogram::Bucket &bucket : histogram.buckets)
    most = std::max(most, bucket.rows);
  line(os, "bound") << right_justify("of a row", 24)
                    << right_justify("rows", 12)
                    << right_justify("products", 16)
                    << right_justify("entries", 14) << "\n";
  for (unsigned k = 0; k < histogram.size(); ++k) {
    const RowHistogram::Bucket &bucket = histogram.buckets[k];
    if (bucket.rows == 0)
      continue;
    int64_t highest = RowHistogram::largestBound(k);
    int64_t lowest = k < 2 ? highest : RowHistogram::largestBound(k - 1) + 1;
    std::string range = printCount(highest);
    if (lowest < highest)
      range = printCount(lowest) + " to " + range;
    // As a fraction first: rows times a width may overflow.
    auto length = int64_t(double(bucket.rows) / double(most) * kWidth + 0.999);
    line(os, "") << right_justify(range, 24)
                 << right_justify(printCount(bucket.rows), 12)
                 << right_justify(printCount(bucket.products), 16)
                 << right_justify(printCount(bucket.entries), 14) << " "
                 << std::string(size_t(length), '#') << "\n";
  }
}

static void printStatistics(raw_ostream &os, const Story &story) {
  const ProductStatistics &s = story.statistics;
  line(os, "A") << printCount(s.rows) << " x " << printCount(s.inner) << ", "
                << printCount(s.nnzA) << " non-zeros";
  if (s.maxRowA)
    os << ", the longest row " << printCount(s.maxRowA);
  os << "   " << story.a << "\n";
  line(os, "B") << printCount(s.inner) << " x " << printCount(s.cols) << ", "
                << printCount(s.nnzB) << " non-zeros";
  if (s.maxRowB)
    os << ", the longest row " << printCount(s.maxRowB);
  os << "   " << story.b << "\n";
  if (s.nnzMask)
    line(os, "mask") << printCount(s.nnzMask) << " entries\n";
  line(os, "products") << printCount(s.products) << ", the busiest row "
                       << printCount(s.maxRowProducts) << "\n";
  line(os, "C") << "at most " << printCount(s.boundC) << " non-zeros, about "
                << printCount(s.entriesC) << " +- "
                << printNumber(double(s.errorC) / 10) << " %; a row spans "
                << printCount(s.meanSpan) << " columns on average\n";
  line(os, "compression") << "about " << printNumber(s.compressionRatio())
                          << " products per non-zero of C\n";
  printHistogram(os, s.histogram);
}

static void printContender(raw_ostream &os, const Contender &contender,
                           bool isMeasured) {
  line(os, contender.isChosen ? "chosen" : "");
  auto cell = [&](const std::string &text) {
    os << right_justify(text, 11) << " ";
  };
  cell(contender.refusal.empty() || contender.prediction.ns > 0
           ? printTime(contender.prediction.ns / 1e6)
           : "-");
  if (isMeasured) {
    cell(contender.measuredMs ? printTime(*contender.measuredMs) : "-");
    cell(
        contender.measuredMs && *contender.measuredMs > 0
            ? printNumber(contender.prediction.ns / 1e6 / *contender.measuredMs)
            : "-");
  }
  os << " " << contender.strategy << "\n";
  if (!contender.refusal.empty()) {
    line(os, "") << "            not chosen: " << contender.refusal << "\n";
    return;
  }
  // What makes up the most of it.
  std::vector<const CostPart *> parts;
  for (const CostPart &part : contender.prediction.parts)
    if (part.ns * 20 >= contender.prediction.ns)
      parts.push_back(&part);
  llvm::sort(parts, [](const CostPart *x, const CostPart *y) {
    return x->ns > y->ns;
  });
  for (const CostPart *part : parts)
    line(os, "") << "              "
                 << right_justify(printTime(part->ns / 1e6), 11) << "  "
                 << printCount(int64_t(part->count)) << " " << part->meaning
                 << "\n";
}

static void printStory(raw_ostream &os, const Story &story) {
  printStatistics(os, story);
  line(os, "machine") << (story.target.empty()
                              ? std::string("host")
                              : story.target +
                                    ", PIUMA-like with stated parameters")
                      << ": " << printCount(story.blocks) << " x "
                      << printCount(story.blockThreads) << " threads\n";
  bool isMeasured = story.fastest() != nullptr;
  line(os, "strategies") << right_justify("predicted", 11) << " ";
  if (isMeasured)
    os << right_justify(story.target.empty() ? "measured" : "simulated", 11)
       << " " << right_justify("ratio", 11) << " ";
  os << "\n";
  for (const Contender &contender : story.contenders)
    printContender(os, contender, isMeasured);
  if (!story.reason.empty())
    line(os, "why") << story.reason << "\n";
  if (const Contender *best = story.fastest()) {
    line(os, "fastest") << best->strategy;
    const Contender *chosen = story.chosen();
    if (chosen && chosen->measuredMs && *best->measuredMs > 0)
      os << "; the chosen one takes "
         << printNumber(*chosen->measuredMs / *best->measuredMs)
         << " times as long";
    os << "\n";
  }
  if (story.check)
    line(os, "check") << story.check->message << "\n";
}

//===----------------------------------------------------------------------===//
// For programs
//===----------------------------------------------------------------------===//

static void printContender(json::OStream &json, const Contender &contender) {
  json.object([&] {
    json.attribute("strategy", contender.strategy);
    json.attribute("chosen", contender.isChosen);
    json.attribute("refusal", contender.refusal.empty()
                                  ? json::Value(nullptr)
                                  : json::Value(contender.refusal));
    json.attribute("predicted_ms", contender.prediction.ns / 1e6);
    json.attributeObject("parts", [&] {
      for (const CostPart &part : contender.prediction.parts)
        json.attributeObject(part.key, [&] {
          json.attribute("count", part.count);
          json.attribute("ms", part.ns / 1e6);
        });
    });
    json.attribute("measured_ms", contender.measuredMs
                                      ? json::Value(*contender.measuredMs)
                                      : json::Value(nullptr));
    json.attribute("runs", contender.runs);
    json.attribute("nnz_c", contender.measuredMs ? json::Value(contender.nnzC)
                                                 : json::Value(nullptr));
  });
}

static std::string printJson(const Story &story) {
  const ProductStatistics &s = story.statistics;
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("version", SMASH_VERSION);
    json.attribute("a", json::fixUTF8(story.a));
    json.attribute("b", json::fixUTF8(story.b));
    json.attribute("target", story.target.empty() ? json::Value(nullptr)
                                                  : json::Value(story.target));
    json.attribute("machine", story.machine);
    json.attribute("blocks", story.blocks);
    json.attribute("block_threads", story.blockThreads);
    json.attributeObject("statistics", [&] {
      json.attribute("rows", s.rows);
      json.attribute("inner", s.inner);
      json.attribute("cols", s.cols);
      json.attribute("nnz_a", s.nnzA);
      json.attribute("nnz_b", s.nnzB);
      json.attribute("nnz_mask", s.nnzMask);
      json.attribute("products", s.products);
      json.attribute("max_row_products", s.maxRowProducts);
      json.attribute("bound_c", s.boundC);
      json.attribute("nnz_c", s.entriesC);
      json.attribute("nnz_c_error", double(s.errorC) / 1e3);
      json.attribute("mean_span", s.meanSpan);
      json.attribute("max_row_a", s.maxRowA);
      json.attribute("max_row_b", s.maxRowB);
      json.attributeArray("histogram", [&] {
        for (unsigned k = 0; k < s.histogram.size(); ++k)
          json.object([&] {
            json.attribute("bound", RowHistogram::largestBound(k));
            json.attribute("rows", s.histogram.buckets[k].rows);
            json.attribute("products", s.histogram.buckets[k].products);
            json.attribute("entries", s.histogram.buckets[k].entries);
          });
      });
    });
    json.attribute("statistics_ms", story.statisticsMs);
    json.attributeArray("candidates", [&] {
      for (const Contender &contender : story.contenders)
        printContender(json, contender);
    });
    json.attribute("reason", story.reason);
    if (story.check)
      json.attribute("check", story.check->message);
  });
  os << "\n";
  return text;
}

//===----------------------------------------------------------------------===//
// The command
//===----------------------------------------------------------------------===//

/// The contenders of an explanation; what was chosen stands among them.
static std::vector<Contender> listContenders(Explanation explanation) {
  std::vector<Contender> contenders;
  bool isListed = false;
  for (PredictedStrategy &candidate : explanation.candidates) {
    Contender contender;
    contender.strategy = std::move(candidate.strategy);
    contender.refusal = std::move(candidate.refusal);
    contender.prediction = std::move(candidate.prediction);
    contender.isChosen = contender.strategy == explanation.chosen;
    if (contender.isChosen) // asked for: it may be, whatever selection does
      contender.refusal.clear();
    isListed |= contender.isChosen;
    contenders.push_back(std::move(contender));
  }
  if (isListed)
    return contenders;
  Contender chosen;
  chosen.strategy = std::move(explanation.chosen);
  chosen.prediction = std::move(explanation.prediction);
  chosen.isChosen = true;
  contenders.insert(contenders.begin(), std::move(chosen));
  return contenders;
}

Error explain(const ExplainOptions &options) {
  if (Error error = checkOutputs({{"--report", options.report}}))
    return error;
  std::optional<piuma::TargetModel> target;
  if (!options.target.empty()) {
    auto made = makeTarget(options);
    if (!made)
      return made.takeError();
    target = std::move(*made);
  }
  Story story;
  story.a = options.a;
  story.b = options.b.value_or(options.a);
  auto operands = loadOperands(options);
  if (!operands)
    return operands.takeError();
  Watch counting;
  auto statistics =
      computeStatistics(operands->a, operands->second(), options.transposeA,
                        options.transposeB, maskOf(*operands, options));
  if (!statistics)
    return statistics.takeError();
  story.statisticsMs = counting.read();
  story.statistics = *statistics;

  ProductOptions product = describeProduct(options, *operands, *statistics);
  story.blocks = product.blocks = chooseBlocks(options, statistics->products);
  story.blockThreads = product.blockThreads = options.blockThreads;
  if (target) {
    story.target = target->name();
    story.blocks = (*target)[piuma::Parameter::Cores];
    story.blockThreads = target->threadsPerCore();
    // As `smash simulate` compiles it.
    product.rows = statistics->rows;
    product.inner = statistics->inner;
    product.cols = statistics->cols;
  }
  Compiler compiler;
  auto explanation = target
                         ? compiler.explainPiuma(product, *target, *statistics)
                         : compiler.explain(product, *statistics);
  if (!explanation)
    return explanation.takeError();
  story.machine = explanation->machine;
  // What the program says needs no reason.
  if (options.strategy == "auto")
    story.reason = explanation->reason;
  story.contenders = listContenders(std::move(*explanation));
  if (options.measure)
    if (Error error =
            measure(options, product, target ? &*target : nullptr, *operands,
                    *statistics, story.contenders, story.check))
      return error;

  bool missed = story.check && !story.check->equal;
  if (options.report == "-")
    outs() << printJson(story);
  else if (!options.report.empty())
    if (Error error = writeText(options.report, printJson(story)))
      return error;
  if (options.report != "-" && !options.quiet)
    printStory(outs(), story);
  if (missed)
    return makeError("check failed: " + story.check->message);
  return Error::success();
}

} // namespace smash::driver
