//===- Help.cpp - what smash says of itself -------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Flags.h"
#include "Piuma/TargetModel/TargetModel.h"
#include "smash/Support/Generators.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Format.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

namespace smash::driver {

/// Appends `text` to a column that starts at `indent`, broken into lines.
static void printWrapped(raw_ostream &os, StringRef text, size_t indent) {
  constexpr size_t kWidth = 80;
  size_t column = indent;
  for (StringRef word : llvm::split(text, ' ')) {
    if (column != indent && column + 1 + word.size() >= kWidth) {
      os << "\n" << std::string(indent, ' ');
      column = indent;
    }
    if (column != indent) {
      os << ' ';
      ++column;
    }
    os << word;
    column += word.size();
  }
  os << "\n";
}

void printVersion(raw_ostream &os) {
  os << "smash " SMASH_VERSION " with LLVM " LLVM_VERSION_STRING ", for "
     << sys::getProcessTriple() << ", " << sys::getHostCPUName() << "\n";
}

void printHelp(raw_ostream &os) {
  os << R"(smash: a compiler for products of sparse matrices

Usage: smash COMMAND ...

Commands:
  multiply A [B]    compile a kernel for C = A*B, run it and tell about it
  simulate A [B]    run it on a PIUMA-like machine with stated parameters
  explain A [B]     what each strategy is expected to cost, and why one is
                    chosen
  compile [FILE]    an object and a C header, for programs without a compiler
  cache             list or clear the kernels that were compiled before

Examples:
  smash multiply A.mtx --check            C = A*A, compared with a plain product
  smash multiply A.mtx B.mtx -o C.mtx     C = A*B, written
  smash multiply gen:rmat,scale=12 --semiring=min_plus --threads=2
  smash explain A.mtx --measure           what each strategy costs
  smash simulate A.mtx --strategy=smash_v3
  smash compile --value-type=f32 -o product

  smash COMMAND --help    the flags of a command, and more examples
  smash --version         versions of smash and of LLVM, and the host's CPU
  man smash               all of this
)";
}

static void printFlags(raw_ostream &os, Commands command) {
  StringRef group;
  for (const Flag &flag : listFlags()) {
    if (flag.group.empty() || !(flag.commands & command))
      continue;
    if (flag.group != group)
      os << "\n" << flag.group << ":\n";
    group = flag.group;
    std::string spelling = flag.name.str();
    if (!flag.value.empty())
      spelling += (flag.name.starts_with("--") ? "=" : " ") + flag.value.str();
    constexpr size_t kColumn = 24;
    os << "  " << left_justify(spelling, kColumn - 2);
    if (spelling.size() + 3 > kColumn)
      os << "\n" << std::string(kColumn, ' ');
    printWrapped(os, flag.help, kColumn);
  }
}

static void printGenerators(raw_ostream &os) {
  os << "\nTypes: " << listValueTypes() << "\n";
  os << R"(
Generators stand wherever a matrix file may:
)";
  std::string generators = listGenerators();
  for (StringRef line : llvm::split(StringRef(generators).rtrim('\n'), '\n'))
    os << "  " << line << "\n";
}

void printSimulateHelp(raw_ostream &os) {
  os << R"(smash simulate: C = A*B on a PIUMA-like machine with stated parameters

Usage: smash simulate A [B] [FLAGS]
       smash simulate PROGRAM.mlir [FLAGS]

Compiles a piuma program, runs it on a simulated machine, and tells how long
that took there, and why. No number of the machine is measured: some are
published, the others are ours, and all can be set. The report is the same on
every run. PROGRAM.mlir is a piuma program whose function @main takes nothing
and returns nothing or one number.
)";
  printFlags(os, kSimulate);
  os << "\nNumbers of a target, and those of piuma-1core:\n";
  for (const piuma::ParameterInfo &info : piuma::TargetModel::parameters()) {
    std::string value = std::to_string(info.value);
    if (!info.unit.empty())
      value += " " + info.unit.str();
    os << "  " << left_justify(info.key, 28) << left_justify(value, 15);
    printWrapped(os, (info.meaning + " (" + info.source + ")").str(), 45);
  }
  printGenerators(os);
  os << R"(
Examples:
  smash simulate A.mtx --strategy=smash_v2 --check
  smash simulate A.mtx --target=piuma-8core --report=r.json --trace=t.json
  smash simulate A.mtx --set=dram_ns=200 --set=atomic_cycles=8
  smash simulate A.mtx --sweep=dram_ns=45,100,200,400
  smash simulate A.mtx --emit=piuma > product.mlir
  smash simulate program.mlir --set=dram_ns=200
  smash simulate A.mtx --functional --checking --seed=7

Exit status: 0, or 1 when something failed; then one line says what and no
file is written.
)";
}

void printExplainHelp(raw_ostream &os) {
  os << R"(smash explain: what each strategy for C = A*B is expected to cost

Usage: smash explain A [B] [FLAGS]

Prints what decides: products, a bound and an estimate of the non-zeros of C,
the rows by their bound; then each dataflow with each accumulator, its predicted
time and the most of what that is made of; and what is chosen, and why. A
prediction is counts times the constants of a table, on the host or on a
PIUMA-like machine with stated parameters. With --measure, all are run.
)";
  printFlags(os, kExplain);
  printGenerators(os);
  os << R"(
Examples:
  smash explain A.mtx
  smash explain A.mtx --measure --threads=1 --report=r.json
  smash explain A.mtx --transpose-b --mask=M.mtx --semiring=plus_pair
  smash explain A.mtx --target=piuma-1core --measure

Exit status: 0, or 1 when something failed; then one line says what and no
file is written.
)";
}

void printCompileHelp(raw_ostream &os) {
  os << R"(smash compile: products ahead of time, for programs that C can link

Usage: smash compile [FILE.mlir] [FLAGS]

Writes an object and a C header with each public function of FILE.mlir, which
takes and returns CSR matrices, plans and numbers; without a file, with the
product that the flags describe, as a function called NAME. A function that is
one product NAME gets NAME_fill and NAME_numeric, which fill arrays of the
caller's, and NAME_size and NAME_symbolic, which tell how large these must be.
The header says how a program is built with it: with one thread, the object
needs a C library only.
)";
  printFlags(os, kCompile);
  os << "\nTypes: " << listValueTypes() << "\n";
  os << R"(
Examples:
  smash compile product.mlir                      product.o and product.h
  smash compile product.mlir --cpu=x86-64-v3 -o lib/product
  smash compile --semiring=min_plus --value-type=f32 -o shortest
  smash compile --threads=4 --emit=shared,header -o multiply

Exit status: 0, or 1 when something failed; then one line says what and no
file is written.
)";
}

void printCacheHelp(raw_ostream &os) {
  os << R"(smash cache: kernels that were compiled before

Usage: smash cache list|clear|path [--cache=FOLDER]

Kernels of `smash multiply` are kept in a folder, in machine code, for the next
product with the same types, strategy and threads on this CPU. A damaged file is
compiled again; the longest unused go when there are more than 256 MiB.
--no-cache, or an empty $SMASH_CACHE_DIR, keeps none.

  list     what is there, the most recently used first
  clear    delete all of it
  path     print the folder
)";
  printFlags(os, kCache);
}

void printMultiplyHelp(raw_ostream &os) {
  os << R"(smash multiply: C = A*B, with a kernel compiled for just this product

Usage: smash multiply A [B] [FLAGS]

A and B are Matrix Market files, plain or gzipped, or generators; B is A again
when it is left out. Prints a summary: shapes, counts, times and the strategy.
)";
  printFlags(os, kMultiply);
  printGenerators(os);
  os << R"(
Examples:
  smash multiply A.mtx -o C.mtx --check           C = A*A, written and checked
  smash multiply A.mtx --transpose-b              C = A*A^T
  smash multiply A.mtx --semiring=min_plus --threads=2 --repeat=5
  smash multiply A.mtx --strategy='row_wise, accumulator = hash'
  smash multiply A.mtx --emit=kernel > kernel.mlir
  smash multiply A.mtx --from=kernel:kernel.mlir  run the kernel of that text
  smash multiply A.mtx --report=- | python3 -m json.tool

Exit status: 0, or 1 when something failed; then one line says what and no
file is written.
)";
}

} // namespace smash::driver
