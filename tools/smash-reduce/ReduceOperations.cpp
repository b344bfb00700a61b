//===- ReduceOperations.cpp - leaves out what a bug does not need ---------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReduceOperations.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Reducer/Tester.h"
#include "llvm/Support/FileSystem.h"

namespace smash::reduce {
#define GEN_PASS_DEF_REDUCEOPERATIONS
#include "tools/smash-reduce/Passes.h.inc"
} // namespace smash::reduce

#define DEBUG_TYPE "smash-reduce-operations"

using namespace mlir;

namespace {

/// What takes the place of the results of an operation that is left out.
enum class Substitute { Operand, Earlier, Poison };

/// The value that takes the place of `result`; null where there is none.
Value substitute(OpResult result, Substitute how) {
  Operation *op = result.getOwner();
  Type type = result.getType();
  if (how == Substitute::Poison) {
    // One poison for another is no step.
    if (isa<ub::PoisonOp>(op))
      return {};
    OpBuilder builder(op);
    return ub::PoisonOp::create(builder, op->getLoc(), type);
  }
  if (how == Substitute::Operand) {
    for (Value operand : op->getOperands())
      if (operand.getType() == type)
        return operand;
    return {};
  }
  // Blocks from the inside out: what stands before is seen from here.
  for (Operation *inner = op; inner; inner = inner->getParentOp()) {
    Block *block = inner->getBlock();
    if (!block)
      return {};
    for (Operation &before :
         llvm::make_range(block->begin(), Block::iterator(inner)))
      for (Value value : before.getResults())
        if (value.getType() == type)
          return value;
    for (Value value : block->getArguments())
      if (value.getType() == type)
        return value;
    Operation *parent = inner->getParentOp();
    if (!parent || parent->hasTrait<OpTrait::IsIsolatedFromAbove>())
      return {};
  }
  return {};
}

/// Leaves out `op`; false where that cannot be.
bool leaveOut(Operation *op, Substitute how) {
  if (isa<ModuleOp>(op) || op->hasTrait<OpTrait::IsTerminator>())
    return false;
  bool isUsed = !op->use_empty();
  // Without uses there is but one way.
  if (!isUsed && how != Substitute::Operand)
    return false;
  for (OpResult result : op->getResults()) {
    if (result.use_empty())
      continue;
    Value other = substitute(result, how);
    if (!other)
      return false;
    result.replaceAllUsesWith(other);
  }
  op->erase();
  return true;
}

/// Makes a function one that is declared only.
bool leaveOutBody(Operation *op) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function || function.isExternal())
    return false;
  function.getFunctionBody().dropAllReferences();
  function.getFunctionBody().getBlocks().clear();
  SymbolTable::setSymbolVisibility(op, SymbolTable::Visibility::Private);
  return true;
}

/// Leaves out the argument of that number, which has no use.
bool leaveOutArgument(Operation *op, unsigned number) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function || number >= function.getNumArguments())
    return false;
  if (!function.isExternal() && !function.getArgument(number).use_empty())
    return false;
  return succeeded(function.eraseArgument(number));
}

/// Leaves out the result of that number.
bool leaveOutResult(Operation *op, unsigned number) {
  auto function = dyn_cast<func::FuncOp>(op);
  if (!function || number >= function.getNumResults())
    return false;
  function.walk([&](func::ReturnOp end) { end->eraseOperand(number); });
  return succeeded(function.eraseResult(number));
}

/// Leaves out the attribute of that number that no operation needs.
bool leaveOutAttribute(Operation *op, unsigned number) {
  auto attributes = llvm::to_vector(op->getDiscardableAttrs());
  if (number >= attributes.size())
    return false;
  op->removeDiscardableAttr(attributes[number].getName());
  return true;
}

/// Leaves out everything that is pure and not used.
bool leaveOutDeadCode(ModuleOp module) {
  bool changed = false;
  module.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (!isOpTriviallyDead(op))
      return;
    op->erase();
    changed = true;
  });
  return changed;
}

/// The operation of that number, in the order of the text; null behind the end.
Operation *findOperation(ModuleOp module, unsigned number) {
  Operation *found = nullptr;
  module.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (number-- != 0)
      return WalkResult::advance();
    found = op;
    return WalkResult::interrupt();
  });
  return found;
}

unsigned countOperations(ModuleOp module) {
  unsigned count = 0;
  module.walk([&](Operation *) { ++count; });
  return count;
}

struct ReduceOperationsPass
    : public smash::reduce::impl::ReduceOperationsBase<ReduceOperationsPass> {
  using ReduceOperationsBase::ReduceOperationsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (script.empty() || !llvm::sys::fs::can_execute(script)) {
      module.emitError() << "test='" << script
                         << "' is no script that can be run";
      return signalPassFailure();
    }
    tester.setTestScript(script);
    tester.setTestScriptArgs(scriptArguments);
    if (!isInteresting(module)) {
      module.emitError() << "'" << script
                         << "' does not find the module interesting: it ends "
                            "with status 0";
      return signalPassFailure();
    }
    while (reduceOnce(module)) {
    }
  }

private:
  /// Tries every step once; whether one was taken.
  bool reduceOnce(ModuleOp module) {
    bool changed = false;
    // Functions first, as wholes: they take most with them.
    forEachOperation(
        module,
        [&](unsigned number) {
          return isa<FunctionOpInterface>(findOperation(module, number)) &&
                 (leaveOutOf(module, number, Substitute::Operand) ||
                  tryStep(module, number, leaveOutBody));
        },
        changed);
    forEachOperation(
        module,
        [&](unsigned number) {
          return leaveOutOf(module, number, Substitute::Operand) ||
                 leaveOutOf(module, number, Substitute::Earlier) ||
                 leaveOutOf(module, number, Substitute::Poison);
        },
        changed);
    forEachOperation(
        module,
        [&](unsigned number) {
          bool any = false;
          for (auto step :
               {leaveOutResult, leaveOutArgument, leaveOutAttribute})
            any |= tryEach(module, number, step);
          return any;
        },
        changed);
    return changed;
  }

  /// Calls `step` for the number of each operation, the last first: users come
  /// before what they use. What a step leaves out is behind its number.
  void forEachOperation(ModuleOp module, function_ref<bool(unsigned)> step,
                        bool &changed) {
    for (unsigned number = countOperations(module); number-- > 0;) {
      if (number >= countOperations(module) || !step(number))
        continue;
      changed = true;
      tryStep(module, 0, [&](Operation *clone) {
        return leaveOutDeadCode(cast<ModuleOp>(clone));
      });
    }
  }

  bool leaveOutOf(ModuleOp module, unsigned number, Substitute how) {
    return tryStep(module, number,
                   [&](Operation *op) { return leaveOut(op, how); });
  }

  /// Takes `step` with each of 0, 1, ... as long as there are such.
  bool tryEach(ModuleOp module, unsigned number,
               function_ref<bool(Operation *, unsigned)> step) {
    // As many as any of these lists is long.
    Operation *op = findOperation(module, number);
    unsigned most = op->getDiscardableAttrs().empty()
                        ? 0
                        : llvm::range_size(op->getDiscardableAttrs());
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      most = std::max(
          {most, function.getNumArguments(), function.getNumResults()});
    bool changed = false;
    for (unsigned i = most; i-- > 0;)
      changed |=
          tryStep(module, number, [&](Operation *op) { return step(op, i); });
    return changed;
  }

  /// Takes `step` on the operation of that number, if what it makes is right
  /// and interesting.
  bool tryStep(ModuleOp module, unsigned number,
               function_ref<bool(Operation *)> step) {
    OwningOpRef<ModuleOp> clone = module.clone();
    {
      ScopedDiagnosticHandler quiet(&getContext(),
                                    [](Diagnostic &) { return success(); });
      if (!step(findOperation(*clone, number)) || failed(verify(*clone)))
        return false;
    }
    if (!isInteresting(*clone))
      return false;
    ++numTaken;
    module->setDiscardableAttrs(
        clone->getOperation()->getDiscardableAttrDictionary());
    module.getBodyRegion().takeBody(clone->getBodyRegion());
    return true;
  }

  bool isInteresting(ModuleOp module) {
    ++numTried;
    return tester.isInteresting(module).first == Tester::Interestingness::True;
  }

  Tester tester;
};
} // namespace
