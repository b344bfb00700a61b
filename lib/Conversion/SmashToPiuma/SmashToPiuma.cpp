//===- SmashToPiuma.cpp - the block machine on PIUMA --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/IR/Piuma.h"
#include "Smash/Transforms/TargetLowering.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "smash/Conversion/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

namespace smash {
#define GEN_PASS_DEF_CONVERTSMASHTOPIUMA
#include "smash/Conversion/Passes.h.inc"
} // namespace smash

using namespace mlir;
using namespace smash;

#define DEBUG_TYPE "convert-smash-to-piuma"

static piuma::Purpose toPiuma(Purpose purpose) {
  switch (purpose) {
  case Purpose::Metadata:
    return piuma::Purpose::Metadata;
  case Purpose::Result:
    return piuma::Purpose::C;
  case Purpose::Partial:
    return piuma::Purpose::Partial;
  }
  llvm_unreachable("purpose out of range");
}

static piuma::Event toPiuma(Event event) {
  switch (event) {
  case Event::Product:
    return piuma::Event::Product;
  case Event::Probe:
    return piuma::Event::Probe;
  case Event::Window:
    return piuma::Event::Window;
  case Event::LargeRow:
    return piuma::Event::LargeRow;
  }
  llvm_unreachable("event out of range");
}

static piuma::Phase toPiuma(Phase phase) {
  switch (phase) {
  case Phase::Other:
    return piuma::Phase::Other;
  case Phase::Distribution:
    return piuma::Phase::Distribution;
  case Phase::Hashing:
    return piuma::Phase::Hashing;
  case Phase::Writeback:
    return piuma::Phase::Writeback;
  }
  llvm_unreachable("phase out of range");
}

/// The atomic of the machine that is an add of a semiring. `or` and `any` have
/// none, nor have numbers that are not of 4 or 8 bytes.
static std::optional<piuma::AtomicKind> nativeKind(Monoid add) {
  switch (add) {
  case Monoid::Plus:
    return piuma::AtomicKind::Add;
  case Monoid::Min:
    return piuma::AtomicKind::Min;
  case Monoid::Max:
    return piuma::AtomicKind::Max;
  default:
    return std::nullopt;
  }
}

static std::optional<piuma::AtomicKind> nativeKind(arith::AtomicRMWKind kind) {
  switch (kind) {
  case arith::AtomicRMWKind::addi:
  case arith::AtomicRMWKind::addf:
    return piuma::AtomicKind::Add;
  case arith::AtomicRMWKind::mins:
  case arith::AtomicRMWKind::minimumf:
    return piuma::AtomicKind::Min;
  case arith::AtomicRMWKind::maxs:
  case arith::AtomicRMWKind::maximumf:
    return piuma::AtomicKind::Max;
  case arith::AtomicRMWKind::andi:
    return piuma::AtomicKind::And;
  case arith::AtomicRMWKind::ori:
    return piuma::AtomicKind::Or;
  case arith::AtomicRMWKind::xori:
    return piuma::AtomicKind::Xor;
  case arith::AtomicRMWKind::assign:
    return piuma::AtomicKind::Exchange;
  default:
    return std::nullopt;
  }
}

/// Whether the machine's memories update elements of `memref` on their own.
static bool hasAtomics(Type memref) {
  int64_t bytes =
      piuma::bytesOfElement(cast<MemRefType>(memref).getElementType());
  return bytes == 4 || bytes == 8;
}

static LogicalResult refuseAtomic(Operation *op, Type memref) {
  return op->emitOpError("updates elements of ")
         << memref
         << " atomically; piuma has atomics of 4 and 8 bytes (merge = "
            "exclusive needs none)";
}

namespace {
struct ConvertSmashToPiumaPass
    : public smash::impl::ConvertSmashToPiumaBase<ConvertSmashToPiumaPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (!piuma::requireTarget(module, getArgument()) ||
        failed(checkExpanded(module, getArgument())))
      return signalPassFailure();
    expandWork(module);
    // Post-order: inner loops first.
    WalkResult walk = module->walk([&](Operation *op) {
      return failed(convert(op)) ? WalkResult::interrupt()
                                 : WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    module->removeAttr(kMachineAttrName);
  }

  void expandWork(ModuleOp module) {
    SmallVector<scf::ForallOp> blocks;
    SmallVector<AtomicUpdateOp> updates;
    module->walk([&](Operation *op) {
      if (auto loop = dyn_cast<scf::ForallOp>(op); loop && isOverBlocks(loop))
        blocks.push_back(loop);
      if (auto update = dyn_cast<AtomicUpdateOp>(op))
        if (!nativeKind(update.getAdd()) &&
            hasAtomics(update.getMemref().getType()))
          updates.push_back(update);
    });
    for (AtomicUpdateOp update : updates)
      expandAtomicUpdate(update);
    for (scf::ForallOp loop : blocks) {
      SmallVector<Value> counters;
      expandWorkLoops(loop, [&](KernelBuilder &k, scf::ForallOp) {
        Value ok;
        counters.push_back(
            k.tryAlloc(k.idx(1), k.getI64Type(), ok, /*zeroed=*/true));
        return counters.back();
      });
      OpBuilder b(loop->getContext());
      b.setInsertionPointAfter(loop);
      for (Value counter : counters)
        memref::DeallocOp::create(b, loop.getLoc(), counter);
    }
  }

  LogicalResult convert(Operation *op) {
    OpBuilder b(op);
    Location loc = op->getLoc();
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case([&](memref::LoadOp load) {
          return access<piuma::LoadOp>(load, load.getIndices(), [&](Value i) {
            return piuma::LoadOp::create(b, loc, load.getType(),
                                         load.getMemref(), i,
                                         piuma::Caching::Uncached);
          });
        })
        .Case([&](vector::LoadOp load) { return convertVector(load); })
        .Case([&](memref::StoreOp store) {
          return access<piuma::StoreOp>(
              store, store.getIndices(), [&](Value i) {
                return piuma::StoreOp::create(b, loc, store.getValue(),
                                              store.getMemref(), i,
                                              piuma::Caching::Uncached);
              });
        })
        .Case([&](vector::StoreOp store) { return convertVector(store); })
        .Case([&](memref::AtomicRMWOp update) -> LogicalResult {
          auto kind = nativeKind(update.getKind());
          if (!kind || !hasAtomics(update.getMemref().getType()))
            return refuseAtomic(update, update.getMemref().getType());
          bool returns = !update.getResult().use_empty();
          return access<piuma::AtomicOp>(
              update, update.getIndices(), [&](Value i) {
                Type old = returns ? update.getType() : Type();
                return piuma::AtomicOp::create(b, loc, old, *kind,
                                               update.getMemref(), i,
                                               update.getValue());
              });
        })
        .Case([&](AtomicUpdateOp update) -> LogicalResult {
          if (!hasAtomics(update.getMemref().getType()))
            return refuseAtomic(update, update.getMemref().getType());
          piuma::AtomicOp::create(b, loc, Type(), *nativeKind(update.getAdd()),
                                  update.getMemref(), update.getIndex(),
                                  update.getValue());
          update.erase();
          return success();
        })
        .Case([&](CompareExchangeOp exchange) -> LogicalResult {
          if (!hasAtomics(exchange.getMemref().getType()))
            return refuseAtomic(exchange, exchange.getMemref().getType());
          return replace(exchange,
                         piuma::CompareExchangeOp::create(
                             b, loc, exchange.getType(), exchange.getMemref(),
                             exchange.getIndex(), exchange.getExpected(),
                             exchange.getDesired()));
        })
        .Case([&](TryAllocOp alloc) {
          return replace(
              alloc, piuma::AllocOp::create(b, loc, alloc->getResultTypes(),
                                            alloc.getSize(), alloc.getZeroed(),
                                            toPiuma(alloc.getPurpose())));
        })
        .Case([&](ResizeOp resize) {
          return replace(resize, piuma::ResizeOp::create(
                                     b, loc, resize.getType(),
                                     resize.getSource(), resize.getSize()));
        })
        .Case([&](memref::DeallocOp free) {
          piuma::FreeOp::create(b, loc, free.getMemref());
          free.erase();
          return success();
        })
        .Case([&](ForgetOp forget) {
          forget.erase();
          return success();
        })
        .Case([&](FailOp fail) {
          piuma::FailOp::create(b, loc, static_cast<int32_t>(fail.getCode()),
                                fail.getGot(), fail.getLimit());
          fail.erase();
          return success();
        })
        .Case([&](CountOp count) {
          piuma::CountOp::create(b, loc, toPiuma(count.getEvent()));
          count.erase();
          return success();
        })
        .Case([&](EnterPhaseOp phase) {
          piuma::EnterPhaseOp::create(b, loc, toPiuma(phase.getPhase()));
          phase.erase();
          return success();
        })
        .Case([&](scf::ForOp loop) {
          if (loop->removeAttr(kStreamAttrName))
            offload(loop);
          return success();
        })
        .Case([&](scf::ExecuteRegionOp unit) {
          if (unit.getNoInline() && unit.getRegion().hasOneBlock())
            inlineUnit(unit);
          return success();
        })
        .Case([&](scf::ForallOp loop) {
          if (isOverBlocks(loop) || isOverThreads(loop))
            convertForall(loop);
          return success();
        })
        .Default(success());
  }

  /// Moves a vector in words of 8 bytes, each an access.
  template <typename OpTy>
  LogicalResult convertVector(OpTy op) {
    VectorType type = op.getVectorType();
    int64_t bytes = piuma::bytesOfElement(type);
    if (op.getIndices().size() != 1 || type.getRank() != 1 || bytes % 8 ||
        bytes / type.getNumElements() > 8)
      return op.emitOpError("moves ")
             << type
             << "; piuma moves vectors of words of 8 bytes, to and from "
                "flat buffers";
    OpBuilder builder(op);
    KernelBuilder k(op.getLoc(), builder);
    int64_t words = bytes / 8, lanes = type.getNumElements() / words;
    Type i64 = k.getI64Type();
    auto word = VectorType::get({lanes}, type.getElementType());
    auto one = VectorType::get({1}, i64), all = VectorType::get({words}, i64);
    constexpr bool loads = std::is_same_v<OpTy, vector::LoadOp>;
    Value value;
    if constexpr (loads)
      value = arith::ConstantOp::create(k, k.getZeroAttr(all));
    else
      value = vector::BitCastOp::create(k, all, op.getValueToStore());
    for (int64_t at = 0; at < words; ++at) {
      Value index = k.add(op.getIndices()[0], k.idx(at * lanes));
      if constexpr (loads) {
        Value part = piuma::LoadOp::create(k, word, op.getBase(), index,
                                           piuma::Caching::Uncached);
        part = vector::BitCastOp::create(k, one, part);
        value = vector::InsertOp::create(
            k, vector::ExtractOp::create(k, part, 0).getResult(), value, at);
      } else {
        Value part = arith::ConstantOp::create(k, k.getZeroAttr(one));
        part = vector::InsertOp::create(
            k, vector::ExtractOp::create(k, value, at).getResult(), part, 0);
        piuma::StoreOp::create(k, vector::BitCastOp::create(k, word, part),
                               op.getBase(), index, piuma::Caching::Uncached);
      }
    }
    if constexpr (loads)
      op.replaceAllUsesWith(
          vector::BitCastOp::create(k, type, value).getResult());
    op.erase();
    return success();
  }

  /// Replaces an access to a flat buffer by what `make` makes of its index.
  template <typename NewOp, typename OpTy>
  LogicalResult access(OpTy op, ValueRange indices,
                       function_ref<NewOp(Value)> make) {
    if (indices.size() != 1)
      return op.emitOpError("accesses a buffer of rank ")
             << indices.size() << "; piuma programs have flat buffers";
    return replace(op, make(indices[0]));
  }

  static LogicalResult replace(Operation *op, Operation *by) {
    if (by->getNumResults() == op->getNumResults())
      op->replaceAllUsesWith(by);
    op->erase();
    return success();
  }

  /// The first element of a buffer that the iterations of `loop` access one
  /// after the other: `index` is the loop's variable, or a sum with what does
  /// not change. Null when it is neither.
  static Value firstElement(OpBuilder &b, scf::ForOp loop, Value index) {
    auto isFixed = [&](Value value) {
      return loop.isDefinedOutsideOfLoop(value);
    };
    Value variable = loop.getInductionVar();
    if (index == variable)
      return loop.getLowerBound();
    auto sum = index.getDefiningOp<arith::AddIOp>();
    if (!sum)
      return {};
    Value fixed = sum.getLhs() == variable ? sum.getRhs() : sum.getLhs();
    Value other = sum.getLhs() == variable ? sum.getLhs() : sum.getRhs();
    if (other != variable || !isFixed(fixed))
      return {};
    return arith::AddIOp::create(b, loop.getLoc(), fixed, loop.getLowerBound());
  }

  /// Leaves a stream that only copies or fills to the DMA engine: the one that
  /// waits has nothing better to do, but the engine keeps more accesses in
  /// flight than a thread does.
  static void offload(scf::ForOp loop) {
    if (!isConstantIntValue(loop.getStep(), 1) || loop.getNumResults() > 0)
      return;
    piuma::StoreOp store;
    SmallVector<piuma::LoadOp, 2> loads;
    for (Operation &op : loop.getBody()->without_terminator()) {
      if (auto found = dyn_cast<piuma::StoreOp>(op); found && !store)
        store = found;
      else if (auto found = dyn_cast<piuma::LoadOp>(op))
        loads.push_back(found);
      else if (!isa<arith::AddIOp, arith::IndexCastOp, arith::IndexCastUIOp>(
                   op))
        return;
    }
    if (loads.size() > 2)
      return;
    piuma::LoadOp load = loads.empty() ? piuma::LoadOp() : loads.back();
    for (piuma::LoadOp any : loads)
      if (!loop.isDefinedOutsideOfLoop(any.getMemref()) || !store ||
          any.getMemref() == store.getMemref())
        return;
    if (!store || !loop.isDefinedOutsideOfLoop(store.getMemref()))
      return;
    OpBuilder b(loop);
    Location loc = loop.getLoc();
    Value to = firstElement(b, loop, store.getIndex());
    if (!to)
      return;
    // A loop may run no times at all.
    Value zero = arith::ConstantIndexOp::create(b, loc, 0);
    Value count = arith::MaxSIOp::create(
        b, loc, zero,
        arith::SubIOp::create(b, loc, loop.getUpperBound(),
                              loop.getLowerBound()));
    Type token = piuma::TokenType::get(b.getContext());
    Value started;
    if (load) {
      if (store.getValue() != load.getResult() ||
          load.getMemref().getType() != store.getMemref().getType())
        return;
      if (loads.size() == 2) {
        // The index is itself an element.
        Operation *cast = load.getIndex().getDefiningOp();
        if (!isa_and_nonnull<arith::IndexCastOp, arith::IndexCastUIOp>(cast) ||
            cast->getOperand(0) != loads[0].getResult())
          return;
        Value first = firstElement(b, loop, loads[0].getIndex());
        if (!first)
          return;
        started = piuma::DmaGatherOp::create(
            b, loc, token, load.getMemref(), loads[0].getMemref(), first,
            store.getMemref(), to, count, piuma::AtomicKindAttr());
        piuma::WaitOp::create(b, loc, started);
        loop.erase();
        return;
      }
      Value from = firstElement(b, loop, load.getIndex());
      if (!from)
        return;
      started = piuma::DmaCopyOp::create(b, loc, token, load.getMemref(), from,
                                         store.getMemref(), to, count, Value(),
                                         Value(), piuma::AtomicKindAttr());
    } else {
      Value value = store.getValue();
      int64_t bytes = piuma::bytesOfElement(value.getType());
      if (!loop.isDefinedOutsideOfLoop(value) ||
          !value.getType().isIntOrFloat() || bytes > 8)
        return;
      started = piuma::DmaFillOp::create(b, loc, token, value,
                                         store.getMemref(), to, count);
    }
    piuma::WaitOp::create(b, loc, started);
    loop.erase();
  }

  static void inlineUnit(scf::ExecuteRegionOp unit) {
    Block &body = unit.getRegion().front();
    Operation *end = body.getTerminator();
    unit.replaceAllUsesWith(end->getOperands());
    end->erase();
    unit->getBlock()->getOperations().splice(unit->getIterator(),
                                             body.getOperations());
    unit.erase();
  }

  void convertForall(scf::ForallOp loop) {
    OpBuilder builder(loop);
    KernelBuilder k(loop.getLoc(), builder);
    Value count = countOf(k, loop);
    Operation *region;
    if (isOverBlocks(loop))
      region = piuma::LaunchOp::create(k, count);
    else
      region = piuma::SpawnOp::create(k, count, piuma::Pipeline::Multi);
    Block &body = region->getRegion(0).front();
    Block *old = loop.getBody();
    loop.getInductionVar(0).replaceAllUsesWith(body.getArgument(0));
    old->getTerminator()->erase();
    body.getOperations().splice(body.getTerminator()->getIterator(),
                                old->getOperations());
    loop.erase();
  }
};
} // namespace
