//===- Compiler.h - options in, compiled product out ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The embedding entry: describes a product, compiles a kernel for it, runs it
/// on matrices. No global state; several compilers may live at once.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_COMPILER_COMPILER_H
#define SMASH_COMPILER_COMPILER_H

#include "smash/Compiler/Module.h"
#include "smash/Strategy/Prediction.h"
#include "smash/Strategy/Statistics.h"
#include "smash/Support/StoredMatrix.h"
#include <memory>

namespace mlir {
class MLIRContext;
class ModuleOp;
} // namespace mlir

namespace smash {

namespace piuma {
class TargetModel;
} // namespace piuma
class PiumaProduct;
class PiumaProgram;
enum class PiumaRuntime;
enum class Sanitizer : int;

/// How far a product is lowered before its IR is printed.
enum class Stage { Smash, Kernel, Piuma, LLVMDialect, LLVMIR, Assembly };

/// A product C = A * B, and how to compile it.
struct ProductOptions {
  ValueType valueType = ValueType::F64;
  /// Widths of the operands and of C. C's positions may be wider.
  unsigned positionBits = 32;
  unsigned coordinateBits = 32;
  unsigned resultPositionBits = 32;
  /// How A, B, C and the mask are stored; widths of 0 are those above.
  StorageFormat formatA, formatB, formatC, formatMask;
  std::string semiring = "plus_times";
  /// What stands inside #smash.strategy<...>.
  std::string strategy = "auto";
  bool transposeA = false;
  bool transposeB = false;
  /// With a structural mask as third operand, of the operands' layout.
  bool masked = false;
  bool maskComplement = false;
  /// With a last operand of C's layout that the product is added to, by the
  /// semiring's add or, where it is not empty, by that of this name.
  bool accumulates = false;
  std::string accumulateAdd;
  /// C's rows in ascending column order.
  bool sorted = true;
  /// The same bits for any number of threads.
  bool deterministic = false;
  /// Blocks that run at once, and threads that share one block's scratchpad.
  int64_t blocks = 1;
  int64_t blockThreads = 1;
  /// On PIUMA: passes to leave out, of listOptionalPasses().
  std::vector<std::string> withoutPasses;
  /// Shapes that are constants of the kernel; dynamic when absent.
  std::optional<int64_t> rows, inner, cols;
  /// What generated code is instrumented for; nothing by default. See
  /// smash/Execution/HostEngine.h.
  Sanitizer sanitizer{};
};

/// What selection weighs for a product, and what it decides.
struct Explanation {
  /// Those that may be chosen first, the cheapest first.
  std::vector<PredictedStrategy> candidates;
  std::string chosen;    ///< in its primary spelling
  Prediction prediction; ///< of what was chosen
  std::string reason;    ///< why, in a line
  std::string machine;   ///< what stands inside #smash.machine<...>
};

/// What a compiler keeps between kernels.
struct CompilerOptions {
  /// A folder of kernels in machine code, which are used again for the same
  /// product, options, CPU and build of smash; empty: none. Shared by any
  /// number of processes (smash/Compiler/KernelCache.h).
  std::string cacheFolder;
  /// Kernels that were not used for long go when there is more than this.
  uint64_t cacheBytes = uint64_t(256) << 20;
};

/// A kernel in machine code. Thread-safe to run.
class CompiledProduct {
public:
  ~CompiledProduct();
  CompiledProduct(CompiledProduct &&) noexcept;

  /// C = A * B, where `mask` allows it if the product is masked, added to
  /// `accumulated` if the product accumulates. Operands in CSR must have the
  /// layout of the options, for other formats they are stored anew, and C
  /// becomes CSR again; errors name what differs. The mask's values are not
  /// read, and may be of any type. Out of memory and overflow are errors.
  llvm::Expected<Matrix> run(const Matrix &a, const Matrix &b,
                             const Matrix *mask = nullptr,
                             const Matrix *accumulated = nullptr) const;

  /// The same with operands and result in the formats of the options. Out of
  /// what `run` does, this alone needs no memory for each row of a matrix.
  llvm::Expected<StoredMatrix>
  runStored(const StoredMatrix &a, const StoredMatrix &b,
            const StoredMatrix *mask = nullptr) const;

  /// The strategy that was compiled, in its primary spelling.
  const std::string &strategy() const;
  /// CPU time from IR to machine code.
  double compileMs() const;
  /// Whether the machine code comes from the cache.
  bool isCached() const;

private:
  friend class Compiler;
  struct Implementation;
  explicit CompiledProduct(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation;
};

/// Compiles products for the host it runs on. Not for several threads at once;
/// several compilers are. What is compiled does not need its compiler any more.
class Compiler {
public:
  /// With a context of its own. The first diagnostic becomes the message of the
  /// error, one line.
  explicit Compiler(const CompilerOptions &options = {});
  /// With `context`, which must outlive it and learns the dialects of smash.
  /// Diagnostics are reported to its handlers, too. No other thread may use the
  /// context during a call.
  explicit Compiler(mlir::MLIRContext &context,
                    const CompilerOptions &options = {});
  ~Compiler();

  /// Compiles the product.
  llvm::Expected<CompiledProduct>
  compile(const ProductOptions &options,
          const ProductStatistics *statistics = nullptr);

  /// Compiles IR text that stands at `from` (Smash or Kernel), with a function
  /// of the form that `compile` builds.
  llvm::Expected<CompiledProduct> compileText(const ProductOptions &options,
                                              Stage from, llvm::StringRef text);

  /// Compiles every public function of `module`, which stays as it is: products
  /// of any form that `convert-linalg-to-smash` and the host pipeline take. The
  /// module must be of this compiler's context.
  llvm::Expected<CompiledModule>
  compileModule(mlir::ModuleOp module, const ModuleOptions &options = {});

  /// The same for a module as MLIR text or bytecode.
  llvm::Expected<CompiledModule>
  compileModule(llvm::StringRef text, const ModuleOptions &options = {});

  /// The IR after `stage`, as text.
  llvm::Expected<std::string>
  emit(const ProductOptions &options, Stage stage,
       const ProductStatistics *statistics = nullptr);

  /// What the cost model says of every strategy for the product on the host.
  llvm::Expected<Explanation> explain(const ProductOptions &options,
                                      const ProductStatistics &statistics);
  /// The same on a PIUMA-like machine.
  llvm::Expected<Explanation> explainPiuma(const ProductOptions &options,
                                           const piuma::TargetModel &target,
                                           const ProductStatistics &statistics);

  /// Compiles the product for a PIUMA-like machine. What the options say of
  /// blocks and threads is the target's to say.
  llvm::Expected<PiumaProduct>
  compilePiuma(const ProductOptions &options, const piuma::TargetModel &target,
               PiumaRuntime runtime,
               const ProductStatistics *statistics = nullptr);

  /// Compiles the text of a piuma program, as emitPiuma gives it after
  /// Stage::Piuma. Its target must be `target`.
  llvm::Expected<PiumaProduct>
  compilePiumaText(const ProductOptions &options,
                   const piuma::TargetModel &target, PiumaRuntime runtime,
                   llvm::StringRef text);

  /// The target that the text of a piuma program names, if it does.
  llvm::Expected<std::optional<piuma::TargetModel>>
  findPiumaTarget(llvm::StringRef text);

  /// Machine code of a piuma program in IR text. Its function `@main` takes
  /// nothing, and returns nothing or one number; `target` takes the place of
  /// the one that the module may name.
  llvm::Expected<PiumaProgram>
  compilePiumaProgram(llvm::StringRef text, const piuma::TargetModel &target,
                      PiumaRuntime runtime, Sanitizer sanitizer = {});

  /// The IR of that program after `stage`, as text. Machine code is of the
  /// timing runtime.
  llvm::Expected<std::string>
  emitPiuma(const ProductOptions &options, const piuma::TargetModel &target,
            Stage stage, const ProductStatistics *statistics = nullptr);

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation;
};

} // namespace smash

#endif // SMASH_COMPILER_COMPILER_H
