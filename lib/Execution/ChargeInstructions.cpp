//===- ChargeInstructions.cpp - code that tells what it executes --------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeGeneration.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace smash::detail {

using Class = InstructionCosts::Class;

static bool isEvent(const Value *value, const InstructionCosts &costs) {
  auto *call = dyn_cast_or_null<CallInst>(value);
  const Function *callee = call ? call->getCalledFunction() : nullptr;
  return callee && callee->getName().starts_with(costs.eventPrefix);
}

/// The class of `instruction`, or nothing when the machine needs none for it:
/// what only names, groups or reinterprets values.
static std::optional<Class> classify(const Instruction &instruction,
                                     const InstructionCosts &costs) {
  bool isFloat = instruction.getType()->isFPOrFPVectorTy();
  switch (instruction.getOpcode()) {
  case Instruction::PHI:
  case Instruction::Alloca:
  case Instruction::ExtractValue:
  case Instruction::InsertValue:
  case Instruction::BitCast:
  case Instruction::PtrToInt:
  case Instruction::IntToPtr:
  case Instruction::AddrSpaceCast:
  case Instruction::Freeze:
  case Instruction::Trunc:
  case Instruction::Unreachable:
    return std::nullopt;
  case Instruction::GetElementPtr:
    // A constant offset is part of the access, as in any RISC.
    if (cast<GetElementPtrInst>(instruction).hasAllConstantIndices())
      return std::nullopt;
    return Class::Alu;
  case Instruction::Load:
    // An event has paid for it already; else it is of the stack.
    if (isEvent(cast<LoadInst>(instruction).getPointerOperand(), costs))
      return std::nullopt;
    return Class::Alu;
  case Instruction::Store:
    if (isEvent(cast<StoreInst>(instruction).getPointerOperand(), costs))
      return std::nullopt;
    return Class::Alu;
  case Instruction::Mul:
    return Class::Multiply;
  case Instruction::UDiv:
  case Instruction::SDiv:
  case Instruction::URem:
  case Instruction::SRem:
    return Class::Divide;
  case Instruction::FAdd:
  case Instruction::FSub:
  case Instruction::FCmp:
  case Instruction::FNeg:
  case Instruction::FPExt:
  case Instruction::FPTrunc:
    return Class::FloatAdd;
  case Instruction::FMul:
    return Class::FloatMultiply;
  case Instruction::FDiv:
  case Instruction::FRem:
    return Class::FloatDivide;
  case Instruction::Br:
  case Instruction::Switch:
  case Instruction::Ret:
    return Class::Branch;
  case Instruction::Call:
    if (isEvent(&instruction, costs))
      return std::nullopt;
    if (auto *intrinsic = dyn_cast<IntrinsicInst>(&instruction)) {
      if (intrinsic->isAssumeLikeIntrinsic())
        return std::nullopt;
      return isFloat ? Class::FloatAdd : Class::Alu;
    }
    return Class::Branch;
  default:
    return isFloat ? Class::FloatAdd : Class::Alu;
  }
}

namespace {
/// What was executed since the variable was last added to.
struct Pending {
  std::array<int64_t, InstructionCosts::kClasses> executed{};
  int64_t issue = 0, stall = 0;

  void add(Class kind, const InstructionCosts &costs) {
    ++executed[kind];
    ++issue;
    stall += costs.cycles[kind] - 1;
  }
};
} // namespace

static void addTo(IRBuilder<> &b, GlobalVariable *variable, unsigned index,
                  int64_t amount) {
  if (amount == 0)
    return;
  Value *at = b.CreateConstInBoundsGEP2_64(variable->getValueType(), variable,
                                           0, index);
  Value *sum = b.CreateAdd(b.CreateLoad(b.getInt64Ty(), at),
                           b.getInt64(uint64_t(amount)));
  b.CreateStore(sum, at);
}

static void tell(Instruction *before, GlobalVariable *variable,
                 Pending &pending) {
  if (pending.issue == 0)
    return;
  IRBuilder<> b(before);
  addTo(b, variable, 0, pending.issue);
  addTo(b, variable, 1, pending.stall);
  for (unsigned i = 0; i < InstructionCosts::kClasses; ++i)
    addTo(b, variable, 2 + i, pending.executed[i]);
  pending = Pending();
}

/// Calls the function that is told of uses, with where each load was from.
static void tellUses(Module &module, const InstructionCosts &costs) {
  Function *load = module.getFunction(costs.loadFunction);
  if (!load || costs.useFunction.empty())
    return;
  auto *pointer = PointerType::getUnqual(module.getContext());
  FunctionCallee use = module.getOrInsertFunction(
      costs.useFunction, Type::getVoidTy(module.getContext()), pointer);
  for (User *user : load->users()) {
    auto *call = dyn_cast<CallInst>(user);
    if (!call || call->getCalledFunction() != load)
      continue;
    for (User *access : call->users()) {
      auto *value = dyn_cast<LoadInst>(access);
      if (!value)
        continue;
      Instruction *first = value->getParent()->getTerminator();
      for (User *reader : value->users()) {
        auto *instruction = cast<Instruction>(reader);
        if (instruction->getParent() == value->getParent() &&
            !isa<PHINode>(instruction) && instruction->comesBefore(first))
          first = instruction;
      }
      IRBuilder<>(first).CreateCall(use, call);
    }
  }
}

void chargeInstructions(Module &module, const InstructionCosts &costs) {
  tellUses(module, costs);
  auto *type = ArrayType::get(Type::getInt64Ty(module.getContext()),
                              2 + InstructionCosts::kClasses);
  auto *variable = new GlobalVariable(
      module, type, /*isConstant=*/false, GlobalValue::ExternalLinkage,
      ConstantAggregateZero::get(type), costs.variable);
  for (Function &function : module)
    for (BasicBlock &block : function) {
      SmallVector<Instruction *> original;
      for (Instruction &instruction : block)
        original.push_back(&instruction);
      Pending pending;
      for (Instruction *instruction : original) {
        if (auto kind = classify(*instruction, costs))
          pending.add(*kind, costs);
        // Before whatever may look at the variable, or run for long.
        if (instruction->isTerminator() || isEvent(instruction, costs))
          tell(instruction, variable, pending);
      }
    }
}

} // namespace smash::detail
