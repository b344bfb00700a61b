//===- StageReads.cpp - long runs of elements by the DMA engine ---------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/StageReads.h"
#include "Accesses.h"
#include "Piuma/Transforms/Passes.h"
#include "ScratchpadLayout.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace smash::piuma {
#define GEN_PASS_DEF_STAGEREADS
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-stage-reads"

/// Where the pipelines' caches have fewer lines for each of their threads, the
/// threads' rows drive each other out.
static constexpr int64_t kLeastCacheLines = 2;

/// Elements that a thread asks for at a time, and bytes of an iteration: a
/// coordinate and a value, say.
static constexpr int64_t kElements = 32, kIterationBytes = 16;

/// Bytes of a thread: one half of them is used while the other is filled.
static constexpr int64_t kThreadBytes = 2 * kElements * kIterationBytes;

bool smash::piuma::stagesReads(const TargetModel &target) {
  return target[Parameter::CacheBytes] < kLeastCacheLines *
                                             target[Parameter::CacheLineBytes] *
                                             target[Parameter::ThreadsPerMtp];
}

int64_t smash::piuma::stagedBytes(const TargetModel &target) {
  int64_t bytes = target.threadsPerCore() * kThreadBytes;
  return stagesReads(target) && bytes <= target.usableScratchpadBytes() / 8
             ? bytes
             : 0;
}

/// What the index of an access adds to the variable of `loop`, null where it
/// adds nothing; none where it does not follow the variable.
static std::optional<Value> offsetOf(scf::ForOp loop, Value index) {
  Value variable = loop.getInductionVar();
  if (index == variable)
    return Value();
  auto sum = index.getDefiningOp<arith::AddIOp>();
  if (!sum)
    return std::nullopt;
  for (auto [follows, fixed] : {std::pair(sum.getLhs(), sum.getRhs()),
                                std::pair(sum.getRhs(), sum.getLhs())})
    if (follows == variable && loop.isDefinedOutsideOfLoop(fixed))
      return fixed;
  return std::nullopt;
}

namespace {
/// A loop of a thread, and those of its loads that read one element after the
/// other.
struct Stream {
  scf::ForOp loop;
  SmallVector<LoadOp> loads;
  int64_t threads; ///< of the spawn

  /// Bytes that an iteration reads, with gaps for none: the widest come first.
  int64_t sortByWidth() {
    llvm::sort(loads, [](LoadOp a, LoadOp b) {
      int64_t bytesOfA = bytesOfElement(a.getType());
      int64_t bytesOfB = bytesOfElement(b.getType());
      return bytesOfA != bytesOfB ? bytesOfA > bytesOfB : a->isBeforeInBlock(b);
    });
    int64_t sum = 0;
    for (LoadOp load : loads)
      sum += bytesOfElement(load.getType());
    return sum;
  }
};

struct StageReadsPass
    : public smash::piuma::impl::StageReadsBase<StageReadsPass> {
  void runOnOperation() override {
    TargetAttr target = requireTarget(getOperation(), getArgument());
    if (!target)
      return signalPassFailure();
    TargetModel model = target.getModel();
    int64_t limit = model.usableScratchpadBytes();
    if (!stagesReads(model))
      return;
    getOperation()->walk([&](LaunchOp launch) {
      int64_t begin = nextPart(launch);
      for (Stream &stream : collect(launch))
        if (stream.sortByWidth() <= kIterationBytes &&
            stream.threads <= (limit - begin) / kThreadBytes)
          stage(launch, stream, begin);
    });
  }

  static SmallVector<Stream> collect(LaunchOp launch) {
    SmallVector<Stream> streams;
    Accesses accesses;
    accesses.add(launch);
    launch->walk([&](scf::ForOp loop) {
      auto spawn = loop->getParentOfType<SpawnOp>();
      if (!spawn || !isConstantIntValue(loop.getStep(), 1) ||
          loop.getUnsignedCmp())
        return;
      std::optional<int64_t> threads = getConstantIntValue(spawn.getCount());
      if (!threads)
        return;
      // A thread's bytes are of one loop at a time.
      if (loop.getBody()
              ->walk([](Operation *op) {
                return isa<scf::ForOp, BarrierOp, ReduceOp>(op)
                           ? WalkResult::interrupt()
                           : WalkResult::advance();
              })
              .wasInterrupted())
        return;
      Stream stream{loop, {}, *threads};
      for (Operation &op : loop.getBody()->without_terminator()) {
        auto load = dyn_cast<LoadOp>(op);
        if (load && offsetOf(loop, load.getIndex()) &&
            load.getType() ==
                cast<MemRefType>(load.getMemref().getType()).getElementType() &&
            !launch.getRegion().isAncestor(
                load.getMemref().getParentRegion()) &&
            !accesses.mayWrite(load.getMemref()))
          stream.loads.push_back(load);
      }
      if (!stream.loads.empty())
        streams.push_back(stream);
    });
    return streams;
  }

  void stage(LaunchOp launch, Stream &stream, int64_t begin) {
    scf::ForOp loop = stream.loop;
    auto spawn = loop->getParentOfType<SpawnOp>();
    // The bytes of a thread are the same in all loops of the launch, as one may
    // be in one while another one is in the next.
    SmallVector<Value> parts, firsts;
    ImplicitLocOpBuilder top(launch.getLoc(),
                             &launch.getBody().front().front());
    ImplicitLocOpBuilder inSpawn(loop.getLoc(),
                                 &spawn.getBody().front().front());
    auto space = SpaceAttr::get(top.getContext(), Space::Scratchpad);
    int64_t offset = 0;
    for (LoadOp load : stream.loads) {
      Type element = load.getType();
      int64_t bytes = bytesOfElement(element);
      auto part = ScratchpadOp::create(
          top,
          MemRefType::get({stream.threads * kThreadBytes / bytes}, element,
                          MemRefLayoutAttrInterface(), space),
          begin);
      Value sized = memref::CastOp::create(
          top,
          MemRefType::get({ShapedType::kDynamic}, element,
                          MemRefLayoutAttrInterface(), space),
          part.getMemref());
      parts.push_back(memref::MemorySpaceCastOp::create(
          top, load.getMemref().getType(), sized));
      auto number = [&](int64_t value) -> Value {
        return arith::ConstantIndexOp::create(inSpawn, value);
      };
      firsts.push_back(arith::AddIOp::create(
          inSpawn,
          arith::MulIOp::create(inSpawn, spawn.getId(),
                                number(kThreadBytes / bytes)),
          number(offset / bytes)));
      offset += 2 * kElements * bytes;
    }

    ImplicitLocOpBuilder b(loop.getLoc(), loop);
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(b, value);
    };
    Value lo = loop.getLowerBound(), hi = loop.getUpperBound();
    Value size = constant(kElements), zero = constant(0);
    Value isLong = arith::CmpIOp::create(
        b, arith::CmpIPredicate::sge, arith::SubIOp::create(b, hi, lo), size);
    auto branch = scf::IfOp::create(b, loop.getResultTypes(), isLong,
                                    /*addElseBlock=*/true);
    loop->replaceAllUsesWith(branch.getResults());

    // The loop as it was.
    b.setInsertionPointToStart(branch.elseBlock());
    Operation *end = branch.elseBlock()->empty()
                         ? scf::YieldOp::create(b, loop.getResults())
                         : branch.elseBlock()->getTerminator();
    loop->moveBefore(end);

    // A half is used while the other one is filled.
    b.setInsertionPointToStart(branch.thenBlock());
    Type token = TokenType::get(b.getContext());
    auto start = [&](Value from, Value half, Value count) {
      SmallVector<Value> tokens;
      for (auto [load, part, first] :
           llvm::zip_equal(stream.loads, parts, firsts)) {
        Value fixed = *offsetOf(loop, load.getIndex());
        Value at = fixed ? arith::AddIOp::create(b, from, fixed) : from;
        tokens.push_back(
            DmaCopyOp::create(b, token, load.getMemref(), at, part,
                              arith::AddIOp::create(b, first, half), count,
                              Value(), Value(), AtomicKindAttr()));
      }
      return tokens;
    };
    auto await = [&](ValueRange tokens) {
      for (Value started : tokens)
        WaitOp::create(b, started);
    };
    SmallVector<Value> inits(loop.getInitArgs());
    size_t carried = inits.size();
    inits.push_back(zero);
    llvm::append_range(inits, start(lo, zero, size));
    auto pieces = scf::ForOp::create(b, lo, hi, size, inits);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(pieces.getBody());
      Value from = pieces.getInductionVar();
      ValueRange args = pieces.getRegionIterArgs();
      Value half = args[carried];
      Value next = arith::AddIOp::create(b, from, size);
      Value left = arith::MaxSIOp::create(
          b, zero,
          arith::MinSIOp::create(b, size, arith::SubIOp::create(b, hi, next)));
      Value other = arith::SubIOp::create(b, size, half);
      SmallVector<Value> started = start(next, other, left);
      await(args.drop_front(carried + 1));
      Value shift = arith::SubIOp::create(b, half, from);
      SmallVector<Value> shifts;
      for (Value first : firsts)
        shifts.push_back(arith::AddIOp::create(b, first, shift));
      auto piece =
          scf::ForOp::create(b, from, arith::MinSIOp::create(b, next, hi),
                             loop.getStep(), args.take_front(carried));
      SmallVector<Value> yielded(piece.getResults());
      yielded.push_back(other);
      llvm::append_range(yielded, started);
      scf::YieldOp::create(b, yielded);
      // The body, with what is read from the parts.
      IRMapping mapping;
      mapping.map(loop.getInductionVar(), piece.getInductionVar());
      mapping.map(loop.getRegionIterArgs(), piece.getRegionIterArgs());
      b.setInsertionPointToStart(piece.getBody());
      for (Operation &op : loop.getBody()->without_terminator()) {
        auto *staged = llvm::find(stream.loads, &op);
        if (staged == stream.loads.end()) {
          b.clone(op, mapping);
          continue;
        }
        size_t number = size_t(staged - stream.loads.begin());
        Value value = LoadOp::create(
            b, op.getResult(0).getType(), parts[number],
            arith::AddIOp::create(b, piece.getInductionVar(), shifts[number]),
            Caching::Uncached);
        mapping.map(op.getResult(0), value);
      }
      SmallVector<Value> last;
      for (Value value : loop.getBody()->getTerminator()->getOperands())
        last.push_back(mapping.lookupOrDefault(value));
      if (piece.getBody()->mightHaveTerminator())
        piece.getBody()->getTerminator()->erase();
      b.setInsertionPointToEnd(piece.getBody());
      scf::YieldOp::create(b, last);
    }
    await(pieces.getResults().drop_front(carried + 1));
    if (carried > 0)
      scf::YieldOp::create(b, pieces.getResults().take_front(carried));
    numStaged += stream.loads.size();
  }
};
} // namespace
