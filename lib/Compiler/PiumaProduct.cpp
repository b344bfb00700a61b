//===- PiumaProduct.cpp - piuma programs in machine code ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PiumaProduct.h"
#include "BuildProduct.h"
#include "Kernel.h"
#include "smash/Runtime/PiumaFunctional.h"
#include "smash/Runtime/Runtime.h"
#include <cstring>

using namespace smash;
using llvm::Expected;

static constexpr llvm::StringLiteral kCharges = "smash_charges";

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

EngineOptions smash::describePiumaEngine(const piuma::TargetModel &target,
                                         PiumaRuntime runtime) {
  EngineOptions options;
  if (runtime != PiumaRuntime::Functional)
    options.loopLimit = LoopLimit{PIUMA_RT_ENDLESS, "piuma_rt_endless"};
  if (runtime != PiumaRuntime::Timing) {
    options.symbols = runtime == PiumaRuntime::Functional
                          ? piuma::listFunctionalSymbols()
                          : piuma::listCheckingSymbols();
    return options;
  }
  // Scalar code: what the machine's threads would run.
  options.optLevel = 1;
  options.symbols = piuma::listTimingSymbols();
  InstructionCosts costs;
  auto classes = piuma::instructionClasses();
  for (unsigned i = 0; i < InstructionCosts::kClasses; ++i)
    costs.cycles[i] = target[classes[i].cycles];
  costs.variable = kCharges.str();
  costs.eventPrefix = "piuma_rt_";
  costs.loadFunction = "piuma_rt_load";
  costs.useFunction = piuma::kUseFunction.str();
  options.costs = costs;
  return options;
}

llvm::Error PiumaCode::link(mlir::ModuleOp module, llvm::StringRef function,
                            Sanitizer sanitizer) {
  if (sanitizer != Sanitizer::None && runtime != PiumaRuntime::Functional)
    return makeError("generated code can be instrumented for the functional "
                     "runtime only: the others run it on fibers");
  EngineOptions engineOptions = describePiumaEngine(target, runtime);
  engineOptions.sanitizer = sanitizer;
  auto linked = HostEngine::create(module, engineOptions);
  if (!linked)
    return linked.takeError();
  engine = std::move(*linked);
  if (llvm::Error error =
          engine->lookup(("_mlir_ciface_" + function).str()).moveInto(entry))
    return error;
  if (runtime != PiumaRuntime::Timing)
    return llvm::Error::success();
  void *variable = nullptr;
  if (llvm::Error error = engine->lookup(kCharges).moveInto(variable))
    return error;
  charges = static_cast<piuma::Charges *>(variable);
  return llvm::Error::success();
}

llvm::Error PiumaCode::run(uint64_t seed, int64_t mostSteps,
                           const std::function<void()> &program) const {
  if (runtime == PiumaRuntime::Timing)
    return makeError("the program was compiled for the timing runtime");
  piuma::FunctionalResult outcome =
      runtime == PiumaRuntime::Functional
          ? piuma::runFunctional({target, seed}, program)
          : piuma::runChecking({target, seed, /*unjoined=*/-1, mostSteps, {}},
                               program);
  if (!outcome.violation.empty())
    return makeError("the piuma program is wrong: " + outcome.violation);
  if (outcome.code != SMASH_RT_OK)
    return describeFailure(outcome.code, outcome.got, outcome.limit);
  return llvm::Error::success();
}

llvm::Error PiumaCode::simulate(piuma::TimingRun &machine,
                                const std::function<void()> &program) const {
  if (runtime != PiumaRuntime::Timing)
    return makeError("the program was compiled for the functional runtime");
  if (llvm::Error error = machine.run(program, charges))
    return error;
  int64_t got = 0, limit = 0;
  if (int32_t code = machine.takeError(&got, &limit))
    return describeFailure(code, got, limit);
  return llvm::Error::success();
}

PiumaProduct::PiumaProduct(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
PiumaProduct::~PiumaProduct() = default;
PiumaProduct::PiumaProduct(PiumaProduct &&) noexcept = default;

const std::string &PiumaProduct::strategy() const {
  return implementation->strategy;
}
double PiumaProduct::compileMs() const { return implementation->compileMs; }

namespace {
/// Those of the operands that the product has, in their formats, and as kernels
/// take them.
struct Operands {
  struct Part {
    const Buffer *buffer;
    piuma_rt_purpose purpose;
    const char *name;
  };
  /// What is stored anew; addresses of buffers stay.
  std::vector<StoredMatrix> stored;
  llvm::SmallVector<KernelOperand, 4> list;
  llvm::SmallVector<llvm::SmallVector<Part, maxBuffers>, 4> parts;
};
} // namespace

static Expected<Operands> storeOperands(const Matrix &a, const Matrix &b,
                                        const Matrix *mask,
                                        const Matrix *accumulated,
                                        const ProductOptions &options) {
  if (auto error = checkKernelOperands(a, b, mask, accumulated, options))
    return std::move(error);
  struct {
    const Matrix *matrix;
    const StorageFormat *format;
    piuma_rt_purpose purpose;
    const char *name;
  } const all[] = {
      {&a, &options.formatA, PIUMA_RT_A, "A"},
      {&b, &options.formatB, PIUMA_RT_B, "B"},
      {mask, &options.formatMask, PIUMA_RT_METADATA, "the mask"},
      {accumulated, &options.formatC, PIUMA_RT_C, "what is accumulated into"}};
  bool plain = isPlain(options);
  if (accumulated && !plain)
    return refuseAccumulated(options);
  Operands operands;
  operands.stored.reserve(std::size(all));
  for (const auto &[matrix, format, purpose, name] : all) {
    if (!matrix)
      continue;
    auto &parts = operands.parts.emplace_back();
    if (plain) {
      operands.list.emplace_back(*matrix);
      for (const Buffer *buffer :
           {&matrix->positions, &matrix->coordinates, &matrix->values})
        parts.push_back({buffer, purpose, name});
      continue;
    }
    auto stored = storeOperand(*matrix, *format, options);
    if (!stored)
      return stored.takeError();
    operands.stored.push_back(std::move(*stored));
    operands.list.emplace_back(operands.stored.back());
    for (const Buffer &buffer : operands.stored.back().buffers)
      parts.push_back({&buffer, purpose, name});
  }
  return operands;
}

/// C, from arrays of malloc.
static Expected<Matrix> takeResult(const KernelResult &c,
                                   const ProductOptions &options) {
  if (isPlain(options))
    return adoptResult(c, options);
  return unpackResult(adoptStored(c, options), options);
}

Expected<Matrix> PiumaProduct::run(const Matrix &a, const Matrix &b,
                                   const Matrix *mask,
                                   const Matrix *accumulated, uint64_t seed,
                                   int64_t mostSteps) const {
  const ProductOptions &options = implementation->options;
  if (implementation->runtime == PiumaRuntime::Checking) {
    auto checked =
        check(a, b, mask, accumulated, seed, /*unjoined=*/-1, mostSteps);
    if (!checked)
      return checked.takeError();
    if (!checked->violation.empty())
      return makeError("the piuma program is wrong: " + checked->violation);
    return std::move(checked->c);
  }
  auto operands = storeOperands(a, b, mask, accumulated, options);
  if (!operands)
    return operands.takeError();
  KernelResult c;
  llvm::Error error = implementation->run(seed, mostSteps, [&] {
    callKernel(implementation->entry, c, operands->list);
  });
  if (!error)
    return takeResult(c, options);
  adoptStored(c, options); // frees what is in vain
  return std::move(error);
}

Expected<CheckedRun> PiumaProduct::check(const Matrix &a, const Matrix &b,
                                         const Matrix *mask,
                                         const Matrix *accumulated,
                                         uint64_t seed, int64_t unjoined,
                                         int64_t mostSteps) const {
  const ProductOptions &options = implementation->options;
  if (implementation->runtime != PiumaRuntime::Checking)
    return makeError("the program was not compiled to be checked");
  auto operands = storeOperands(a, b, mask, accumulated, options);
  if (!operands)
    return operands.takeError();
  KernelResult c;
  piuma::CheckingOptions checking{
      implementation->target, seed, unjoined, mostSteps, {}};
  // Kernels do not write to their operands.
  for (const auto &parts : operands->parts)
    for (const Operands::Part &part : parts)
      checking.operands.push_back({part.buffer->data(),
                                   int64_t(part.buffer->size()),
                                   "an array of " + std::string(part.name)});
  piuma::CheckingResult outcome = piuma::runChecking(
      checking, [&] { callKernel(implementation->entry, c, operands->list); });
  CheckedRun run;
  run.bodies = outcome.bodies;
  run.violation = std::move(outcome.violation);
  if (!run.violation.empty())
    return run;
  if (outcome.code != SMASH_RT_OK) {
    adoptStored(c, options); // frees what is in vain
    return describeFailure(outcome.code, outcome.got, outcome.limit);
  }
  if (auto error = takeResult(c, options).moveInto(run.c))
    return std::move(error);
  return run;
}

/// Copies the operands to simulated memory; false when there is no room.
static bool place(piuma::TimingRun &machine, Operands &operands) {
  for (auto [operand, parts] : llvm::zip(operands.list, operands.parts))
    for (auto [descriptor, part] : llvm::zip(operand.parts, parts)) {
      void *data =
          machine.place(part.buffer->data(), part.buffer->size(), part.purpose);
      if (!data)
        return false;
      descriptor.allocated = descriptor.aligned = data;
    }
  return true;
}

/// Copies an array of the result out of simulated memory.
static llvm::Error fetch(Descriptor &part, size_t bytes) {
  bytes *= size_t(part.size);
  void *copy = std::malloc(std::max<size_t>(bytes, 1));
  if (!copy)
    return makeError("out of memory: C has arrays of " + llvm::Twine(bytes) +
                     " bytes");
  if (bytes)
    std::memcpy(copy, part.aligned, bytes);
  part.allocated = part.aligned = copy;
  return llvm::Error::success();
}

Expected<SimulatedRun>
PiumaProduct::simulate(const Matrix &a, const Matrix &b, const Matrix *mask,
                       const Matrix *accumulated,
                       const SimulateRunOptions &wanted) const {
  const ProductOptions &options = implementation->options;
  auto operands = storeOperands(a, b, mask, accumulated, options);
  if (!operands)
    return operands.takeError();
  auto machine = piuma::TimingRun::create({implementation->target, wanted.trace,
                                           wanted.progress, wanted.mostEvents});
  if (!machine)
    return machine.takeError();
  if (!place(**machine, *operands))
    return makeError("out of memory: the operands do not fit the simulated "
                     "address space");
  KernelResult c;
  if (llvm::Error error = implementation->simulate(**machine, [&] {
        callKernel(implementation->entry, c, operands->list);
      }))
    return std::move(error);
  // C leaves before the machine and its memory do.
  auto bytes = listElementBytes(resultFormatOf(options), options.valueType);
  for (auto [part, size] : llvm::zip(c.parts, bytes))
    if (auto error = fetch(part, size))
      return std::move(error);
  SimulatedRun result;
  if (auto error = takeResult(c, options).moveInto(result.c))
    return std::move(error);
  result.report = (*machine)->report();
  if (wanted.trace)
    result.trace = (*machine)->trace();
  return result;
}

//===----------------------------------------------------------------------===//
// Programs without operands
//===----------------------------------------------------------------------===//

PiumaProgram::PiumaProgram(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
PiumaProgram::~PiumaProgram() = default;
PiumaProgram::PiumaProgram(PiumaProgram &&) noexcept = default;

template <typename T>
static T callFor(void *entry) {
  return reinterpret_cast<T (*)()>(entry)();
}

std::string PiumaProgram::Implementation::call() const {
  if (!result) {
    callFor<void>(entry);
    return "";
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  if (result.isF32())
    os << callFor<float>(entry);
  else if (result.isF64())
    os << callFor<double>(entry);
  else
    os << callFor<int64_t>(entry);
  return text;
}

Expected<std::string> PiumaProgram::run(uint64_t seed,
                                        int64_t mostSteps) const {
  std::string result;
  if (llvm::Error error = implementation->run(
          seed, mostSteps, [&] { result = implementation->call(); }))
    return std::move(error);
  return result;
}

Expected<PiumaProgram::Simulated>
PiumaProgram::simulate(const SimulateRunOptions &wanted) const {
  auto machine = piuma::TimingRun::create({implementation->target, wanted.trace,
                                           wanted.progress, wanted.mostEvents});
  if (!machine)
    return machine.takeError();
  Simulated simulated;
  if (llvm::Error error = implementation->simulate(
          **machine, [&] { simulated.result = implementation->call(); }))
    return std::move(error);
  simulated.report = (*machine)->report();
  if (wanted.trace)
    simulated.trace = (*machine)->trace();
  return simulated;
}
