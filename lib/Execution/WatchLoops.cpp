//===- WatchLoops.cpp - code that tells when a loop does not end --------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeGeneration.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

using namespace llvm;

namespace smash::detail {

static bool callsNothing(const Loop &loop) {
  return llvm::none_of(loop.blocks(), [](const BasicBlock *block) {
    return llvm::any_of(*block, [](const Instruction &instruction) {
      return isa<CallBase>(instruction) && !isa<IntrinsicInst>(instruction);
    });
  });
}

/// Counts the rounds of `loop`; whether they are as many as `limit` says.
static Instruction *countRounds(const Loop &loop, const LoopLimit &limit) {
  BasicBlock *header = loop.getHeader();
  IRBuilder<> b(header, header->begin());
  PHINode *rounds = b.CreatePHI(b.getInt64Ty(), pred_size(header));
  b.SetInsertPoint(header, header->getFirstInsertionPt());
  Value *next = b.CreateAdd(rounds, b.getInt64(1));
  for (BasicBlock *from : predecessors(header))
    rounds->addIncoming(loop.contains(from) ? next : b.getInt64(0), from);
  return cast<Instruction>(
      b.CreateICmpEQ(next, b.getInt64(uint64_t(limit.rounds))));
}

void watchLoops(Module &module, const LoopLimit &limit) {
  FunctionCallee function = module.getOrInsertFunction(
      limit.function, Type::getVoidTy(module.getContext()));
  for (Function &body : module) {
    if (body.isDeclaration())
      continue;
    DominatorTree tree(body);
    LoopInfo loops(tree);
    SmallVector<Instruction *> conditions;
    for (const Loop *loop : loops.getLoopsInPreorder())
      if (callsNothing(*loop))
        conditions.push_back(countRounds(*loop, limit));
    for (Instruction *condition : conditions)
      IRBuilder<>(SplitBlockAndInsertIfThen(
                      condition, condition->getNextNode()->getIterator(),
                      /*Unreachable=*/false))
          .CreateCall(function);
  }
}

} // namespace smash::detail
