//===- TargetModelTest.cpp - the numbers of a machine -------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/TargetModel/TargetModel.h"
#include "gtest/gtest.h"

using namespace smash::piuma;

namespace {

std::string errorOf(llvm::Expected<TargetModel> model) {
  return model ? "" : llvm::toString(model.takeError());
}

TargetModel named(llvm::StringRef name) {
  return llvm::cantFail(TargetModel::byName(name));
}

TEST(TargetModel, NamedTargets) {
  EXPECT_EQ(named("piuma-1core")[Parameter::Cores], 1);
  EXPECT_EQ(named("piuma-8core")[Parameter::Cores], 8);
  EXPECT_EQ(named("piuma-sled")[Parameter::Cores], 128);
  for (llvm::StringRef name : TargetModel::names()) {
    TargetModel model = named(name);
    EXPECT_FALSE(bool(model.check()));
    EXPECT_EQ(model.threadsPerCore(), 64);
    EXPECT_EQ(model.usableScratchpadBytes(), (4 << 20) - (64 << 10));
  }
  EXPECT_EQ(errorOf(TargetModel::byName("piuma")),
            "unknown target 'piuma'; one of piuma-1core, piuma-8core, "
            "piuma-sled, or a file that ends in .json");
}

TEST(TargetModel, EveryNumberIsStatedOnce) {
  for (const ParameterInfo &info : TargetModel::parameters()) {
    EXPECT_LE(info.lowest, info.value) << info.key.str();
    EXPECT_LE(info.value, info.highest) << info.key.str();
    EXPECT_FALSE(info.source.empty()) << info.key.str();
    EXPECT_FALSE(info.meaning.empty()) << info.key.str();
    EXPECT_EQ(info.parameter,
              TargetModel::parameters()[unsigned(info.parameter)].parameter);
  }
}

TEST(TargetModel, JsonGoesAround) {
  TargetModel model = named("piuma-8core");
  llvm::cantFail(model.set("dram_ns", 321));
  auto again = TargetModel::fromJson(model.toJson());
  ASSERT_TRUE(bool(again));
  EXPECT_EQ(again->name(), "piuma-8core");
  EXPECT_EQ(again->toJson(), model.toJson());
  EXPECT_EQ((*again)[Parameter::DramNs], 321);
}

TEST(TargetModel, SetNamesTheRange) {
  TargetModel model = named("piuma-1core");
  EXPECT_EQ(llvm::toString(model.set("dram_ns", 100001)),
            "target number dram_ns is 100001; it must lie between 1 and 100000 "
            "ns");
  EXPECT_EQ(llvm::toString(model.set("cores", 0)),
            "target number cores is 0; it must lie between 1 and 4096");
  EXPECT_EQ(llvm::toString(model.set("drm_ns", 1)),
            "a target has no number 'drm_ns'; is it 'dram_ns'?");
  EXPECT_EQ(llvm::toString(model.set("zzzzzzzzzzzz", 1)),
            "a target has no number 'zzzzzzzzzzzz'");
}

TEST(TargetModel, JsonErrors) {
  TargetModel model = named("piuma-1core");
  std::string text = model.toJson();
  auto replaced = [&](llvm::StringRef from, llvm::StringRef to) {
    std::string copy = text;
    size_t at = copy.find(from.str());
    EXPECT_NE(at, std::string::npos) << from.str();
    return copy.replace(at, from.size(), to.str());
  };
  EXPECT_NE(errorOf(TargetModel::fromJson("{")), "");
  EXPECT_EQ(errorOf(TargetModel::fromJson("[]")), "a target is a JSON object");
  // The parser would keep one of the two; a nested key is another matter.
  std::string once = text.substr(0, text.rfind('}'));
  EXPECT_EQ(errorOf(TargetModel::fromJson(once + ", \"dram_ns\": 100}")),
            "a target has the key 'dram_ns' twice");
  EXPECT_EQ(errorOf(TargetModel::fromJson(once + ", \"dram\\u005fns\": 7}")),
            "a target has the key 'dram_ns' twice");
  EXPECT_EQ(errorOf(TargetModel::fromJson(
                once + ", \"x\\\"\": {\"dram_ns\": \"\\\\\"}}")),
            "a target has no number 'x\"'");
  EXPECT_EQ(errorOf(TargetModel::fromJson("{}")),
            "a target needs a 'name', a string");
  EXPECT_EQ(errorOf(TargetModel::fromJson("{\"name\": \"x\"}")),
            "a target needs the number 'cores': cores, each with a scratchpad");
  EXPECT_EQ(errorOf(TargetModel::fromJson(
                replaced("\"cores\": 1", "\"cores\": 1.5"))),
            "target number cores is not an integer");
  EXPECT_EQ(errorOf(TargetModel::fromJson(
                replaced("\"cores\": 1", "\"cores\": 5000"))),
            "target number cores is 5000; it must lie between 1 and 4096");
  EXPECT_EQ(errorOf(TargetModel::fromJson(
                replaced("\"cores\": 1", "\"cores\": 1, \"color\": 2"))),
            "a target has no number 'color'");
  EXPECT_EQ(errorOf(TargetModel::fromJson(
                replaced("\"cache_ways\": 4", "\"cache_ways\": 3"))),
            "target number cache_bytes is 16384; it must be a multiple of "
            "cache_line_bytes x cache_ways, 192");
  EXPECT_EQ(errorOf(TargetModel::fromJson(
                replaced("\"scratchpad_reserve_bytes\": 65536",
                         "\"scratchpad_reserve_bytes\": 4194305"))),
            "target number scratchpad_reserve_bytes is 4194305; it must be at "
            "most scratchpad_bytes, 4194304");
}

} // namespace
