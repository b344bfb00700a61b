//===- Attributes.cpp - fuzzes the parsers of attributes
//-------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Smash/IR/Smash.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include <cstdlib>

using namespace mlir;
using namespace smash;

static void require(bool condition) {
  if (!condition)
    std::abort();
}

/// Parses any text as each attribute and type of the dialect: a diagnostic, or
/// something that prints and parses to itself.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text(reinterpret_cast<const char *>(data), size);
  // Attributes are kept by their context: a new one from time to time.
  static std::unique_ptr<MLIRContext> context;
  static int uses = 0;
  if (uses++ % 4096 == 0) {
    context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
    context->loadDialect<SmashDialect>();
  }
  int errors = 0;
  ScopedDiagnosticHandler handler(context.get(), [&](Diagnostic &) {
    ++errors;
    return success();
  });
  for (const char *name : {"strategy", "semiring", "bin", "machine"}) {
    errors = 0;
    Attribute attribute = parseAttribute(
        "#smash." + std::string(name) + "<" + text + ">", context.get());
    require(bool(attribute) != (errors > 0));
    if (!attribute)
      continue;
    std::string printed;
    llvm::raw_string_ostream(printed) << attribute;
    require(parseAttribute(printed, context.get()) == attribute);
  }
  errors = 0;
  StrategyAttr strategy =
      StrategyAttr::fromText(UnknownLoc::get(context.get()), text);
  require(bool(strategy) != (errors > 0));
  if (strategy)
    require(StrategyAttr::fromText(UnknownLoc::get(context.get()),
                                   strategy.spelling()) == strategy);
  for (const char *name : {"plan", "accumulator"}) {
    errors = 0;
    Type type = parseType("!smash." + std::string(name) + "<" + text + ">",
                          context.get());
    require(bool(type) != (errors > 0));
  }
  return 0;
}
