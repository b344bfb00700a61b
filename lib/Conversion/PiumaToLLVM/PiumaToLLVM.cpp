//===- PiumaToLLVM.cpp - piuma programs to calls of their runtime -------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Common/RuntimeCalls.h"
#include "Piuma/IR/Piuma.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMInterface.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "smash/Conversion/Passes.h"
#include "smash/Runtime/Piuma.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace smash::piuma {

// The enums of the dialect are those of the runtime interface.
static_assert(int(AtomicKind::Exchange) == PIUMA_RT_EXCHANGE &&
              int(AtomicKind::Min) == PIUMA_RT_MIN);
static_assert(int(Purpose::Partial) == PIUMA_RT_PARTIAL &&
              int(Purpose::C) == PIUMA_RT_C);
static_assert(int(Event::LargeRow) == PIUMA_RT_LARGE_ROW &&
              int(Event::Probe) == PIUMA_RT_PROBE);
static_assert(int(Phase::Writeback) == PIUMA_RT_WRITEBACK &&
              int(Phase::Hashing) == PIUMA_RT_HASHING);
static_assert(int(Pipeline::Single) == PIUMA_RT_SINGLE);

namespace {

template <typename OpTy>
struct PiumaPattern : public RuntimePattern<OpTy> {
  using RuntimePattern<OpTy>::RuntimePattern;

  Value i32(OpBuilder &b, Location loc, int64_t value) const {
    return this->constant(b, loc, b.getI32Type(), value);
  }
  Value i64(OpBuilder &b, Location loc, int64_t value) const {
    return this->constant(b, loc, b.getI64Type(), value);
  }
  /// The address of an element.
  /// The address of an element. A constant that is added to an index comes
  /// last, so that it is the offset of an access.
  Value address(ConversionPatternRewriter &b, Location loc, Value buffer,
                Value descriptor, Value index) const {
    auto type = cast<MemRefType>(buffer.getType());
    int64_t offset = 0;
    APInt constant;
    if (auto sum = index.getDefiningOp<LLVM::AddOp>();
        sum && matchPattern(sum.getRhs(), m_ConstantInt(&constant)) &&
        constant.isSignedIntN(31)) {
      offset = constant.getSExtValue();
      index = sum.getLhs();
    }
    Value at = this->getStridedElementPtr(b, loc, type, descriptor, {index});
    if (offset == 0)
      return at;
    Type element = this->getTypeConverter()->convertType(type.getElementType());
    return LLVM::GEPOp::create(b, loc, at.getType(), element, at,
                               ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  }
  /// Room for a `type` on the stack of the function, wherever `op` stands.
  Value allocateOnEntry(OpBuilder &b, Operation *op, Type type) const {
    OpBuilder::InsertionGuard guard(b);
    if (auto function = op->getParentOfType<FunctionOpInterface>())
      b.setInsertionPointToStart(&function.getFunctionBody().front());
    return LLVM::AllocaOp::create(b, op->getLoc(), this->getPtrType(), type,
                                  i64(b, op->getLoc(), 1));
  }
  /// An operation on numbers of `type`, as the runtime is told.
  static int64_t operation(AtomicKind kind, Type type) {
    return int64_t(kind) | (isa<FloatType>(type) ? PIUMA_RT_FLOAT : 0);
  }
  /// The bits of a number as an i64, and back.
  Value toBits(OpBuilder &b, Location loc, Value value) const {
    Type type = value.getType();
    unsigned width = type.getIntOrFloatBitWidth();
    Type bits = b.getIntegerType(width);
    if (type != bits)
      value = LLVM::BitcastOp::create(b, loc, bits, value);
    return width == 64 ? value
                       : LLVM::ZExtOp::create(b, loc, b.getI64Type(), value)
                             .getResult();
  }
  Value fromBits(OpBuilder &b, Location loc, Value value, Type type) const {
    unsigned width = type.getIntOrFloatBitWidth();
    Type bits = b.getIntegerType(width);
    if (width != 64)
      value = LLVM::TruncOp::create(b, loc, bits, value);
    return type == bits
               ? value
               : LLVM::BitcastOp::create(b, loc, type, value).getResult();
  }
};

struct LowerLoad : public PiumaPattern<LoadOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(LoadOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type type = getTypeConverter()->convertType(op.getType());
    Value at = address(b, loc, op.getMemref(), adaptor.getMemref(),
                       adaptor.getIndex());
    at = callRuntime(b, op, "piuma_rt_load", getPtrType(),
                     {at, i64(b, loc, bytesOfElement(op.getType())),
                      i32(b, loc, int64_t(op.getCaching()))});
    // An uncached load sees whole elements, and what an exchange published.
    // Where the type allows, the code says so, to sanitizers not least.
    bool isWhole = isa<IntegerType, FloatType>(type) &&
                   type.getIntOrFloatBitWidth() % 8 == 0 &&
                   op.getCaching() == Caching::Uncached;
    b.replaceOpWithNewOp<LLVM::LoadOp>(
        op, type, at, unsigned(alignmentOf(op.getMemref())),
        /*isVolatile=*/false, /*isNonTemporal=*/false, /*isInvariant=*/false,
        /*isInvariantGroup=*/false,
        isWhole ? LLVM::AtomicOrdering::acquire
                : LLVM::AtomicOrdering::not_atomic);
    return success();
  }
  /// A vector is aligned as an element is.
  static int64_t alignmentOf(Value memref) {
    Type element = cast<MemRefType>(memref.getType()).getElementType();
    return llvm::bit_floor(uint64_t(std::min<int64_t>(
        bytesOfElement(element), isa<ComplexType>(element) ? 4 : 8)));
  }
};

struct LowerStore : public PiumaPattern<StoreOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(StoreOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Value at = address(b, loc, op.getMemref(), adaptor.getMemref(),
                       adaptor.getIndex());
    at = callRuntime(b, op, "piuma_rt_store", getPtrType(),
                     {at, i64(b, loc, bytesOfElement(op.getValue().getType())),
                      i32(b, loc, int64_t(op.getCaching()))});
    b.replaceOpWithNewOp<LLVM::StoreOp>(
        op, adaptor.getValue(), at,
        unsigned(LowerLoad::alignmentOf(op.getMemref())));
    return success();
  }
};

struct LowerAtomic : public PiumaPattern<AtomicOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(AtomicOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type type = adaptor.getValue().getType();
    Value at = address(b, loc, op.getMemref(), adaptor.getMemref(),
                       adaptor.getIndex());
    Value old =
        callRuntime(b, op, "piuma_rt_atomic", b.getI64Type(),
                    {at, toBits(b, loc, adaptor.getValue()),
                     i32(b, loc, operation(op.getKind(), type)),
                     i32(b, loc, bytesOfElement(op.getValue().getType())),
                     i32(b, loc, op.getOld() ? 1 : 0)});
    if (op.getOld())
      b.replaceOp(op, fromBits(b, loc, old, type));
    else
      b.eraseOp(op);
    return success();
  }
};

struct LowerCompareExchange : public PiumaPattern<CompareExchangeOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(CompareExchangeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type type = adaptor.getExpected().getType();
    Value at = address(b, loc, op.getMemref(), adaptor.getMemref(),
                       adaptor.getIndex());
    Value old = callRuntime(b, op, "piuma_rt_compare_exchange", b.getI64Type(),
                            {at, toBits(b, loc, adaptor.getExpected()),
                             toBits(b, loc, adaptor.getDesired()),
                             i32(b, loc, bytesOfElement(op.getType()))});
    b.replaceOp(op, fromBits(b, loc, old, type));
    return success();
  }
};

struct LowerAlloc : public PiumaPattern<AllocOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(AllocOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getMemref().getType());
    Value data = callRuntime(b, op, "piuma_rt_alloc", getPtrType(),
                             {adaptor.getSize(), sizeOf(b, loc, type),
                              i32(b, loc, op.getZeroed()),
                              i32(b, loc, int64_t(op.getPurpose()))});
    Value ok = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, data,
                                    LLVM::ZeroOp::create(b, loc, getPtrType()));
    Value size =
        LLVM::SelectOp::create(b, loc, ok, adaptor.getSize(), i64(b, loc, 0));
    b.replaceOp(op, {describe(b, loc, type, data, size), ok});
    return success();
  }
};

struct LowerResize : public PiumaPattern<ResizeOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(ResizeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    MemRefDescriptor source(adaptor.getSource());
    Value data = callRuntime(
        b, op, "piuma_rt_resize", getPtrType(),
        {source.allocatedPtr(b, loc), adaptor.getSize(), sizeOf(b, loc, type)});
    b.replaceOp(op, describe(b, loc, type, data, adaptor.getSize()));
    return success();
  }
};

struct LowerFree : public PiumaPattern<FreeOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(FreeOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    MemRefDescriptor buffer(adaptor.getMemref());
    callRuntime(b, op, "piuma_rt_free", Type(),
                buffer.allocatedPtr(b, op.getLoc()));
    b.eraseOp(op);
    return success();
  }
};

struct LowerScratchpad : public PiumaPattern<ScratchpadOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(ScratchpadOp op, OpAdaptor /*adaptor*/,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    Value data =
        callRuntime(b, op, "piuma_rt_scratchpad", getPtrType(),
                    {i64(b, loc, op.getOffset()), i64(b, loc, op.getBytes())});
    b.replaceOp(
        op, describe(b, loc, type, data, i64(b, loc, type.getNumElements())));
    return success();
  }
};

/// flush, invalidate and release: what names a range of bytes.
template <typename OpTy>
struct LowerRangeOp : public PiumaPattern<OpTy> {
  LowerRangeOp(const LLVMTypeConverter &converter, StringRef name)
      : PiumaPattern<OpTy>(converter), name(name) {}
  LogicalResult matchAndRewrite(OpTy op, typename OpTy::Adaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getMemref().getType());
    MemRefDescriptor buffer(adaptor.getMemref());
    Value bytes = LLVM::MulOp::create(b, loc, buffer.size(b, loc, 0),
                                      this->sizeOf(b, loc, type));
    callRuntime(b, op, name, Type(), {buffer.alignedPtr(b, loc), bytes});
    b.eraseOp(op);
    return success();
  }
  StringRef name;
};

struct LowerCall : public PiumaPattern<CallOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(CallOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    PackedCall call =
        packCall(b, *getTypeConverter(), op, op.getCallee(), /*ids=*/1,
                 op.getArguments(), adaptor.getArguments());
    SmallVector<Value> arguments = {call.entry, call.context,
                                    adaptor.getCount()};
    if (op.getPipeline())
      arguments.push_back(i32(b, op.getLoc(),
                              int64_t(*op.getPipeline()) |
                                  (op.getMeet() ? PIUMA_RT_MEETS : 0)));
    callRuntime(b, op, op.getPipeline() ? "piuma_rt_spawn" : "piuma_rt_launch",
                Type(), arguments);
    b.eraseOp(op);
    return success();
  }
};

struct LowerBarrier : public PiumaPattern<BarrierOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(BarrierOp op, OpAdaptor,
                                ConversionPatternRewriter &b) const override {
    callRuntime(b, op, "piuma_rt_barrier", Type(), {});
    b.eraseOp(op);
    return success();
  }
};

struct LowerReduce : public PiumaPattern<ReduceOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(ReduceOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type type = adaptor.getValue().getType();
    Value bits = callRuntime(b, op, "piuma_rt_reduce", b.getI64Type(),
                             {toBits(b, loc, adaptor.getValue()),
                              i32(b, loc, operation(op.getKind(), type)),
                              i32(b, loc, bytesOfElement(op.getType()))});
    b.replaceOp(op, fromBits(b, loc, bits, type));
    return success();
  }
};

/// What the ops of the DMA engine fill in of piuma_rt_dma.
struct DmaRequest {
  int64_t kind;
  std::optional<AtomicKind> combine;
  Type element;
  int64_t indexBytes = 0;
  Value from, to, index, count;
  Value fromStride, toStride, fill;
};

template <typename OpTy>
struct LowerDma : public PiumaPattern<OpTy> {
  using PiumaPattern<OpTy>::PiumaPattern;

  void start(ConversionPatternRewriter &b, OpTy op, DmaRequest request) const {
    Location loc = op.getLoc();
    Type ptr = this->getPtrType(), i64Type = b.getI64Type();
    Type i32Type = b.getI32Type();
    Type type = LLVM::LLVMStructType::getLiteral(
        b.getContext(), {i32Type, i32Type, i32Type, i32Type, ptr, ptr, ptr,
                         i64Type, i64Type, i64Type, i64Type});
    Value null = LLVM::ZeroOp::create(b, loc, ptr), one = this->i64(b, loc, 1);
    auto orElse = [](Value value, Value other) {
      return value ? value : other;
    };
    int64_t combine = request.combine
                          ? this->operation(*request.combine, request.element)
                          : -1;
    Value fields[] = {this->i32(b, loc, request.kind),
                      this->i32(b, loc, combine),
                      this->i32(b, loc, bytesOfElement(request.element)),
                      this->i32(b, loc, request.indexBytes),
                      orElse(request.from, null),
                      request.to,
                      orElse(request.index, null),
                      request.count,
                      orElse(request.fromStride, one),
                      orElse(request.toStride, one),
                      orElse(request.fill, this->i64(b, loc, 0))};
    Value all = LLVM::PoisonOp::create(b, loc, type);
    for (auto [i, field] : llvm::enumerate(fields))
      all = LLVM::InsertValueOp::create(b, loc, all, field, i);
    Value storage = this->allocateOnEntry(b, op, type);
    LLVM::StoreOp::create(b, loc, all, storage);
    b.replaceOp(op, callRuntime(b, op, "piuma_rt_dma_start", i64Type, storage));
  }
};

static Type elementOf(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getElementType();
}

struct LowerDmaCopy : public LowerDma<DmaCopyOp> {
  using LowerDma::LowerDma;
  LogicalResult matchAndRewrite(DmaCopyOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    DmaRequest request;
    request.kind = PIUMA_RT_COPY;
    request.combine = op.getCombine();
    request.element = elementOf(op.getSource());
    request.from =
        address(b, loc, op.getSource(), adaptor.getSource(), adaptor.getFrom());
    request.to = address(b, loc, op.getDestination(), adaptor.getDestination(),
                         adaptor.getTo());
    request.count = adaptor.getCount();
    request.fromStride = adaptor.getFromStride();
    request.toStride = adaptor.getToStride();
    start(b, op, request);
    return success();
  }
};

template <typename OpTy, bool scatters>
struct LowerDmaIndexed : public LowerDma<OpTy> {
  using LowerDma<OpTy>::LowerDma;
  LogicalResult matchAndRewrite(OpTy op, typename OpTy::Adaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Value zero = this->i64(b, loc, 0);
    DmaRequest request;
    request.kind = scatters ? PIUMA_RT_SCATTER : PIUMA_RT_GATHER;
    request.combine = op.getCombine();
    request.element = elementOf(op.getSource());
    request.indexBytes = bytesOfElement(elementOf(op.getIndices()));
    request.from = this->address(b, loc, op.getSource(), adaptor.getSource(),
                                 scatters ? adaptor.getAt() : zero);
    request.to =
        this->address(b, loc, op.getDestination(), adaptor.getDestination(),
                      scatters ? zero : adaptor.getAt());
    request.index = this->address(b, loc, op.getIndices(), adaptor.getIndices(),
                                  adaptor.getFirst());
    request.count = adaptor.getCount();
    this->start(b, op, request);
    return success();
  }
};

struct LowerDmaFill : public LowerDma<DmaFillOp> {
  using LowerDma::LowerDma;
  LogicalResult matchAndRewrite(DmaFillOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    DmaRequest request;
    request.kind = PIUMA_RT_FILL;
    request.element = elementOf(op.getDestination());
    request.to = address(b, loc, op.getDestination(), adaptor.getDestination(),
                         adaptor.getTo());
    request.count = adaptor.getCount();
    request.fill = toBits(b, loc, adaptor.getValue());
    start(b, op, request);
    return success();
  }
};

struct LowerWait : public PiumaPattern<WaitOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(WaitOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    for (Value token : adaptor.getTokens())
      callRuntime(b, op, "piuma_rt_wait", Type(), token);
    b.eraseOp(op);
    return success();
  }
};

/// Runtimes number requests from 1 on.
struct LowerDone : public PiumaPattern<DoneOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(DoneOp op, OpAdaptor,
                                ConversionPatternRewriter &b) const override {
    b.replaceOp(op, i64(b, op.getLoc(), 0));
    return success();
  }
};

struct LowerQueueCreate : public PiumaPattern<QueueCreateOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(QueueCreateOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    MemRefDescriptor buffer(adaptor.getMemref());
    Value zero = i64(b, loc, 0);
    Value data = address(b, loc, op.getMemref(), adaptor.getMemref(), zero);
    Type element = cast<MemRefType>(op.getMemref().getType()).getElementType();
    b.replaceOp(op, callRuntime(b, op, "piuma_rt_queue_create", getPtrType(),
                                {data, buffer.size(b, loc, 0),
                                 i32(b, loc, bytesOfElement(element))}));
    return success();
  }
};

/// Whether the i32 `answer` is not 0.
static Value isYes(OpBuilder &b, Location loc, Value answer) {
  Value no = LLVM::ZeroOp::create(b, loc, answer.getType());
  return LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, answer, no);
}

struct LowerQueuePush : public PiumaPattern<QueuePushOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(QueuePushOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Value answer =
        callRuntime(b, op, "piuma_rt_queue_push", b.getI32Type(),
                    {adaptor.getQueue(), toBits(b, loc, adaptor.getValue())});
    b.replaceOp(op, isYes(b, loc, answer));
    return success();
  }
};

struct LowerQueuePop : public PiumaPattern<QueuePopOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(QueuePopOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Value storage = allocateOnEntry(b, op, b.getI64Type());
    Value answer = callRuntime(b, op, "piuma_rt_queue_pop", b.getI32Type(),
                               {adaptor.getQueue(), storage});
    Value bits = LLVM::LoadOp::create(b, loc, b.getI64Type(), storage);
    Type type = getTypeConverter()->convertType(op.getValue().getType());
    b.replaceOp(op, {fromBits(b, loc, bits, type), isYes(b, loc, answer)});
    return success();
  }
};

struct LowerQueueDestroy : public PiumaPattern<QueueDestroyOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(QueueDestroyOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    callRuntime(b, op, "piuma_rt_queue_destroy", Type(), adaptor.getQueue());
    b.eraseOp(op);
    return success();
  }
};

struct LowerPlace : public PiumaPattern<PlaceOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(PlaceOp op, OpAdaptor,
                                ConversionPatternRewriter &b) const override {
    callRuntime(b, op, "piuma_rt_place", Type(),
                globalText(b, op, op.getText()));
    b.eraseOp(op);
    return success();
  }

  /// The address of a constant of the module that holds `text` and a 0.
  Value globalText(ConversionPatternRewriter &b, Operation *op,
                   StringRef text) const {
    auto module = op->getParentOfType<ModuleOp>();
    std::string name =
        ("piuma_place_" + Twine::utohexstr(llvm::xxh3_64bits(text))).str();
    auto global = module.lookupSymbol<LLVM::GlobalOp>(name);
    if (!global) {
      std::string content = text.str() + '\0';
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(module.getBody());
      global = LLVM::GlobalOp::create(
          b, op->getLoc(),
          LLVM::LLVMArrayType::get(b.getI8Type(), content.size()),
          /*isConstant=*/true, LLVM::Linkage::Internal, name,
          b.getStringAttr(content));
    }
    return LLVM::AddressOfOp::create(b, op->getLoc(), global);
  }
};

struct LowerFail : public PiumaPattern<FailOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(FailOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    callRuntime(b, op, "piuma_rt_fail", Type(),
                {i32(b, op.getLoc(), op.getCode()), adaptor.getGot(),
                 adaptor.getLimit()});
    b.eraseOp(op);
    return success();
  }
};

struct LowerCount : public PiumaPattern<CountOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(CountOp op, OpAdaptor,
                                ConversionPatternRewriter &b) const override {
    callRuntime(b, op, "piuma_rt_count", Type(),
                i32(b, op.getLoc(), int64_t(op.getEvent())));
    b.eraseOp(op);
    return success();
  }
};

struct LowerEnterPhase : public PiumaPattern<EnterPhaseOp> {
  using PiumaPattern::PiumaPattern;
  LogicalResult matchAndRewrite(EnterPhaseOp op, OpAdaptor,
                                ConversionPatternRewriter &b) const override {
    callRuntime(b, op, "piuma_rt_enter_phase", Type(),
                i32(b, op.getLoc(), int64_t(op.getPhase())));
    b.eraseOp(op);
    return success();
  }
};

struct PiumaToLLVMInterface : public ConvertToLLVMPatternInterface {
  using ConvertToLLVMPatternInterface::ConvertToLLVMPatternInterface;

  void loadDependentDialects(MLIRContext *context) const final {
    context->loadDialect<LLVM::LLVMDialect>();
  }
  void populateConvertToLLVMConversionPatterns(
      ConversionTarget & /*target*/, LLVMTypeConverter &converter,
      RewritePatternSet &patterns) const final {
    // One address space: the runtime tells by the address what is where.
    converter.addTypeAttributeConversion(
        [](BaseMemRefType type, SpaceAttr) -> Attribute {
          return IntegerAttr::get(IntegerType::get(type.getContext(), 64), 0);
        });
    converter.addConversion(
        [](TokenType type) { return IntegerType::get(type.getContext(), 64); });
    converter.addConversion([](QueueType type) {
      return LLVM::LLVMPointerType::get(type.getContext());
    });
    patterns.add<
        LowerLoad, LowerStore, LowerAtomic, LowerCompareExchange, LowerAlloc,
        LowerResize, LowerFree, LowerScratchpad, LowerCall, LowerBarrier,
        LowerReduce, LowerDmaCopy, LowerDmaIndexed<DmaGatherOp, false>,
        LowerDmaIndexed<DmaScatterOp, true>, LowerDmaFill, LowerWait, LowerDone,
        LowerQueueCreate, LowerQueuePush, LowerQueuePop, LowerQueueDestroy,
        LowerFail, LowerCount, LowerEnterPhase, LowerPlace>(converter);
    patterns.add<LowerRangeOp<FlushOp>>(converter, "piuma_rt_flush");
    patterns.add<LowerRangeOp<InvalidateOp>>(converter, "piuma_rt_invalidate");
    patterns.add<LowerRangeOp<ReleaseOp>>(converter, "piuma_rt_release");
  }
};
} // namespace
} // namespace smash::piuma

void smash::registerConvertPiumaToLLVMInterface(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, piuma::PiumaDialect *dialect) {
    dialect->addInterfaces<piuma::PiumaToLLVMInterface>();
  });
}
