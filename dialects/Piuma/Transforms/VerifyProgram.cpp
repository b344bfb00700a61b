//===- VerifyProgram.cpp - what no machine can run ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"

namespace smash::piuma {
#define GEN_PASS_DEF_VERIFYPROGRAM
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-verify-program"

namespace {

/// What runs an operation: a set, as a function may be called by several.
enum Runner : unsigned { Main = 1, Block = 2, Thread = 4 };

/// A call of a function.
struct Call {
  Operation *op;
  func::FuncOp callee;
  unsigned runners; ///< what runs the callee; 0: what runs the caller
};

struct Function {
  SmallVector<Call> calls;
  unsigned runners = 0;
  bool isCalled = false;
  enum { New, Open, Done } visit = New;
};

struct VerifyProgramPass
    : public smash::piuma::impl::VerifyProgramBase<VerifyProgramPass> {
  void runOnOperation() override {
    functions.clear();
    getOperation().walk([&](func::FuncOp function) {
      if (!function.isExternal())
        functions.insert({function, Function()});
    });
    if (failed(collectCalls()) || failed(checkMemory()))
      return signalPassFailure();
    for (auto &[function, known] : functions)
      if (failed(checkRecursion(known)))
        return signalPassFailure();
    for (auto &[function, known] : functions)
      if (!known.isCalled && function.isPublic())
        spread(known, Main);
    for (auto &[function, known] : functions) {
      numFunctions += known.runners != 0;
      if (failed(checkRunners(function, known)))
        return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }

  /// What runs `op`, as far as its function says; 0: what calls that.
  static unsigned runnersInside(Operation *op) {
    if (op->getParentOfType<SpawnOp>())
      return Thread;
    return op->getParentOfType<LaunchOp>() ? Block : 0;
  }

  LogicalResult collectCalls() {
    SymbolTableCollection symbols;
    for (auto &[function, known] : functions) {
      auto result = function.walk([&, &calls = known.calls](Operation *op) {
        FlatSymbolRefAttr name;
        unsigned runners = runnersInside(op);
        if (auto call = dyn_cast<func::CallOp>(op)) {
          name = call.getCalleeAttr();
        } else if (auto call = dyn_cast<smash::piuma::CallOp>(op)) {
          name = call.getCalleeAttr();
          runners = call.getPipeline() ? Thread : Block;
        } else {
          return WalkResult::advance();
        }
        auto callee = symbols.lookupNearestSymbolFrom<func::FuncOp>(op, name);
        auto it = callee ? functions.find(callee) : functions.end();
        if (it == functions.end()) {
          op->emitOpError("calls '")
              << name << "', which is no function with a body";
          return WalkResult::interrupt();
        }
        it->second.isCalled = true;
        calls.push_back({op, callee, runners});
        return WalkResult::advance();
      });
      if (result.wasInterrupted())
        return failure();
    }
    return success();
  }

  /// Whether `op` does to memory what the machine would not see.
  static bool usesOtherMemory(Operation *op) {
    if (isa<ModuleOp, func::FuncOp, func::CallOp>(op) ||
        isa_and_nonnull<PiumaDialect>(op->getDialect()))
      return false;
    if (isa<memref::GetGlobalOp>(op) ||
        op->getName().getDialectNamespace() == "llvm")
      return true;
    if (auto effects = dyn_cast<MemoryEffectOpInterface>(op))
      return !effects.hasNoEffect();
    return !op->hasTrait<OpTrait::HasRecursiveMemoryEffects>();
  }

  LogicalResult checkMemory() {
    auto result = getOperation().walk<WalkOrder::PreOrder>([](Operation *op) {
      if (!usesOtherMemory(op))
        return WalkResult::advance();
      op->emitOpError("is no part of a piuma program, whose memory "
                      "piuma.alloc and piuma.scratchpad give, and piuma ops "
                      "access");
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  /// Depth first, with a stack of our own: there may be many functions.
  LogicalResult checkRecursion(Function &root) {
    if (root.visit != Function::New)
      return success();
    SmallVector<std::pair<Function *, size_t>> path = {{&root, 0}};
    root.visit = Function::Open;
    while (!path.empty()) {
      auto &[at, next] = path.back();
      if (next == at->calls.size()) {
        at->visit = Function::Done;
        path.pop_back();
        continue;
      }
      Call &call = at->calls[next++];
      Function &callee = functions.find(call.callee)->second;
      if (callee.visit == Function::Open)
        return call.op->emitOpError("calls '@")
               << call.callee.getName()
               << "' while that runs: a thread's stack has no room for "
                  "recursion";
      if (callee.visit == Function::New) {
        callee.visit = Function::Open;
        path.push_back({&callee, 0});
      }
    }
    return success();
  }

  /// `function` is run by `runners`, too.
  void spread(Function &function, unsigned runners) {
    SmallVector<std::pair<Function *, unsigned>> work = {{&function, runners}};
    while (!work.empty()) {
      auto [at, more] = work.pop_back_val();
      if ((at->runners | more) == at->runners)
        continue;
      at->runners |= more;
      for (Call &call : at->calls)
        work.push_back({&functions.find(call.callee)->second,
                        call.runners ? call.runners : at->runners});
    }
  }

  /// Whether what runs `function` may do what stands in it.
  LogicalResult checkRunners(func::FuncOp function, Function &known) {
    auto result = function.walk([&](Operation *op) {
      unsigned legal;
      StringRef what;
      auto call = dyn_cast<smash::piuma::CallOp>(op);
      if (isa<LaunchOp>(op) || (call && !call.getPipeline())) {
        legal = Main;
        what = "the main thread can launch blocks";
      } else if (isa<SpawnOp>(op) || call) {
        legal = Block;
        what = "a block of a launch can spawn threads";
      } else if (isa<ScratchpadOp, ReleaseOp>(op)) {
        legal = Block | Thread;
        what = "blocks of a launch and their threads have a scratchpad";
      } else if (isa<BarrierOp, ReduceOp>(op)) {
        legal = Thread;
        what = "threads of a spawn have others to wait for";
      } else {
        return WalkResult::advance();
      }
      unsigned inside = runnersInside(op);
      unsigned wrong = (inside ? inside : known.runners) & ~legal;
      if (!wrong)
        return WalkResult::advance();
      op->emitOpError("is run by ") << (wrong & Main    ? "the main thread"
                                        : wrong & Block ? "a block of a launch"
                                                        : "a thread of a spawn")
                                    << "; only " << what;
      return WalkResult::interrupt();
    });
    return failure(result.wasInterrupted());
  }

  llvm::MapVector<func::FuncOp, Function> functions;
};
} // namespace
