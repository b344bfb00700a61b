//===- LibraryHeader.cpp - the C header of a library ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LibraryParts.h"
#include "Smash/IR/Smash.h"
#include "Smash/Transforms/CheckStrategy.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace smash;

static unsigned bitsOf(Type type) { return type.getIntOrFloatBitWidth(); }

/// The C type of a number, in memory or passed.
static std::string spellNumber(Type type) {
  if (type.isF32())
    return "float";
  if (type.isF64())
    return "double";
  if (type.isIndex())
    return "int64_t";
  if (type.isInteger(1))
    return "uint8_t";
  if (auto complex = dyn_cast<ComplexType>(type))
    return "smash_complex_" +
           std::string(complex.getElementType().isF32() ? "f32" : "f64");
  return "int" + std::to_string(bitsOf(type)) + "_t";
}

/// What stands for a value type in a struct's name.
static std::string abbreviate(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return "c" + std::to_string(2 * bitsOf(complex.getElementType()));
  return (type.isIntOrIndex() ? "i" : "f") + std::to_string(bitsOf(type));
}

static std::string structName(const Parameter &parameter) {
  std::string widths = "_p" + std::to_string(bitsOf(parameter.positionType())) +
                       "_c" +
                       std::to_string(bitsOf(parameter.coordinateType()));
  return parameter.kind == Parameter::Plan
             ? "smash_plan" + widths
             : "smash_csr_" + abbreviate(parameter.valueType()) + widths;
}

static std::string toMacro(StringRef name) {
  std::string macro = name.upper();
  for (char &c : macro)
    if (!llvm::isAlnum(c))
      c = '_';
  return macro;
}

/// A comment of several lines, each at most 80 columns wide.
static void printComment(raw_ostream &os, StringRef text) {
  std::string line = "/* ";
  SmallVector<StringRef> paragraphs;
  text.split(paragraphs, '\n');
  bool first = true;
  for (StringRef paragraph : paragraphs) {
    if (!first) {
      os << StringRef(line).rtrim() << "\n";
      line = "   ";
    }
    first = false;
    size_t words = 0;
    for (StringRef word : llvm::split(paragraph, ' ')) {
      if (words++ && line.size() + 1 + word.size() > 77) {
        os << line << "\n";
        line = "   ";
      } else if (words > 1) {
        line += " ";
      }
      line += word;
    }
  }
  os << line << " */\n";
}

static constexpr llvm::StringLiteral kCommon = R"(
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What all headers of smash share. */
#ifndef SMASH_COMMON
#define SMASH_COMMON

/* What a function returns. On a failure its results are left as they were, but
   for what stands in arrays of the caller's that it was to fill. */
enum smash_code {
  SMASH_OK = 0,
  SMASH_OUT_OF_MEMORY = 1,     /* got elements of limit bytes were asked for */
  SMASH_POSITION_OVERFLOW = 2, /* got entries; positions hold up to limit */
  SMASH_PLAN_MISMATCH = 3,     /* a plan of operands of another pattern */
  SMASH_NO_THREADS = 4,        /* got blocks of limit threads */
  SMASH_SHAPE_MISMATCH = 5,    /* got and limit are sizes that must be equal */
  SMASH_NULL_ARGUMENT = 6,     /* argument number got, from 0, is null, or has
                                  no arrays to fill */
  SMASH_COORDINATE_OVERFLOW = 7, /* got rows or columns; coordinates tell limit
                                    of them apart */
  SMASH_CAPACITY = 8           /* got entries; there is room for limit */
};

/* A failure: a smash_code, and the two numbers that it speaks of. */
typedef struct smash_error {
  int32_t code;
  int64_t got, limit;
} smash_error;

/* Where memory comes from, and how many threads are used. A null context, or
   one whose callbacks are null, takes memory from malloc. A function that uses
   threads calls the callbacks from several at once. Operands may come from
   anywhere; a result is released with the context that it was made with. */
typedef struct smash_context {
  /* bytes (at least 1), aligned as malloc does, zeroed unless zeroed is 0;
     null when there are none. An upper bound is asked for and resized later:
     memory that is not touched should cost nothing. */
  void *(*allocate)(void *user, size_t bytes, int32_t zeroed);
  /* Shrinks an array, as realloc does; null when it cannot, and data stays. */
  void *(*resize)(void *user, void *data, size_t bytes);
  /* Takes back an array; null is allowed. */
  void (*release)(void *user, void *data);
  void *user;      /* handed to the callbacks */
  int64_t threads; /* the most that are used; 0: all cores */
} smash_context;

/* Releases an array that a function allocated with the same context. */
static inline void smash_release(const smash_context *context, void *data) {
  if (context && context->release)
    context->release(context->user, data);
  else
    free(data);
}

/* What a code means, in English. */
static inline const char *smash_describe(int32_t code) {
  switch (code) {
  case SMASH_OK:
    return "no error";
  case SMASH_OUT_OF_MEMORY:
    return "out of memory";
  case SMASH_POSITION_OVERFLOW:
    return "the result has more entries than its positions hold";
  case SMASH_PLAN_MISMATCH:
    return "the plan was made for operands of another pattern";
  case SMASH_NO_THREADS:
    return "out of threads";
  case SMASH_SHAPE_MISMATCH:
    return "the shapes do not match";
  case SMASH_NULL_ARGUMENT:
    return "an argument is null";
  case SMASH_COORDINATE_OVERFLOW:
    return "more rows or columns than coordinates tell apart";
  case SMASH_CAPACITY:
    return "the result has more entries than there is room for";
  }
  return "unknown error";
}

#endif /* SMASH_COMMON */
)";

static void printStruct(raw_ostream &os, const Parameter &parameter) {
  std::string name = structName(parameter), macro = toMacro(name);
  bool isPlan = parameter.kind == Parameter::Plan;
  std::string position =
      "uint" + std::to_string(bitsOf(parameter.positionType())) + "_t";
  std::string coordinate =
      "uint" + std::to_string(bitsOf(parameter.coordinateType())) + "_t";
  os << "\n#ifndef " << macro << "\n#define " << macro << "\n\n";
  if (isPlan)
    printComment(os, "The pattern of a product, and of which one: to be filled "
                     "with values any number of times.");
  else
    printComment(os,
                 "A sparse matrix in CSR: entry i of row r, from "
                 "positions[r] to positions[r + 1] - 1, stands in column "
                 "coordinates[i], counted from 0. The columns of an "
                 "operand's row ascend, and its arrays are not written to.");
  os << "typedef struct " << name << " {\n"
     << "  int64_t rows, cols;\n"
     << "  " << position << " *positions; /* rows + 1, from 0 */\n"
     << "  " << coordinate << " *coordinates; /* positions[rows] */\n";
  if (isPlan)
    os << "  uint64_t fingerprint; /* of the operands' patterns */\n";
  else
    os << "  " << spellNumber(parameter.valueType())
       << " *values; /* positions[rows] */\n";
  os << "} " << name << ";\n\n";
  printComment(os, std::string("Releases ") + (isPlan ? "a plan" : "a matrix") +
                       " that a function allocated with the same context.");
  os << "static inline void " << name << "_free(const smash_context *context,\n"
     << std::string(name.size() + 25, ' ') << name << " *"
     << (isPlan ? "plan" : "matrix") << ") {\n";
  StringRef object = isPlan ? "plan" : "matrix";
  for (StringRef array : {"positions", "coordinates", "values"})
    if (!isPlan || array != "values")
      os << "  smash_release(context, " << object << "->" << array << ");\n"
         << "  " << object << "->" << array << " = NULL;\n";
  os << "  " << object << "->rows = " << object << "->cols = 0;\n}\n\n#endif\n";
}

/// The properties of a parameter that its C type does not tell.
static std::string describe(const Parameter &parameter) {
  std::string text;
  if (auto type = dyn_cast<RankedTensorType>(parameter.type)) {
    auto size = [&](int64_t dim) {
      return type.isDynamicDim(dim) ? std::string("any")
                                    : std::to_string(type.getDimSize(dim));
    };
    if (!type.isDynamicDim(0) || !type.isDynamicDim(1))
      text += ", " + size(0) + " x " + size(1);
    if (!isOrdered(type))
      text += ", its rows in any order";
  }
  return text;
}

static void printEntry(raw_ostream &os, const Entry &entry) {
  std::string notes = entry.comment;
  SmallVector<std::string> results;
  auto note = [&](const Parameter &parameter) {
    std::string text = describe(parameter);
    if (!text.empty())
      notes += "\n" + parameter.name + text + ".";
  };
  for (const Parameter &argument : entry.arguments)
    note(argument);
  for (const Parameter &result : entry.results) {
    note(result);
    results.push_back("*" + result.name);
  }
  auto spellSize = [&](SizeRef size) {
    if (size.argument < 0)
      return std::to_string(size.constant);
    return entry.arguments[size.argument].name +
           (size.dim == 0 ? "->rows" : "->cols");
  };
  for (auto [first, second] : entry.sizes)
    notes += "\nNeeds " + spellSize(first) + " == " + spellSize(second) + ".";
  bool haveArrays = llvm::any_of(entry.results, [](const Parameter &result) {
    return result.kind != Parameter::Number;
  });
  if (!results.empty())
    notes += "\nWrites " + llvm::join(results, ", ");
  if (entry.fills)
    notes += ", whose arrays stay the caller's";
  else if (haveArrays)
    notes += ", whose arrays are the caller's from then on";
  if (!results.empty())
    notes += ".";
  notes += "\nReturns SMASH_OK, or the code of *error; context and error may "
           "be null.";
  os << "\n";
  printComment(os, notes);

  SmallVector<std::string> parameters = {"const smash_context *context"};
  for (const Parameter &argument : entry.arguments)
    parameters.push_back(argument.kind == Parameter::Number
                             ? spellNumber(argument.type) + " " + argument.name
                             : "const " + structName(argument) + " *" +
                                   argument.name);
  if (entry.fills)
    parameters.push_back("int64_t capacity");
  for (const Parameter &result : entry.results)
    parameters.push_back((result.kind == Parameter::Number
                              ? spellNumber(result.type)
                              : structName(result)) +
                         " *" + result.name);
  parameters.push_back("smash_error *error");
  std::string head = "int32_t " + entry.name + "(";
  os << head << llvm::join(parameters, ",\n" + std::string(head.size(), ' '))
     << ");\n";
}

static void printComplex(raw_ostream &os, StringRef name, StringRef part) {
  os << "\n#ifndef " << toMacro(name) << "\n#define " << toMacro(name)
     << "\ntypedef struct " << name << " {\n  " << part << " re, im;\n} "
     << name << ";\n#endif\n";
}

std::string smash::printHeader(const LibraryOptions &options,
                               const CompiledLibrary &library,
                               ArrayRef<Entry> entries) {
  std::string text;
  llvm::raw_string_ostream os(text);
  std::string guard = "SMASH_GENERATED_" + toMacro(options.name) + "_H";
  os << "/* " << options.name << ".h, made by smash for cpu " << options.cpu
     << ": the functions of " << options.name << ".o.\n\n   Build with\n\n     "
     << library.linkCommand << "\n\n   "
     << (library.needsRuntime
             ? "The archive stands beside the object; a C library and pthreads "
               "are all\n   that the two need."
             : "The object needs nothing but a C library.")
     << "\n   Functions may be called by several threads at once. */\n"
     << "\n#ifndef " << guard << "\n#define " << guard << "\n"
     << kCommon;
  std::vector<std::string> names;
  auto once = [&](std::string name) {
    for (const std::string &seen : names)
      if (seen == name)
        return false;
    names.push_back(std::move(name));
    return true;
  };
  for (const Entry &entry : entries)
    for (const std::vector<Parameter> *list :
         {&entry.arguments, &entry.results})
      for (const Parameter &parameter : *list) {
        if (parameter.kind == Parameter::Number)
          continue;
        if (auto complex = dyn_cast<ComplexType>(parameter.valueType()))
          if (once(spellNumber(complex)))
            printComplex(os, spellNumber(complex),
                         spellNumber(complex.getElementType()));
        if (once(structName(parameter)))
          printStruct(os, parameter);
      }
  os << "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
  for (const Entry &entry : entries)
    printEntry(os, entry);
  os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* " << guard << " */\n";
  return text;
}
