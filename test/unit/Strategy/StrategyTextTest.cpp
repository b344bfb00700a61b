//===- StrategyTextTest.cpp - what people type as a strategy -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace smash;

namespace {
class StrategyText : public ::testing::Test {
protected:
  StrategyText() { context.loadDialect<SmashDialect>(); }

  /// The strategy; null, with `message` set, when there is none.
  StrategyAttr parse(llvm::StringRef text) {
    message.clear();
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) {
                                            message += diagnostic.str();
                                            return mlir::success();
                                          });
    return StrategyAttr::fromText(mlir::UnknownLoc::get(&context), text);
  }

  /// The primary spelling of `text`.
  std::string spell(llvm::StringRef text) {
    StrategyAttr strategy = parse(text);
    return strategy ? strategy.spelling() : "error: " + message;
  }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  std::string message;
};
} // namespace

TEST_F(StrategyText, PrimarySpellingsStay) {
  for (const char *text :
       {"auto", "inner", "outer", "row_wise", "row_wise, accumulator = dense",
        "row_wise, accumulator = dense, occupancy = bitmap",
        "row_wise, accumulator = hash, hash_function = low_bits, "
        "fill_limit = 75, schedule = static, table = fragmented, "
        "writeback = bulk, merge = atomic, window = rows(4)",
        "row_wise, bins = [<bound 32: sort>, <bound 4096: hash>, "
        "<else: dense, occupancy = bitmap>], phases = two",
        "auto, phases = two"}) {
    EXPECT_EQ(spell(text), text);
    EXPECT_EQ(message, "");
  }
}

TEST_F(StrategyText, DefaultsAreNotPrinted) {
  EXPECT_EQ(spell("row_wise, hash_function = multiplicative, fill_limit = 50, "
                  "schedule = dynamic, table = packed, writeback = scan, "
                  "merge = exclusive, window = fit, phases = one"),
            "row_wise");
  EXPECT_EQ(spell("  row_wise ,accumulator=dense,occupancy=list "),
            "row_wise, accumulator = dense");
  EXPECT_EQ(spell("row_wise, bins = [<else: hash>]"),
            "row_wise, accumulator = hash");
}

TEST_F(StrategyText, AliasesPrintAsTheirKnobs) {
  EXPECT_EQ(spell("smash_v1"),
            "row_wise, accumulator = hash, hash_function = high_bits, "
            "schedule = static, merge = atomic");
  EXPECT_EQ(spell("smash_v2"), "row_wise, accumulator = hash, "
                               "hash_function = low_bits, merge = atomic");
  EXPECT_EQ(spell("smash_v3"),
            "row_wise, accumulator = hash, hash_function = low_bits, "
            "table = fragmented, writeback = bulk, merge = atomic");
  EXPECT_EQ(spell("smash_best"), "row_wise, accumulator = dense, occupancy = "
                                 "bitmap, merge = atomic");
  EXPECT_EQ(spell("smash_v2, window = rows(3), schedule = static"),
            "row_wise, accumulator = hash, hash_function = low_bits, "
            "schedule = static, merge = atomic, window = rows(3)");
}

TEST_F(StrategyText, SpellingsAreParsedAgain) {
  for (const char *text : {"smash_v1", "smash_v2", "smash_v3", "auto",
                           "row_wise, bins = [<bound 7: hash>, <else: dense>]",
                           "row_wise, accumulator = hash, fill_limit = 1"}) {
    StrategyAttr strategy = parse(text);
    ASSERT_TRUE(strategy) << message;
    EXPECT_EQ(parse(strategy.spelling()), strategy);
    // And as an attribute of the IR.
    std::string printed;
    llvm::raw_string_ostream(printed) << mlir::Attribute(strategy);
    EXPECT_EQ(mlir::parseAttribute(printed, &context), strategy) << printed;
  }
  EXPECT_EQ(parse("auto"), StrategyAttr::getAuto(&context));
}

TEST_F(StrategyText, ErrorsQuoteTheTextAndSayWhatIsLegal) {
  std::pair<const char *, const char *> cases[] = {
      {"gustavson", "unknown dataflow 'gustavson'; one of auto, inner, outer"},
      {"row_wise, accumulator = heap", "one of dense, hash, sort, merge"},
      {"row_wise, accumulator = hash, occupancy = bitmap",
       "occupancy follows 'accumulator = dense'"},
      {"row_wise, speed = high", "unknown knob 'speed' of a strategy; one of"},
      {"row_wise, merge = atomic, merge = atomic",
       "knob 'merge' is given twice"},
      {"row_wise, fill_limit = 101", "fill_limit 101 is not between 1 and 100"},
      {"row_wise, fill_limit = -5", "fill_limit -5 is not between 1 and 100"},
      {"row_wise, merge = atomic, window = rows(0)",
       "window of 0 rows is not positive"},
      {"row_wise, window = rows(2)", "needs merge = atomic"},
      {"row_wise, bins = [<bound 4: hash>]", "bins are not exhaustive"},
      {"row_wise, bins = [<bound 4: hash>, <bound 4: dense>, <else: hash>]",
       "bound 4 of a bin does not exceed the one before it, 4"},
      {"row_wise, bins = [<bound 0: hash>, <else: dense>]",
       "bound 0 of a bin is not positive"},
      {"row_wise, bins = [<bound 4: hash>, <else: dense>], merge = atomic",
       "2 bins cannot"},
      {"auto, accumulator = hash", "chooses its accumulators itself"},
      {"row_wise, accumulator = hash, merge = atomic, phases = two",
       "phases = two merges exclusively"},
      {"row_wise, phases = 2", "expected"},
      {"row_wise, phases", "expected '='"},
      {"row_wise,", "expected"},
      {"", "expected"}};
  for (auto [text, expected] : cases) {
    EXPECT_FALSE(parse(text)) << text;
    EXPECT_EQ(message.find("strategy '" + std::string(text) + "': "), 0u)
        << message;
    EXPECT_NE(message.find(expected), std::string::npos)
        << "'" << expected << "' is not in: " << message;
  }
}

TEST_F(StrategyText, NothingStandsBehindTheLastKnob) {
  for (const char *text : {"row_wise>", "auto>, #smash.strategy<auto",
                           "row_wise> : i32", "row_wise>, i32", "auto auto"}) {
    EXPECT_FALSE(parse(text)) << text;
    EXPECT_NE(message, "") << text;
  }
}
