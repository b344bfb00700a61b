//===- SmashToHost.cpp - the block machine on the threads of a CPU -*- C++
//-*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Semiring.h"
#include "Smash/Transforms/TargetLowering.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/RegionUtils.h"
#include "smash/Conversion/Passes.h"

namespace smash {
#define GEN_PASS_DEF_CONVERTSMASHTOHOST
#include "smash/Conversion/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "convert-smash-to-host"

/// The atomic that LLVM has for an add. Floating-point minimum and maximum are
/// not among them: LLVM's differ on NaN from arith's.
static std::optional<arith::AtomicRMWKind> nativeKind(Monoid add, Type type) {
  if (add == Monoid::Plus && isa<FloatType>(type))
    return arith::AtomicRMWKind::addf;
  if (!isa<IntegerType>(type) || type.isInteger(1))
    return std::nullopt;
  switch (add) {
  case Monoid::Plus:
    return arith::AtomicRMWKind::addi;
  case Monoid::Min:
    return arith::AtomicRMWKind::mins;
  case Monoid::Max:
    return arith::AtomicRMWKind::maxs;
  default:
    return std::nullopt;
  }
}

/// Makes `op` one atomic where LLVM has it.
static void lowerAtomicUpdate(AtomicUpdateOp op) {
  auto kind = nativeKind(op.getAdd(), op.getValue().getType());
  if (!kind)
    return expandAtomicUpdate(op);
  OpBuilder b(op);
  memref::AtomicRMWOp::create(b, op.getLoc(), *kind, op.getValue(),
                              op.getMemref(), ValueRange{op.getIndex()});
  op.erase();
}

/// The most elements of an array on the stack, or of one that is not shrunk,
/// and the most bytes of all arrays on the stack of one function, with 8 to an
/// element.
static constexpr int64_t kLocalElements = 256;
static constexpr int64_t kFrameBytes = 64 << 10;

/// The most elements that are set one by one.
static constexpr int64_t kUnrolledStores = 16;

/// On a `try_alloc` that is to stand on the stack, while the pass runs.
static constexpr llvm::StringLiteral kOnStackAttrName = "smash.on_stack";

namespace {
struct ConvertSmashToHostPass
    : public smash::impl::ConvertSmashToHostBase<ConvertSmashToHostPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<scf::ForallOp> blocks, threads;
    SmallVector<AtomicUpdateOp> updates;
    SmallVector<scf::ExecuteRegionOp> units;
    SmallVector<ResizeOp> resizes;
    // Post-order: inner loops first.
    if (failed(checkExpanded(module, getArgument())))
      return signalPassFailure();
    module->walk(markLocal);
    SmallVector<Operation *> reports;
    module->walk([&](Operation *op) {
      if (isa<CountOp, EnterPhaseOp>(op))
        reports.push_back(op);
      if (auto update = dyn_cast<AtomicUpdateOp>(op))
        updates.push_back(update);
      if (auto resize = dyn_cast<ResizeOp>(op))
        resizes.push_back(resize);
      if (auto unit = dyn_cast<scf::ExecuteRegionOp>(op))
        if (unit.getNoInline() && unit.getRegion().hasOneBlock())
          units.push_back(unit);
      if (auto loop = dyn_cast<scf::ForallOp>(op)) {
        if (isOverBlocks(loop))
          blocks.push_back(loop);
        else if (isOverThreads(loop))
          threads.push_back(loop);
      }
    });
    if (failed(checkFunctions<scf::ForallOp>(blocks)) ||
        failed(checkFunctions<scf::ForallOp>(threads)) ||
        failed(checkFunctions<scf::ExecuteRegionOp>(units)))
      return signalPassFailure();
    for (Operation *report : reports)
      report->erase();
    for (AtomicUpdateOp update : updates)
      lowerAtomicUpdate(update);
    for (ResizeOp resize : resizes)
      keepShort(resize);
    module->walk(annotateStream);
    for (scf::ExecuteRegionOp unit : units)
      outlineUnit(unit, symbols);
    for (scf::ForallOp loop : blocks)
      expandWorkLoops(loop, makeCounter);
    // Those that stood in a work loop are new.
    threads.clear();
    module->walk([&](scf::ForallOp loop) {
      if (isOverThreads(loop))
        threads.push_back(loop);
    });
    for (scf::ForallOp loop : threads)
      outline(loop, symbols, /*isBlock=*/false);
    for (scf::ForallOp loop : blocks)
      outline(loop, symbols, /*isBlock=*/true);
    // Now that it is known in which function each stands.
    moveToStack(module);
    // Nobody else calls these: LLVM may drop arguments.
    for (auto function : module.getOps<func::FuncOp>())
      if (function.isPrivate() && !function.isExternal())
        function->setAttr(
            "llvm.linkage",
            LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal));
    // Nothing is left that asks for it, and tools that do not know the dialect
    // read what comes next.
    module->removeAttr(kMachineAttrName);
  }

  /// What is outlined stands in a function, whose name the new one takes.
  template <typename OpTy>
  static LogicalResult checkFunctions(ArrayRef<OpTy> ops) {
    for (OpTy op : ops)
      if (!op->template getParentOfType<func::FuncOp>())
        return op.emitOpError("is to become a function, and stands in no "
                              "func.func");
    return success();
  }

  /// Marks an array that lives no longer than the code around it runs: it can
  /// stand on the stack, where it has few elements.
  static void markLocal(TryAllocOp op) {
    std::optional<int64_t> size = getConstantIntValue(op.getSize());
    Type element = op.getMemref().getType().getElementType();
    if ((size && (*size <= 0 || *size > kLocalElements)) ||
        !(element.isIndex() ||
          (element.isIntOrFloat() && element.getIntOrFloatBitWidth() <= 64)))
      return;
    int frees = 0;
    for (Operation *user : op.getMemref().getUsers()) {
      if (isa<memref::DeallocOp>(user)) {
        if (user->getBlock() != op->getBlock() || ++frees > 1)
          return;
      } else if (!isa<memref::LoadOp, memref::StoreOp, memref::DimOp,
                      memref::AtomicRMWOp, vector::LoadOp, vector::StoreOp,
                      CompareExchangeOp, AtomicUpdateOp, func::CallOp>(user)) {
        return; // perhaps somebody else's to keep
      }
    }
    if (frees == 1)
      op->setAttr(kOnStackAttrName, UnitAttr::get(op.getContext()));
  }

  static void moveToStack(ModuleOp module) {
    SmallVector<TryAllocOp> locals;
    module->walk([&](TryAllocOp op) {
      if (op->removeAttr(kOnStackAttrName))
        locals.push_back(op);
    });
    llvm::DenseMap<Operation *, int64_t> stackBytes;
    for (TryAllocOp op : locals)
      moveToStack(op, stackBytes);
  }

  /// Puts an array in the frame of its function, in the entry block, so that a
  /// loop around does not grow the stack. Where its size is known only when the
  /// code runs, that decides: a small product takes no longer than its arrays.
  static void moveToStack(TryAllocOp op,
                          llvm::DenseMap<Operation *, int64_t> &stackBytes) {
    auto function = op->getParentOfType<FunctionOpInterface>();
    if (!function)
      return;
    std::optional<int64_t> known = getConstantIntValue(op.getSize());
    int64_t room = known.value_or(kLocalElements);
    int64_t &bytes = stackBytes[function];
    if (bytes + 8 * room > kFrameBytes)
      return;
    bytes += 8 * room;
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    Type element = op.getMemref().getType().getElementType();
    k.setInsertionPointToStart(&function.getFunctionBody().front());
    Value local = memref::AllocaOp::create(k, MemRefType::get({room}, element));
    k.setInsertionPoint(op);
    auto cleared = [&]() -> Value {
      if (op.getZeroed())
        clear(k, local, op.getSize(), known);
      if (known)
        return memref::CastOp::create(k, op.getMemref().getType(), local);
      return memref::ReinterpretCastOp::create(
          k, op.getMemref().getType(), local, OpFoldResult(k.getIndexAttr(0)),
          {OpFoldResult(op.getSize())}, {OpFoldResult(k.getIndexAttr(1))});
    };
    SmallVector<Operation *> frees;
    for (Operation *user : op.getMemref().getUsers())
      if (isa<memref::DeallocOp>(user))
        frees.push_back(user);
    if (known) {
      for (Operation *free : frees)
        free->erase();
      op->replaceAllUsesWith(ValueRange{cleared(), k.boolean(true)});
      op.erase();
      return;
    }
    Value fits =
        k.cmp(arith::CmpIPredicate::ule, op.getSize(), k.idx(kLocalElements));
    auto choice = scf::IfOp::create(k, op.getResultTypes(), fits,
                                    /*withElseRegion=*/true);
    op->replaceAllUsesWith(choice);
    k.setInsertionPointToStart(choice.thenBlock());
    scf::YieldOp::create(k, ValueRange{cleared(), k.boolean(true)});
    k.setInsertionPointToStart(choice.elseBlock());
    auto yield = scf::YieldOp::create(k, op->getResults());
    op->moveBefore(yield);
    for (Operation *free : frees) {
      k.setInsertionPoint(free);
      auto unless = scf::IfOp::create(k, fits, /*withElseRegion=*/true);
      free->moveBefore(unless.elseBlock()->getTerminator());
    }
  }

  /// Sets `size` elements of `array` to zero.
  static void clear(KernelBuilder &k, Value array, Value size,
                    std::optional<int64_t> known) {
    Type element = cast<MemRefType>(array.getType()).getElementType();
    Value zero = arith::ConstantOp::create(k, k.getZeroAttr(element));
    if (known && *known <= kUnrolledStores)
      for (int64_t i = 0; i < *known; ++i)
        k.store(zero, array, k.idx(i));
    else
      k.loop(k.idx(0), size, [&](Value i) { k.store(zero, array, i); });
  }

  /// Leaves a short array as it is: to give back a part of it takes longer than
  /// to fill it, as does the call that would decide so.
  static void keepShort(ResizeOp op) {
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    Value length = memref::DimOp::create(k, op.getSource(), 0);
    auto choice = scf::IfOp::create(k, op->getResultTypes(),
                                    k.le(length, k.idx(kLocalElements)),
                                    /*withElseRegion=*/true);
    op->replaceAllUsesWith(choice);
    k.setInsertionPointToStart(choice.thenBlock());
    Value part = memref::ReinterpretCastOp::create(
        k, op.getType(), op.getSource(), OpFoldResult(k.getIndexAttr(0)),
        {OpFoldResult(op.getSize())}, {OpFoldResult(k.getIndexAttr(1))});
    scf::YieldOp::create(k, part);
    k.setInsertionPointToStart(choice.elseBlock());
    auto yield = scf::YieldOp::create(k, op->getResults());
    op->moveBefore(yield);
  }

  /// Asks LLVM to vectorize a stream: other loops of a kernel are not worth the
  /// time that takes.
  static void annotateStream(scf::ForOp loop) {
    if (!loop->removeAttr(kStreamAttrName))
      return;
    Builder b(loop);
    auto no = b.getBoolAttr(false);
    LLVM::LoopVectorizeAttr vectorize = LLVM::LoopVectorizeAttr::get(
        b.getContext(), /*disable=*/no, {}, {}, {}, {}, {}, {});
    loop->setAttr("llvm.loop_annotation",
                  LLVM::LoopAnnotationAttr::get(b.getContext(), {}, vectorize,
                                                {}, {}, {}, {}, {}, {}, {}, {},
                                                {}, {}, {}, {}, {}));
  }

  /// A cleared counter on the stack of the function that runs the blocks; in
  /// its entry block, so that a loop around does not grow the stack.
  static Value makeCounter(KernelBuilder &k, scf::ForallOp blockLoop) {
    auto function = blockLoop->getParentOfType<FunctionOpInterface>();
    OpBuilder::InsertionGuard guard(k);
    auto type = MemRefType::get({1}, k.getI64Type());
    k.setInsertionPointToStart(&function.getFunctionBody().front());
    Value counter = memref::AllocaOp::create(k, type);
    k.setInsertionPoint(blockLoop);
    k.store(k.integer(0, k.getI64Type()), counter, k.idx(0));
    return counter;
  }

  /// Turns a loop over blocks or threads into a parallel call of its body, or
  /// into its body where there is one iteration.
  void outline(scf::ForallOp loop, SymbolTable &symbols, bool isBlock) {
    OpBuilder builder(loop);
    KernelBuilder k(loop.getLoc(), builder);
    Value count = countOf(k, loop);
    Block *body = loop.getBody();
    if (getConstantIntValue(count) == 1) {
      IRMapping mapping;
      mapping.map(loop.getInductionVar(0), k.idx(0));
      for (Operation &nested : body->without_terminator())
        k.clone(nested, mapping);
      loop.erase();
      return;
    }
    Outlined outlined =
        makeFunction(loop, loop.getRegion(), isBlock ? "_block" : "_thread",
                     {k.getIndexType(), k.getIndexType()}, symbols);
    IRMapping mapping = outlined.mapping;
    mapping.map(loop.getInductionVar(0),
                outlined.function.getArgument(isBlock ? 0 : 1));
    OpBuilder inside = OpBuilder::atBlockEnd(&outlined.function.front());
    for (Operation &nested : body->without_terminator())
      inside.clone(nested, mapping);
    func::ReturnOp::create(inside, loop.getLoc());

    Value one = k.idx(1);
    ParallelCallOp::create(k, outlined.function.getName(),
                           isBlock ? count : one, isBlock ? one : count,
                           outlined.arguments);
    loop.erase();
    ++numOutlined;
  }

  /// Makes a unit that is to stand apart a function of its own.
  void outlineUnit(scf::ExecuteRegionOp unit, SymbolTable &symbols) {
    Outlined outlined =
        makeFunction(unit, unit.getRegion(), "_unit", {}, symbols);
    // LLVM would inline what has one call, and run out of registers.
    outlined.function->setAttr(
        "passthrough",
        ArrayAttr::get(&getContext(),
                       StringAttr::get(&getContext(), "noinline")));
    OpBuilder inside = OpBuilder::atBlockEnd(&outlined.function.front());
    Block &body = unit.getRegion().front();
    for (Operation &nested : body.without_terminator())
      inside.clone(nested, outlined.mapping);
    SmallVector<Value> results;
    for (Value result : body.getTerminator()->getOperands())
      results.push_back(outlined.mapping.lookupOrDefault(result));
    func::ReturnOp::create(inside, unit.getLoc(), results);
    outlined.function.setFunctionType(inside.getFunctionType(
        outlined.function.getArgumentTypes(), unit.getResultTypes()));
    OpBuilder builder(unit);
    auto call = func::CallOp::create(builder, unit.getLoc(), outlined.function,
                                     outlined.arguments);
    unit.replaceAllUsesWith(call.getResults());
    unit.erase();
    ++numOutlined;
  }

  /// A function that is being filled with a region's body.
  struct Outlined {
    func::FuncOp function;
    SmallVector<Value> arguments; ///< of a call, after the leading ones
    IRMapping mapping;            ///< from what the region captures
  };

  /// An empty private function that takes `leading` arguments, then what
  /// `region` uses from above.
  Outlined makeFunction(Operation *at, Region &region, StringRef suffix,
                        ArrayRef<Type> leading, SymbolTable &symbols) {
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(region, captured);
    Outlined outlined;
    // Constants are cheaper made again than passed.
    SmallVector<Operation *> constants;
    for (Value value : captured) {
      Operation *def = value.getDefiningOp();
      if (def && def->hasTrait<OpTrait::ConstantLike>())
        constants.push_back(def);
      else
        outlined.arguments.push_back(value);
    }
    SmallVector<Type> types(leading);
    llvm::append_range(types, ValueRange(outlined.arguments).getTypes());
    auto parent = at->getParentOfType<func::FuncOp>();
    outlined.function =
        func::FuncOp::create(at->getLoc(), (parent.getName() + suffix).str(),
                             FunctionType::get(&getContext(), types, {}));
    outlined.function.setPrivate();
    symbols.insert(outlined.function);
    Block *entry = outlined.function.addEntryBlock();
    for (auto [i, value] : llvm::enumerate(outlined.arguments))
      outlined.mapping.map(value, entry->getArgument(leading.size() + i));
    OpBuilder inside = OpBuilder::atBlockEnd(entry);
    for (Operation *constant : constants)
      inside.clone(*constant, outlined.mapping);
    return outlined;
  }
};
} // namespace
