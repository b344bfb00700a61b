//===- Mutants.cpp - programs that lack one synchronisation -------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// smash-piuma-mutants [--every=N] [--seeds=N] [--verbose] [PRODUCT...]
//
// Takes each wait, barrier, invalidate, reduction, end of a spawn or launch,
// and atomic of each shipped piuma program away in turn (an atomic becomes a
// load, an operation and a store), and asks piuma-verify-synchronization and
// checked runs whether they notice. A mutant that gives another answer and is
// not reported is a failure; so is one that survives (save an invalidate, where
// an earlier one is of the same buffer), one that is not reached (save the note
// that memory ran out), and a report about a program as it is shipped.
//
//===----------------------------------------------------------------------===//

#include "Piuma/IR/Piuma.h"
#include "Piuma/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "smash/Compiler/Piuma.h"
#include "smash/Pipelines/RegisterAll.h"
#include "smash/Reference/Reference.h"
#include "smash/Strategy/Statistics.h"
#include "smash/Support/Generators.h"
#include "smash/Support/MatrixMarket.h"
#include "smash/Support/StoredMatrix.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace smash;

namespace {

/// A product, and the program that it is shipped as.
struct Product {
  const char *strategy;
  enum Masking { None, Mask, Complement } mask = None;
  bool accumulates = false, sorted = true, transposesA = false;
  const char *semiring = "plus_times";

  constexpr Product(const char *strategy) : strategy(strategy) {}

  constexpr Product masked(Masking by) const {
    Product product = *this;
    product.mask = by;
    return product;
  }
  constexpr Product addedToC() const {
    Product product = *this;
    product.accumulates = true;
    return product;
  }
  constexpr Product inAnyOrder() const {
    Product product = *this;
    product.sorted = false;
    return product;
  }
  constexpr Product ofTransposedA() const {
    Product product = *this;
    product.transposesA = true;
    return product;
  }
  constexpr Product over(const char *semiring) const {
    Product product = *this;
    product.semiring = semiring;
    return product;
  }

  std::string name() const {
    std::string name = strategy;
    if (mask != None)
      name += mask == Mask ? " with a mask" : " with a complement";
    if (accumulates)
      name += " added to C";
    if (transposesA)
      name += " of A transposed";
    if (StringRef(semiring) != "plus_times")
      name += std::string(" over ") + semiring;
    return sorted ? name : name + " in any order";
  }
};

constexpr Product kProducts[] = {
    {"inner"},
    Product("inner").masked(Product::Mask),
    Product("inner").masked(Product::Complement),
    {"outer"},
    Product("outer").masked(Product::Mask),
    Product("outer").masked(Product::Complement),
    {"row_wise, accumulator = hash"},
    Product("row_wise, accumulator = hash").masked(Product::Mask),
    Product("row_wise, accumulator = hash").ofTransposedA(),
    {"row_wise, accumulator = hash, phases = two"},
    {"row_wise, accumulator = dense"},
    {"row_wise, accumulator = dense, occupancy = bitmap"},
    {"row_wise, bins = [<bound 9: sort>, <else: merge>]"},
    {"smash_v1"},
    Product("smash_v1").masked(Product::Mask),
    {"smash_v1, table = fragmented"},
    {"smash_v2"},
    Product("smash_v2").inAnyOrder(),
    Product("smash_v2").masked(Product::Mask),
    {"smash_v3"},
    Product("smash_v3").inAnyOrder(),
    Product("smash_v3").masked(Product::Mask),
    Product("smash_v3").ofTransposedA(),
    Product("smash_v3").over("min_plus"),
    {"smash_best"},
    Product("smash_best").masked(Product::Mask),
    Product("smash_best").masked(Product::Complement),
    Product("smash_best").addedToC(),
    Product("smash_best").over("min_plus")};

/// What becomes of a mutant.
enum class Fate { Caught, NotReached, Harmless, Missed };

struct Tool {
  int64_t every = 1, seeds = 4;
  bool verbose = false;
  int64_t number = 0; ///< of mutants that were looked at
  int64_t counts[4] = {};
  bool failed = false;
};

struct Program {
  std::string name;
  ProductOptions options;
  piuma::TargetModel target;
  Matrix a, b;
  Matrix c; ///< a mask, or what C holds before
  std::string text;

  const Matrix *mask() const { return options.masked ? &c : nullptr; }
  const Matrix *accumulated() const {
    return options.accumulates ? &c : nullptr;
  }
};

} // namespace

static llvm::Expected<Matrix> makeMatrix(StringRef description) {
  auto matrix = loadMatrix(description, {});
  if (!matrix)
    return matrix;
  return convertIndices(std::move(*matrix), 32, 32);
}

// What smash_best shares among all threads of a block: two long rows of B,
// which are not of the same columns, met by rows of C that stand together, and
// once more by a row that has nearly all entries of its window.

static llvm::Expected<Matrix> makeEntries(int64_t rows, int64_t cols,
                                          void (*list)(EntryList &)) {
  EntryList entries;
  entries.rows = rows;
  entries.cols = cols;
  list(entries);
  auto values = Buffer::allocate(entries.row.size() * sizeof(double));
  if (!values)
    return values.takeError();
  for (size_t i = 0; i < entries.row.size(); ++i)
    values->as<double>()[i] = double(1 + i % 7);
  entries.values = std::move(*values);
  return smash::makeMatrix(entries, 32, 32);
}

static void add(EntryList &entries, int64_t row, int64_t column) {
  entries.row.push_back(row);
  entries.col.push_back(column);
}

static void addHubs(EntryList &entries) {
  for (int64_t row = 0; row < 640; ++row) {
    if (row < 4)
      add(entries, row, 0);
    if (row < 4 || row == 40)
      add(entries, row, 1);
    for (int64_t i = 0; i < 2; ++i)
      add(entries, row, 2 + (3 * row + 5 * i) % 62);
  }
}

/// The short ones meet each other in a column.
static void addHubRows(EntryList &entries) {
  for (int64_t column = 0; column < 300; ++column)
    add(entries, 0, column);
  for (int64_t column = 32; column < 300; ++column)
    add(entries, 1, column);
  for (int64_t row = 2; row < 64; ++row) {
    add(entries, row, row % 5);
    add(entries, row, 260 + row % 7);
  }
}

//===----------------------------------------------------------------------===//
// Taking away
//===----------------------------------------------------------------------===//

static bool isMutable(Operation *op) {
  return isa<piuma::WaitOp, piuma::BarrierOp, piuma::InvalidateOp,
             piuma::ReduceOp, piuma::AtomicOp, piuma::CompareExchangeOp>(op);
}

static Value combine(ImplicitLocOpBuilder &b, piuma::AtomicKind kind, Value old,
                     Value value) {
  bool isFloat = isa<FloatType>(value.getType());
  switch (kind) {
  case piuma::AtomicKind::Add:
    if (isFloat)
      return arith::AddFOp::create(b, old, value);
    return arith::AddIOp::create(b, old, value);
  case piuma::AtomicKind::Min:
    if (isFloat)
      return arith::MinimumFOp::create(b, old, value);
    return arith::MinSIOp::create(b, old, value);
  case piuma::AtomicKind::Max:
    if (isFloat)
      return arith::MaximumFOp::create(b, old, value);
    return arith::MaxSIOp::create(b, old, value);
  case piuma::AtomicKind::And:
    return arith::AndIOp::create(b, old, value);
  case piuma::AtomicKind::Or:
    return arith::OrIOp::create(b, old, value);
  case piuma::AtomicKind::Xor:
    return arith::XOrIOp::create(b, old, value);
  case piuma::AtomicKind::Exchange:
    return value;
  }
  return value;
}

/// The bits of `value` as a `type` that is as wide.
static Value cast(ImplicitLocOpBuilder &b, Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (value.getType().isIndex() || type.isIndex())
    return arith::IndexCastOp::create(b, type, value);
  return arith::BitcastOp::create(b, type, value);
}

/// Takes the synchronisation of `op` away, and leaves what it computes.
static void weaken(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  if (auto atomic = dyn_cast<piuma::AtomicOp>(op)) {
    Value old = piuma::LoadOp::create(b, atomic.getValue().getType(),
                                      atomic.getMemref(), atomic.getIndex(),
                                      piuma::Caching::Uncached);
    piuma::StoreOp::create(
        b, combine(b, atomic.getKind(), old, atomic.getValue()),
        atomic.getMemref(), atomic.getIndex(), piuma::Caching::Uncached);
    if (atomic.getOld())
      atomic.getOld().replaceAllUsesWith(old);
  } else if (auto exchange = dyn_cast<piuma::CompareExchangeOp>(op)) {
    Type element =
        llvm::cast<MemRefType>(exchange.getMemref().getType()).getElementType();
    Value loaded =
        piuma::LoadOp::create(b, element, exchange.getMemref(),
                              exchange.getIndex(), piuma::Caching::Uncached);
    Value old = cast(b, loaded, exchange.getType());
    Value same = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, old,
                                       exchange.getExpected());
    auto branch = scf::IfOp::create(b, same, /*withElseRegion=*/false);
    b.setInsertionPointToStart(branch.thenBlock());
    piuma::StoreOp::create(b, cast(b, exchange.getDesired(), element),
                           exchange.getMemref(), exchange.getIndex(),
                           piuma::Caching::Uncached);
    exchange.getOld().replaceAllUsesWith(old);
  } else if (auto reduce = dyn_cast<piuma::ReduceOp>(op)) {
    reduce.getResult().replaceAllUsesWith(reduce.getValue());
  }
  op->erase();
}

/// Whether `op` notes that memory ran out, which it does not here.
static bool notesFailure(Operation *op) {
  auto atomic = dyn_cast<piuma::AtomicOp>(op);
  return atomic && atomic.getKind() == piuma::AtomicKind::Exchange &&
         !atomic.getOld();
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os);
  return text;
}

/// What the pass says about `module`, or "".
static std::string verifySynchronization(ModuleOp module) {
  std::string found;
  ScopedDiagnosticHandler handler(
      module.getContext(), [&](Diagnostic &diagnostic) {
        if (found.empty() &&
            diagnostic.getSeverity() == DiagnosticSeverity::Error)
          found = diagnostic.str();
        return success();
      });
  PassManager pm(module.getContext());
  pm.addPass(piuma::createVerifySynchronization());
  if (failed(pm.run(module)) && found.empty())
    found = "the pass failed";
  return found;
}

/// What a checked run says about `text`; "" when it says nothing and the answer
/// is right, and "wrong" when it is not.
static std::string check(const Program &program, const PiumaProduct &product,
                         uint64_t seed, int64_t unjoined, int64_t *bodies) {
  // A run of a whole program takes some 200,000 steps.
  auto run = product.check(program.a, program.b, program.mask(),
                           program.accumulated(), seed, unjoined,
                           /*mostSteps=*/10'000'000);
  if (!run)
    return "error: " + toString(run.takeError());
  *bodies = run->bodies;
  if (!run->violation.empty())
    return run->violation;
  reference::Product asked;
  asked.semiring = program.options.semiring;
  asked.transposeA = program.options.transposeA;
  asked.mask = program.mask();
  asked.maskComplement = program.options.maskComplement;
  asked.accumulated = program.accumulated();
  auto comparison = reference::compare(run->c, program.a, program.b, asked);
  if (!comparison)
    return "error: " + toString(comparison.takeError());
  return comparison->equal ? "" : "wrong: " + comparison->message;
}

static void tell(Tool &tool, const Program &program, const std::string &what,
                 Fate fate, const std::string &why) {
  static const char *const kNames[] = {"caught", "not reached", "harmless",
                                       "MISSED"};
  ++tool.counts[int(fate)];
  tool.failed |= fate == Fate::Missed;
  if (tool.verbose || fate == Fate::Missed)
    llvm::outs() << program.name << ": " << what << ": " << kNames[int(fate)]
                 << (why.empty() ? "" : ": ") << why << "\n";
}

/// Runs all seeds of a mutant and tells its fate.
static void judge(Tool &tool, const Program &program,
                  const PiumaProduct &product, const std::string &what,
                  int64_t unjoined, bool maySurvive = false) {
  for (int64_t seed = 0; seed < tool.seeds; ++seed) {
    int64_t bodies;
    std::string found =
        check(program, product, uint64_t(seed), unjoined, &bodies);
    if (found.empty())
      continue;
    bool isReport = !StringRef(found).starts_with("wrong") &&
                    !StringRef(found).starts_with("error");
    return tell(tool, program, what, isReport ? Fate::Caught : Fate::Missed,
                found);
  }
  tell(tool, program, what, maySurvive ? Fate::Harmless : Fate::Missed,
       "survives");
}

static llvm::Expected<PiumaProduct> compile(const Program &program,
                                            const std::string &text) {
  return Compiler().compilePiumaText(program.options, program.target,
                                     PiumaRuntime::Checking, text);
}

static llvm::Error tryOp(Tool &tool, const Program &program, ModuleOp original,
                         size_t index) {
  OwningOpRef<ModuleOp> module = original.clone();
  SmallVector<Operation *> ops;
  module->walk([&](Operation *op) {
    if (isMutable(op))
      ops.push_back(op);
  });
  Operation *op = ops[index];
  std::string what;
  llvm::raw_string_ostream os(what);
  op->print(os, OpPrintingFlags().useLocalScope());
  what = "'" + StringRef(what).split('\n').first.str() + "' without " +
         (isa<piuma::WaitOp, piuma::BarrierOp, piuma::InvalidateOp>(op)
              ? "effect"
              : "atomicity");
  bool mayBeUnreached = notesFailure(op);
  bool maySurvive = isa<piuma::InvalidateOp>(op);

  // Whether the program comes by at all: a mark that is an error.
  OwningOpRef<ModuleOp> marked = original.clone();
  SmallVector<Operation *> places;
  marked->walk([&](Operation *other) {
    if (isMutable(other))
      places.push_back(other);
  });
  ImplicitLocOpBuilder b(places[index]->getLoc(), places[index]);
  Value zero = arith::ConstantIndexOp::create(b, 0);
  piuma::FailOp::create(b, 1, zero, zero);

  weaken(op);
  std::string found = verifySynchronization(*module);
  if (!found.empty()) {
    tell(tool, program, what, Fate::Caught, "statically: " + found);
    return llvm::Error::success();
  }
  auto reaching = compile(program, print(*marked));
  if (!reaching)
    return reaching.takeError();
  int64_t bodies;
  if (check(program, *reaching, 0, -1, &bodies).empty()) {
    tell(tool, program, what, mayBeUnreached ? Fate::NotReached : Fate::Missed,
         "not reached");
    return llvm::Error::success();
  }
  auto product = compile(program, print(*module));
  if (!product)
    return product.takeError();
  judge(tool, program, *product, what, -1, maySurvive);
  return llvm::Error::success();
}

static llvm::Error tryProgram(Tool &tool, Program &program,
                              MLIRContext &context) {
  auto module = parseSourceString<ModuleOp>(program.text, &context);
  if (!module)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "the program does not parse");
  auto shipped = compile(program, program.text);
  if (!shipped)
    return shipped.takeError();
  int64_t bodies = 0;
  std::string found = verifySynchronization(*module);
  for (int64_t seed = 0; seed < tool.seeds && found.empty(); ++seed)
    found = check(program, *shipped, uint64_t(seed), -1, &bodies);
  if (!found.empty()) {
    tool.failed = true;
    llvm::outs() << program.name << ": as it is shipped: " << found << "\n";
    return llvm::Error::success();
  }
  size_t count = 0;
  module->walk([&](Operation *op) { count += isMutable(op); });
  for (size_t i = 0; i < count; ++i)
    if (tool.number++ % tool.every == 0)
      if (llvm::Error error = tryOp(tool, program, *module, i))
        return error;
  for (int64_t i = 0; i < bodies; ++i)
    if (tool.number++ % tool.every == 0)
      judge(tool, program, *shipped,
            "the end of body " + std::to_string(i) + " without effect", i);
  return llvm::Error::success();
}

static llvm::Error run(Tool &tool, ArrayRef<std::string> names) {
  DialectRegistry registry;
  smash::registerAllDialects(registry);
  // What a program may hold besides: the context that parses it knows no pass.
  registry.insert<arith::ArithDialect, math::MathDialect, memref::MemRefDialect,
                  scf::SCFDialect, vector::VectorDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  for (const Product &product : kProducts) {
    if (!names.empty() && !is_contained(names, product.name()))
      continue;
    Program program{product.name(), {}, {}, {}, {}, {}, ""};
    auto target = piuma::TargetModel::byName("piuma-1core");
    if (!target)
      return target.takeError();
    bool isBest = StringRef(product.strategy) == "smash_best";
    // Few threads, two cores, and windows of a few rows; some rows fit none. A
    // packed table holds more of them than a fragmented one.
    bool isPacked = StringRef(product.strategy) == "smash_v1" ||
                    StringRef(product.strategy) == "smash_v2";
    int64_t scratchpad = isBest                                      ? 65536
                         : isPacked && product.mask == Product::Mask ? 8192
                                                                     : 16384;
    const std::pair<StringRef, int64_t> changes[] = {
        {"cores", 2},
        {"threads_per_mtp", 2},
        {"scratchpad_bytes", scratchpad},
        {"scratchpad_reserve_bytes", 0}};
    for (const auto &[key, value] : changes)
      if (llvm::Error error = target->set(key, value))
        return error;
    program.target = *target;
    auto a = makeMatrix("gen:rmat,scale=6,nnz=260,seed=1");
    auto b = makeMatrix("gen:er,rows=64,cols=300,degree=12,seed=2");
    if (isBest) {
      a = makeEntries(640, 64, addHubs);
      b = makeEntries(64, 300, addHubRows);
    }
    // A mask leaves rows that no window holds.
    StringRef degree = product.mask == Product::Mask ? "250" : "40";
    auto c = makeMatrix(("gen:er,rows=" + Twine(isBest ? 640 : 64) +
                         ",cols=300,degree=" + degree + ",seed=3")
                            .str());
    if (!a || !b || !c)
      return joinErrors(joinErrors(a.takeError(), b.takeError()),
                        c.takeError());
    program.a = std::move(*a);
    program.b = std::move(*b);
    program.c = std::move(*c);
    program.options.strategy = product.strategy;
    program.options.masked = product.mask != Product::None;
    program.options.maskComplement = product.mask == Product::Complement;
    program.options.accumulates = product.accumulates;
    program.options.sorted = product.sorted;
    program.options.transposeA = product.transposesA;
    program.options.semiring = product.semiring;
    program.options.rows = program.a.rows;
    program.options.inner = program.a.cols;
    program.options.cols = program.b.cols;
    if (product.transposesA)
      std::swap(program.options.rows, program.options.inner);
    auto statistics =
        computeStatistics(program.a, program.b, product.transposesA, false);
    if (!statistics)
      return statistics.takeError();
    if (llvm::Error error = Compiler()
                                .emitPiuma(program.options, program.target,
                                           Stage::Piuma, &*statistics)
                                .moveInto(program.text))
      return error;
    if (llvm::Error error = tryProgram(tool, program, context))
      return error;
  }
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  Tool tool;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    StringRef argument(argv[i]);
    if (argument == "--verbose")
      tool.verbose = true;
    else if (argument.consume_front("--every="))
      argument.getAsInteger(10, tool.every);
    else if (argument.consume_front("--seeds="))
      argument.getAsInteger(10, tool.seeds);
    else
      names.push_back(argument.str());
  }
  if (llvm::Error error = run(tool, names)) {
    llvm::errs() << "error: " << toString(std::move(error)) << "\n";
    return 1;
  }
  llvm::outs() << tool.counts[0] << " mutants caught, " << tool.counts[1]
               << " not reached, " << tool.counts[2] << " harmless, "
               << tool.counts[3] << " missed\n";
  return tool.failed || tool.counts[0] == 0;
}
