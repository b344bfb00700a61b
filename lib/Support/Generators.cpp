//===- Generators.cpp - matrices made from a description ------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Support/Generators.h"
#include "GeneratorKinds.h"
#include "MatrixMarketText.h"
#include "ValueConversion.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace smash;
using namespace smash::gen;

namespace {
/// How values are chosen.
enum class Values { Ones, Uniform, Integers, Dyadic, Stencil };
} // namespace

/// A value drawn from `random`, as a number that f64 holds exactly.
static double drawValue(Values values, Random &random) {
  switch (values) {
  case Values::Ones:
  case Values::Stencil:
    return 1;
  case Values::Uniform:
    return random.unit() * 2 - 1;
  case Values::Integers: {
    // In [-9, 9] without 0, so that no entry is an explicit zero.
    int64_t draw = int64_t(random.below(18)) - 9;
    return double(draw >= 0 ? draw + 1 : draw);
  }
  case Values::Dyadic: {
    // Multiples of 1/8 in [-8, 8] without 0: products and sums of millions of
    // them are exact even in f32's 24 bits when they stay below 2^18.
    int64_t draw = int64_t(random.below(128)) - 64;
    return double(draw >= 0 ? draw + 1 : draw) / 8;
  }
  }
  llvm_unreachable("values out of range");
}

/// Fills in `matrix.values`.
static llvm::Error fillValues(Matrix &matrix, Values values, int64_t center,
                              ValueType type, uint64_t seed) {
  int64_t nnz = matrix.nnz();
  llvm::Expected<Buffer> buffer = Buffer::allocate(nnz * sizeOfValueType(type));
  if (!buffer)
    return buffer.takeError();
  // A stream of its own: the same values whatever the pattern drew.
  Random random(Random::mix(~seed));
  visitValueType(type, [&](auto zero) {
    using T = decltype(zero);
    T *out = buffer->as<T>();
    if (values == Values::Stencil) {
      for (int64_t row = 0; row < matrix.rows; ++row)
        for (int64_t i = matrix.position(row); i < matrix.position(row + 1);
             ++i)
          out[i] = matrix.coordinate(i) == row ? T(center) : T(-1);
      return;
    }
    for (int64_t i = 0; i < nnz; ++i) {
      double real = drawValue(values, random);
      if constexpr (IsComplex<T>::value)
        out[i] =
            T(real, values == Values::Ones ? 0 : drawValue(values, random));
      else
        out[i] = static_cast<T>(real);
    }
  });
  matrix.values = std::move(*buffer);
  matrix.valueType = type;
  return llvm::Error::success();
}

/// Reads the `values` key; `type` limits what is legal.
static Values takeValues(Options &options, const Kind &kind, ValueType type) {
  bool integral = type == ValueType::I32 || type == ValueType::I64;
  llvm::StringRef fallback = "uniform";
  if (type == ValueType::I1)
    fallback = "ones";
  else if (kind.center != 0)
    fallback = "stencil";
  else if (integral)
    fallback = "integers";
  llvm::SmallVector<llvm::StringRef, 5> words = {"ones", "uniform", "integers",
                                                 "dyadic"};
  if (kind.center != 0)
    words.push_back("stencil");
  auto values =
      static_cast<Values>(options.takeWord("values", fallback, words));
  if (integral && (values == Values::Uniform || values == Values::Dyadic))
    options.fail("values=" + words[unsigned(values)] +
                 " are fractions, which type=" + spellValueType(type) +
                 " does not hold");
  return values;
}

llvm::Expected<Matrix> smash::generateMatrix(llvm::StringRef description) {
  Options options(description);
  const Kind *kind = llvm::find_if(kinds(), [&](const Kind &candidate) {
    return candidate.name == options.kind();
  });
  if (kind == kinds().end()) {
    auto names = llvm::map_range(
        kinds(), [](const Kind &known) { return known.name.str(); });
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        "gen: unknown kind " + mm::quote(options.kind()) +
            ", expected one of " + llvm::join(names, ", "));
  }
  int64_t seed = options.take("seed", 1, 0, INT64_MAX);
  ValueType type = options.takeType();
  Values values = takeValues(options, *kind, type);
  Random random(Random::mix(seed));
  auto describe = [&](llvm::Error error) {
    std::string reason = toString(std::move(error));
    if (!llvm::StringRef(reason).starts_with("gen:"))
      reason = ("gen:" + kind->name + ": " + reason).str();
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument), reason);
  };
  llvm::Expected<Pattern> pattern = kind->make(options, random);
  if (!pattern)
    return describe(pattern.takeError());
  Matrix matrix = pattern->take();
  if (llvm::Error error = fillValues(matrix, values, kind->center, type, seed))
    return describe(std::move(error));
  return std::move(matrix);
}

std::string smash::listGenerators() {
  std::string list;
  for (const Kind &kind : kinds())
    list += ("gen:" + kind.name + (kind.keys.empty() ? "" : ",") + kind.keys +
             "  " + kind.summary + "\n")
                .str();
  return list + "all take seed=1, type=f64 and "
                "values=ones|uniform|integers|dyadic; the stencils also "
                "values=stencil\n";
}

llvm::Expected<Matrix> smash::loadMatrix(llvm::StringRef source,
                                         const ReadOptions &options) {
  if (!source.starts_with("gen:"))
    return readMatrixMarket(source, options);
  llvm::Expected<Matrix> matrix = generateMatrix(source);
  if (!matrix)
    return matrix;
  if (options.progress)
    options.progress(1);
  if (!options.valueType || *options.valueType == matrix->valueType)
    return matrix;
  llvm::Expected<Matrix> converted =
      convertValues(std::move(*matrix), *options.valueType);
  if (!converted)
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        source + ": " + toString(converted.takeError()));
  return converted;
}
