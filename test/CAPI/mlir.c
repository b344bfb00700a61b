//===- mlir.c - smash beside MLIR's C interface ---------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash-c/MLIR.h"
#include "Check.h"
#include "mlir-c/Diagnostics.h"
#include "mlir-c/Pass.h"

static const char kText[] =
    "#csr = #sparse_tensor.encoding<{ map = (i, j) ->"
    " (i : dense, j : compressed), posWidth = 32, crdWidth = 32 }>\n"
    "!m = tensor<2x2xf64, #csr>\n"
    "func.func @square(%a: !m) -> !m {\n"
    "  %e = tensor.empty() : !m\n"
    "  %c = smash.spgemm ins(%a, %a : !m, !m) outs(%e : !m)"
    " semiring(plus_times)\n"
    "  return %c : !m\n"
    "}\n";

static void count(MlirStringRef text, void *found) {
  size_t i;
  for (i = 0; i + 12 <= text.length; ++i)
    *(int *)found += !strncmp(text.data + i, "smash.spgemm", 12);
}

static int countProducts(MlirModule module) {
  int found = 0;
  mlirOperationPrint(mlirModuleGetOperation(module), count, &found);
  return found;
}

static MlirLogicalResult hear(MlirDiagnostic diagnostic, void *heard) {
  (void)diagnostic;
  ++*(int *)heard;
  return mlirLogicalResultSuccess();
}

int main(void) {
  static const uint32_t positions[] = {0, 1, 2};
  static const uint32_t coordinates[] = {1, 0};
  static const double values[] = {3, 5};
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  MlirContext context, other;
  MlirModule module, foreign;
  MlirPassManager pm;
  SmashCompiler *compiler;
  SmashModule *compiled;
  SmashMatrix *c;
  SmashCsr a, view;
  const SmashCsr *operands[1];
  int heard = 0;

  /* One dialect by its handle, or all of them. */
  mlirDialectHandleInsertDialect(mlirGetDialectHandle__smash__(), registry);
  smashRegisterAllDialects(registry);
  context = mlirContextCreateWithRegistry(registry, false);
  CHECK(!mlirDialectIsNull(
      mlirDialectHandleLoadDialect(mlirGetDialectHandle__piuma__(), context)));
  mlirContextLoadAllAvailableDialects(context);
  module =
      mlirModuleCreateParse(context, mlirStringRefCreateFromCString(kText));
  CHECK(!mlirModuleIsNull(module));
  CHECK(countProducts(module) == 1);

  /* Compiled as it is: the module stays. */
  CHECK_OK(smashCompilerCreateInContext(context, &compiler));
  CHECK_OK(smashCompileMlirModule(compiler, module, &compiled));
  CHECK(countProducts(module) == 1);
  a.rows = a.cols = a.entries = 2;
  a.valueType = SMASH_F64;
  a.positionBits = a.coordinateBits = 32;
  a.positions = positions;
  a.coordinates = coordinates;
  a.values = values;
  operands[0] = &a;
  CHECK_OK(smashModuleCall(compiled, "square", operands, 1, &c, 1));
  smashMatrixGetCsr(c, &view);
  CHECK(view.entries == 2 && ((const double *)view.values)[0] == 15 &&
        ((const double *)view.values)[1] == 15);
  smashMatrixDestroy(c);
  smashModuleDestroy(compiled);

  /* Diagnostics reach whoever listens to the context. */
  mlirContextAttachDiagnosticHandler(context, hear, &heard, NULL);
  CHECK_ERROR(smashCompileModule(compiler, "smash.nonsense", 14, &compiled),
              SMASH_ERROR_COMPILATION, "smash.nonsense");
  CHECK(heard == 1);
  other = mlirContextCreate();
  foreign = mlirModuleCreateEmpty(mlirLocationUnknownGet(other));
  CHECK_ERROR(smashCompileMlirModule(compiler, foreign, &compiled),
              SMASH_ERROR_COMPILATION, "another context");
  mlirModuleDestroy(foreign);
  mlirContextDestroy(other);
  smashCompilerDestroy(compiler);

  /* Passes and pipelines by name. */
  smashRegisterAllPasses();
  smashRegisterAllPipelines();
  pm = mlirPassManagerCreate(context);
  CHECK(mlirLogicalResultIsSuccess(mlirOpPassManagerAddPipeline(
      mlirPassManagerGetAsOpPassManager(pm),
      mlirStringRefCreateFromCString("smash-kernel-pipeline{blocks=2}"), count,
      &heard)));
  CHECK(mlirLogicalResultIsSuccess(
      mlirPassManagerRunOnOp(pm, mlirModuleGetOperation(module))));
  CHECK(countProducts(module) == 0);

  mlirPassManagerDestroy(pm);
  mlirModuleDestroy(module);
  mlirContextDestroy(context);
  mlirDialectRegistryDestroy(registry);
  printf("OK\n");
  return 0;
}
