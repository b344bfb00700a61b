//===- HostEngineTest.cpp - machine code for the host ---------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Execution/HostEngine.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ObjectFile.h"
#include "gtest/gtest.h"
#include <thread>

using namespace llvm;
using namespace smash;

namespace {

constexpr StringRef kSum = R"(
llvm.func @sum(%data: !llvm.ptr, %count: i64) -> f64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %init = llvm.mlir.constant(0.0 : f64) : f64
  llvm.br ^head(%zero, %init : i64, f64)
^head(%i: i64, %acc: f64):
  %more = llvm.icmp "slt" %i, %count : i64
  llvm.cond_br %more, ^body, ^exit
^body:
  %p = llvm.getelementptr %data[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f64
  %v = llvm.load %p : !llvm.ptr -> f64
  %square = llvm.fmul %v, %v : f64
  %next = llvm.fadd %acc, %square : f64
  %j = llvm.add %i, %one : i64
  llvm.br ^head(%j, %next : i64, f64)
^exit:
  llvm.return %acc : f64
})";

constexpr StringRef kCallsOut = R"(
llvm.func @outside(i64) -> i64
llvm.func @call(%x: i64) -> i64 {
  %y = llvm.call @outside(%x) : (i64) -> i64
  llvm.return %y : i64
})";

/// A module and the context it lives in.
struct Parsed {
  explicit Parsed(StringRef text) {
    context.loadDialect<mlir::LLVM::LLVMDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

template <typename Fn>
Fn *lookup(const HostEngine &engine, StringRef name) {
  auto address = engine.lookup(name);
  EXPECT_TRUE(bool(address)) << toString(address.takeError());
  return reinterpret_cast<Fn *>(*address);
}

int64_t addOne(int64_t x) { return x + 1; }

TEST(HostEngine, Runs) {
  Parsed parsed(kSum);
  for (unsigned level = 0; level <= 3; ++level) {
    EngineOptions options;
    options.optLevel = level;
    auto engine = HostEngine::create(*parsed.module, options);
    ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
    auto *sum = lookup<double(const double *, int64_t)>(**engine, "sum");
    double data[] = {1, 2, 3, 0.5};
    EXPECT_EQ(sum(data, 4), 14.25);
    EXPECT_EQ(sum(data, 0), 0.0);
  }
}

TEST(HostEngine, RoundsProductAndSumApart) {
  // (1 + 2^-30)^2 - 1 keeps its last bit only in a fused multiply-add.
  double data[] = {1 + 0x1p-30, 0x1p-30};
  volatile double first = data[0] * data[0], second = data[1] * data[1];
  volatile double expected = first + second;
  Parsed parsed(kSum);
  auto engine = HostEngine::create(*parsed.module);
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  auto *sum = lookup<double(const double *, int64_t)>(**engine, "sum");
  EXPECT_EQ(sum(data, 2), expected);

  auto text = emitAssembly(*parsed.module);
  ASSERT_TRUE(bool(text)) << toString(text.takeError());
  EXPECT_EQ(text->find("fmadd"), std::string::npos) << *text;
}

TEST(HostEngine, ResolvesListedSymbols) {
  Parsed parsed(kCallsOut);
  EngineOptions options;
  options.symbols = {{"outside", reinterpret_cast<void *>(&addOne)}};
  auto engine = HostEngine::create(*parsed.module, options);
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  EXPECT_EQ(lookup<int64_t(int64_t)>(**engine, "call")(41), 42);
}

TEST(HostEngine, RefusesOtherSymbols) {
  Parsed parsed(kCallsOut);
  auto engine = HostEngine::create(*parsed.module);
  ASSERT_FALSE(bool(engine));
  EXPECT_EQ(toString(engine.takeError()),
            "generated code refers to symbols that it may not use: 'outside'");

  // In the process, but not in the list.
  Parsed abort(R"(
    llvm.func @abort()
    llvm.func @f() { llvm.call @abort() : () -> ()  llvm.return })");
  auto second = HostEngine::create(*abort.module);
  ASSERT_FALSE(bool(second));
  EXPECT_EQ(toString(second.takeError()),
            "generated code refers to symbols that it may not use: 'abort'");
}

TEST(HostEngine, FindsOnlyWhatIsExported) {
  Parsed parsed(R"(
    llvm.func internal @hidden() -> i32 attributes {passthrough = ["noinline"]} {
      %c = llvm.mlir.constant(3 : i32) : i32
      llvm.return %c : i32
    }
    llvm.func @shown() -> i32 {
      %c = llvm.call @hidden() : () -> i32
      llvm.return %c : i32
    })");
  auto engine = HostEngine::create(*parsed.module);
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  EXPECT_EQ(lookup<int32_t()>(**engine, "shown")(), 3);
  auto hidden = (*engine)->lookup("hidden");
  ASSERT_FALSE(bool(hidden));
  EXPECT_EQ(toString(hidden.takeError()),
            "the compiled module has no symbol 'hidden'");
}

TEST(HostEngine, CallsOfTheLibraryAreReviewed) {
  // A loop that the optimiser knows as memset, and one that it would take for
  // strlen if the C library were known to be there.
  Parsed parsed(R"(
    llvm.func @clear(%data: !llvm.ptr, %count: i64) {
      %zero = llvm.mlir.constant(0 : i64) : i64
      %one = llvm.mlir.constant(1 : i64) : i64
      %value = llvm.mlir.constant(0 : i8) : i8
      llvm.br ^head(%zero : i64)
    ^head(%i: i64):
      %more = llvm.icmp "slt" %i, %count : i64
      llvm.cond_br %more, ^body, ^exit
    ^body:
      %p = llvm.getelementptr %data[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
      llvm.store %value, %p : i8, !llvm.ptr
      %j = llvm.add %i, %one : i64
      llvm.br ^head(%j : i64)
    ^exit:
      llvm.return
    }
    llvm.func @length(%data: !llvm.ptr) -> i64 {
      %zero = llvm.mlir.constant(0 : i64) : i64
      %one = llvm.mlir.constant(1 : i64) : i64
      %end = llvm.mlir.constant(0 : i8) : i8
      llvm.br ^head(%zero : i64)
    ^head(%i: i64):
      %p = llvm.getelementptr %data[%i] : (!llvm.ptr, i64) -> !llvm.ptr, i8
      %v = llvm.load %p : !llvm.ptr -> i8
      %more = llvm.icmp "ne" %v, %end : i8
      %j = llvm.add %i, %one : i64
      llvm.cond_br %more, ^head(%j : i64), ^exit
    ^exit:
      llvm.return %i : i64
    })");
  auto bytes = emitObject(*parsed.module);
  ASSERT_TRUE(bool(bytes)) << toString(bytes.takeError());
  auto object =
      object::ObjectFile::createObjectFile(MemoryBufferRef(*bytes, "kernel"));
  ASSERT_TRUE(bool(object)) << toString(object.takeError());
  std::vector<StringRef> reviewed = listHostSymbols();
  for (const object::SymbolRef &symbol : (*object)->symbols()) {
    if (!(cantFail(symbol.getFlags()) & object::SymbolRef::SF_Undefined) ||
        cantFail(symbol.getName()).empty())
      continue;
    StringRef name = cantFail(symbol.getName());
    EXPECT_TRUE(is_contained(reviewed, name)) << name.str();
  }

  auto engine = HostEngine::create(*parsed.module);
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  char text[] = "smash";
  EXPECT_EQ(lookup<int64_t(const char *)>(**engine, "length")(text), 5);
  lookup<void(char *, int64_t)>(**engine, "clear")(text, 5);
  EXPECT_EQ(std::string(text, 5), std::string(5, '\0'));
}

TEST(HostEngine, EmitsText) {
  Parsed parsed(kSum);
  auto ir = emitLLVMIR(*parsed.module);
  ASSERT_TRUE(bool(ir)) << toString(ir.takeError());
  EXPECT_NE(ir->find("define"), std::string::npos);
  EXPECT_NE(ir->find("@sum("), std::string::npos);
  auto text = emitAssembly(*parsed.module);
  ASSERT_TRUE(bool(text)) << toString(text.takeError());
  EXPECT_NE(text->find("sum:"), std::string::npos);
  // Emitting twice gives the same bytes.
  auto again = emitAssembly(*parsed.module);
  ASSERT_TRUE(bool(again)) << toString(again.takeError());
  EXPECT_EQ(*text, *again);
}

TEST(HostEngine, RefusesWrongOptions) {
  Parsed parsed(kSum);
  EngineOptions options;
  options.cpu = "abacus";
  auto engine = HostEngine::create(*parsed.module, options);
  ASSERT_FALSE(bool(engine));
  EXPECT_EQ(StringRef(toString(engine.takeError())).split(" for ").first,
            "unknown cpu 'abacus'");
  options = {};
  options.optLevel = 4;
  auto text = emitLLVMIR(*parsed.module, options);
  ASSERT_FALSE(bool(text));
  EXPECT_EQ(toString(text.takeError()), "optimisation level 4 is above 3");
}

TEST(HostEngine, ReportsWhatCannotBeTranslated) {
  Parsed parsed(R"(
    llvm.func @f(%x: i64) -> i64 {
      %y = builtin.unrealized_conversion_cast %x : i64 to index
      %z = builtin.unrealized_conversion_cast %y : index to i64
      llvm.return %z : i64
    })");
  auto engine = HostEngine::create(*parsed.module);
  ASSERT_FALSE(bool(engine));
  std::string message = toString(engine.takeError());
  EXPECT_NE(message.find("cannot translate the module to llvm ir: "),
            std::string::npos);
  EXPECT_NE(message.find("unrealized_conversion_cast"), std::string::npos);
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(HostEngine, SeveralAtOnce) {
  auto work = [](double scale, double &result) {
    Parsed parsed(kSum);
    for (int i = 0; i < 3; ++i) {
      auto engine = HostEngine::create(*parsed.module);
      ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
      double data[] = {scale, scale};
      result =
          lookup<double(const double *, int64_t)>(**engine, "sum")(data, 2);
    }
  };
  double first = 0, second = 0;
  std::thread other([&] { work(2, first); });
  work(3, second);
  other.join();
  EXPECT_EQ(first, 8);
  EXPECT_EQ(second, 18);
}

int64_t endlessLoops = 0;
void noteEndless() { ++endlessLoops; }

std::unique_ptr<HostEngine> watch(StringRef text, unsigned level) {
  Parsed parsed(text);
  EngineOptions options;
  options.optLevel = level;
  options.loopLimit = LoopLimit{100, "endless"};
  options.symbols = {{"endless", reinterpret_cast<void *>(noteEndless)},
                     {"outside", reinterpret_cast<void *>(addOne)}};
  return cantFail(HostEngine::create(*parsed.module, options));
}

TEST(WatchedLoops, AreToldWhenTheyGoRoundTooOften) {
  std::vector<double> ones(300, 1);
  for (unsigned level : {0, 1}) {
    auto engine = watch(kSum, level);
    auto *sum = lookup<double(const double *, int64_t)>(*engine, "sum");
    // The head of the loop is passed once more than its body.
    for (auto [count, calls] : {std::pair(98, 0), {300, 1}, {98, 0}}) {
      endlessLoops = 0;
      EXPECT_EQ(sum(ones.data(), count), double(count));
      EXPECT_EQ(endlessLoops, calls) << "level " << level;
    }
  }
}

TEST(WatchedLoops, CountFromWhereTheyAreEntered) {
  // Rounds of the inner loop, 30 of the outer one with 40 each.
  auto engine = watch(R"(
llvm.func @nested(%n: i64, %m: i64, %at: !llvm.ptr) {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.br ^outer(%zero : i64)
^outer(%i: i64):
  llvm.br ^inner(%zero : i64)
^inner(%j: i64):
  llvm.store volatile %j, %at : i64, !llvm.ptr
  %j1 = llvm.add %j, %one : i64
  %again = llvm.icmp "slt" %j1, %m : i64
  llvm.cond_br %again, ^inner(%j1 : i64), ^next
^next:
  %i1 = llvm.add %i, %one : i64
  %more = llvm.icmp "slt" %i1, %n : i64
  llvm.cond_br %more, ^outer(%i1 : i64), ^exit
^exit:
  llvm.return
})",
                      0);
  auto *nested = lookup<void(int64_t, int64_t, int64_t *)>(*engine, "nested");
  int64_t at;
  endlessLoops = 0;
  nested(30, 40, &at);
  EXPECT_EQ(endlessLoops, 0);
  nested(3, 140, &at);
  EXPECT_EQ(endlessLoops, 3);
}

TEST(WatchedLoops, ThatCallAreSeenByWhomTheyCall) {
  auto engine = watch(R"(
llvm.func @outside(i64) -> i64
llvm.func @calls(%n: i64) -> i64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  llvm.br ^head(%zero : i64)
^head(%i: i64):
  %next = llvm.call @outside(%i) : (i64) -> i64
  %more = llvm.icmp "slt" %next, %n : i64
  llvm.cond_br %more, ^head(%next : i64), ^exit
^exit:
  llvm.return %next : i64
})",
                      0);
  endlessLoops = 0;
  EXPECT_EQ(lookup<int64_t(int64_t)>(*engine, "calls")(300), 300);
  EXPECT_EQ(endlessLoops, 0);
}

/// What instrumented code added to its variable.
struct Charged {
  int64_t issue, stall, executed[InstructionCosts::kClasses];
};

/// What the variable held at the last event, for an event to look at.
Charged *variable = nullptr;
int64_t issuedBefore = 0;
double place = 2;
void *eventLoad(void *) {
  issuedBefore = variable->issue;
  return &place;
}

EngineOptions chargingOptions() {
  EngineOptions options;
  options.optLevel = 1;
  options.costs.emplace();
  options.costs->cycles = {1, 4, 20, 3, 5, 30, 2};
  options.costs->variable = "charges";
  options.costs->eventPrefix = "event_";
  options.symbols = {{"event_load", reinterpret_cast<void *>(eventLoad)}};
  return options;
}

TEST(ChargedInstructions, AreCountedByClass) {
  // One of each: what remains of it at level 1 is what stands here.
  Parsed parsed(R"(
llvm.func @classes(%x: i64, %y: i64, %f: f64) -> f64 {
  %0 = llvm.mul %x, %y : i64
  %1 = llvm.udiv %0, %y : i64
  %2 = llvm.xor %1, %x : i64
  %3 = llvm.uitofp %2 : i64 to f64
  %4 = llvm.fadd %3, %f : f64
  %5 = llvm.fmul %4, %f : f64
  %6 = llvm.fdiv %5, %3 : f64
  llvm.return %6 : f64
})");
  auto engine = HostEngine::create(*parsed.module, chargingOptions());
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  auto *charged = lookup<Charged>(**engine, "charges");
  auto *classes = lookup<double(int64_t, int64_t, double)>(**engine, "classes");
  EXPECT_EQ(charged->issue, 0);
  classes(6, 3, 1.5);
  // Also a conversion, with the floating-point adds, and the return.
  int64_t expected[] = {1, 1, 1, 2, 1, 1, 1};
  int64_t issue = 0, stall = 0;
  InstructionCosts costs = *chargingOptions().costs;
  for (unsigned i = 0; i < InstructionCosts::kClasses; ++i) {
    EXPECT_EQ(charged->executed[i], expected[i]) << "class " << i;
    issue += expected[i];
    stall += expected[i] * (costs.cycles[i] - 1);
  }
  EXPECT_EQ(charged->issue, issue);
  EXPECT_EQ(charged->stall, stall);
  classes(6, 3, 1.5);
  EXPECT_EQ(charged->issue, 2 * issue);
}

const void *usedAt = nullptr;
int64_t issuedBeforeUse = -1;
void eventUse(const void *at) {
  usedAt = at;
  issuedBeforeUse = variable->issue;
}

TEST(ChargedInstructions, AreToldWhereALoadIsUsed) {
  // Two instructions stand between the load and its use, one behind it; the
  // value that leaves its block is used at the block's end.
  Parsed parsed(R"(
llvm.func @event_load(!llvm.ptr) -> !llvm.ptr
llvm.func @use(%p: !llvm.ptr, %x: i64, %y: i64) -> i64 {
  %at = llvm.call @event_load(%p) : (!llvm.ptr) -> !llvm.ptr
  %v = llvm.load %at : !llvm.ptr -> i64
  %0 = llvm.xor %x, %y : i64
  %1 = llvm.mul %0, %y : i64
  %2 = llvm.xor %v, %1 : i64
  llvm.return %2 : i64
}
llvm.func @leave(%p: !llvm.ptr, %x: i64) -> i64 {
  %at = llvm.call @event_load(%p) : (!llvm.ptr) -> !llvm.ptr
  %v = llvm.load %at : !llvm.ptr -> i64
  %c = llvm.icmp "slt" %x, %x : i64
  llvm.return %v : i64
})");
  EngineOptions options = chargingOptions();
  options.costs->loadFunction = "event_load";
  options.costs->useFunction = "event_use";
  options.symbols.emplace_back("event_use", reinterpret_cast<void *>(eventUse));
  auto engine = HostEngine::create(*parsed.module, options);
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  variable = lookup<Charged>(**engine, "charges");
  auto *use = lookup<int64_t(void *, int64_t, int64_t)>(**engine, "use");
  use(nullptr, 1, 2);
  EXPECT_EQ(usedAt, &place);
  EXPECT_EQ(issuedBeforeUse, 2);
  EXPECT_EQ(variable->issue, 4); // and the return
  auto *leave = lookup<int64_t(void *, int64_t)>(**engine, "leave");
  usedAt = nullptr;
  leave(nullptr, 1);
  EXPECT_EQ(usedAt, &place);
}

TEST(ChargedInstructions, GrowWithTheIterations) {
  Parsed parsed(kSum);
  auto engine = HostEngine::create(*parsed.module, chargingOptions());
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  auto *charged = lookup<Charged>(**engine, "charges");
  auto *sum = lookup<double(const double *, int64_t)>(**engine, "sum");
  std::vector<double> values(1000, 1.0);
  auto count = [&](int64_t n) {
    *charged = Charged();
    sum(values.data(), n);
    return *charged;
  };
  Charged ten = count(10), twenty = count(20), thousand = count(1000);
  // A multiply and an add each, and the same for each iteration.
  EXPECT_EQ(twenty.executed[InstructionCosts::FloatMultiply], 20);
  EXPECT_EQ(twenty.executed[InstructionCosts::FloatAdd], 20);
  EXPECT_EQ((twenty.issue - ten.issue) * 98, thousand.issue - twenty.issue);
}

TEST(ChargedInstructions, AreToldBeforeAnEvent) {
  // The add stands before the event, the multiply behind it; neither the call
  // nor the load of where it points costs anything.
  Parsed parsed(R"(
llvm.func @event_load(!llvm.ptr) -> !llvm.ptr
llvm.func @program(%p: !llvm.ptr, %x: f64) -> f64 {
  %0 = llvm.fadd %x, %x : f64
  %1 = llvm.call @event_load(%p) : (!llvm.ptr) -> !llvm.ptr
  %2 = llvm.load %1 : !llvm.ptr -> f64
  %3 = llvm.fmul %0, %2 : f64
  llvm.return %3 : f64
})");
  auto engine = HostEngine::create(*parsed.module, chargingOptions());
  ASSERT_TRUE(bool(engine)) << toString(engine.takeError());
  variable = lookup<Charged>(**engine, "charges");
  auto *program = lookup<double(void *, double)>(**engine, "program");
  EXPECT_EQ(program(nullptr, 3), 12);
  EXPECT_EQ(issuedBefore, 1);
  EXPECT_EQ(variable->issue, 3);
}

} // namespace
