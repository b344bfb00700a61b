//===- MLIR.h - smash beside MLIR's C interface -----------------*- C -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For programs that hold MLIR's own C handles: the dialects, the passes, and
// modules to compile. The rest of the interface is in smash-c/Smash.h.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_C_MLIR_H
#define SMASH_C_MLIR_H

#include "mlir-c/IR.h"
#include "smash-c/Smash.h"

#ifdef __cplusplus
extern "C" {
#endif

SMASH_C_EXPORTED MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(Smash, smash);
SMASH_C_EXPORTED MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(Piuma, piuma);

/* Adds both dialects, those of upstream that products are written in, and what
 * other passes ask them for. */
SMASH_C_EXPORTED void smashRegisterAllDialects(MlirDialectRegistry registry);

/* Registers the passes and the pipelines by name, for mlirParsePassPipeline. */
SMASH_C_EXPORTED void smashRegisterAllPasses(void);
SMASH_C_EXPORTED void smashRegisterAllPipelines(void);

/* A compiler in the caller's context, which must outlive it and learns the
 * dialects. Diagnostics go to the context's handlers, too. */
SMASH_C_EXPORTED SmashError *
smashCompilerCreateInContext(MlirContext context, SmashCompiler **compiler);

/* Compiles the public functions of a module of that context, which stays as it
 * is. */
SMASH_C_EXPORTED SmashError *smashCompileMlirModule(SmashCompiler *compiler,
                                                    MlirModule module,
                                                    SmashModule **compiled);

#ifdef __cplusplus
}
#endif

#endif /* SMASH_C_MLIR_H */
