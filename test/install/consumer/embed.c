/*===- embed.c - smash inside a C program ---------------------------------===*\
|*                                                                            *|
|* Part of the smash project, under the Apache License v2.0 with LLVM         *|
|* Exceptions. See LICENSE for license information.                           *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* Compiles a product and a module, runs both on arrays of its own, and prints
 * OK, or what went wrong. */

#include "smash-c/Smash.h"
#include <stdio.h>
#include <string.h>

static const char kModule[] =
    "#csr = #sparse_tensor.encoding<{ map = (i, j) ->"
    " (i : dense, j : compressed), posWidth = 32, crdWidth = 32 }>\n"
    "!m = tensor<?x?xf64, #csr>\n"
    "func.func @multiply(%a: !m, %b: !m) -> !m {\n"
    "  %i0 = arith.constant 0 : index\n"
    "  %i1 = arith.constant 1 : index\n"
    "  %rows = tensor.dim %a, %i0 : !m\n"
    "  %cols = tensor.dim %b, %i1 : !m\n"
    "  %e = tensor.empty(%rows, %cols) : !m\n"
    "  %c = linalg.matmul ins(%a, %b : !m, !m) outs(%e : !m) -> !m\n"
    "  return %c : !m\n"
    "}\n";

static int fail(SmashError *error) {
  printf("%s\n", smashErrorGetMessage(error));
  smashErrorDestroy(error);
  return 1;
}

/* [1 2; 0 3] squared is [1 8; 0 9]. */
static int isRight(SmashMatrix *c) {
  static const double expected[] = {1, 8, 9};
  SmashCsr view;
  int right;
  smashMatrixGetCsr(c, &view);
  right = view.entries == 3 && !memcmp(view.values, expected, sizeof(expected));
  smashMatrixDestroy(c);
  return right;
}

int main(void) {
  static const uint32_t positions[] = {0, 2, 3};
  static const uint32_t coordinates[] = {0, 1, 1};
  static const double values[] = {1, 2, 3};
  const SmashCsr a = {2,  2,         3,           SMASH_F64, 32,
                      32, positions, coordinates, values};
  const SmashCsr *operands[2];
  SmashProductOptions options;
  SmashCompiler *compiler;
  SmashProduct *product;
  SmashModule *module;
  SmashMatrix *c;
  SmashError *error;
  int right;

  if ((error = smashCsrCheck(&a)) || (error = smashCompilerCreate(&compiler)))
    return fail(error);

  smashProductOptionsInit(&options);
  options.strategy = "row_wise, accumulator = hash";
  if ((error = smashCompileProduct(compiler, &options, &product)) ||
      (error = smashProductRun(product, &a, &a, NULL, &c)))
    return fail(error);
  right = isRight(c);
  smashProductDestroy(product);

  operands[0] = operands[1] = &a;
  if ((error =
           smashCompileModule(compiler, kModule, strlen(kModule), &module)) ||
      (error = smashModuleCall(module, "multiply", operands, 2, &c, 1)))
    return fail(error);
  right = isRight(c) && right;
  smashModuleDestroy(module);

  options.semiring = "no_such";
  error = smashCompileProduct(compiler, &options, &product);
  if (!error || product)
    right = 0;
  smashErrorDestroy(error);
  smashCompilerDestroy(compiler);
  printf(right ? "OK\n" : "a result is wrong\n");
  return !right;
}
