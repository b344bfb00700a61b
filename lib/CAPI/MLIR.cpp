//===- MLIR.cpp - smash beside MLIR's C interface -------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash-c/MLIR.h"
#include "Handles.h"
#include "Piuma/IR/Piuma.h"
#include "Smash/IR/Smash.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Registration.h"
#include "smash/Pipelines/RegisterAll.h"

using namespace smash;
using namespace smash::capi;

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Smash, smash, smash::SmashDialect)
MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(Piuma, piuma, smash::piuma::PiumaDialect)

void smashRegisterAllDialects(MlirDialectRegistry registry) {
  registerAllDialects(*unwrap(registry));
  registerAllExtensions(*unwrap(registry));
}

void smashRegisterAllPasses(void) { registerAllPasses(); }
void smashRegisterAllPipelines(void) { registerAllPipelines(); }

SmashError *smashCompilerCreateInContext(MlirContext context,
                                         SmashCompiler **compiler) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, context.ptr, compiler))
      return error;
    *compiler = nullptr;
    *compiler = new SmashCompiler(*unwrap(context));
    return nullptr;
  });
}

SmashError *smashCompileMlirModule(SmashCompiler *compiler, MlirModule module,
                                   SmashModule **compiled) {
  return guard([&, caller = __func__]() -> SmashError * {
    if (auto *error = checkPointers(caller, compiler, module.ptr, compiled))
      return error;
    *compiled = nullptr;
    return give(compiler->compiler.compileModule(unwrap(module)),
                SMASH_ERROR_COMPILATION, compiled);
  });
}
