//===- smash.c - the C interface, from C ----------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include <pthread.h>

/* A(i, i + 1 mod n) = i + 1, as arrays of this program. */
enum { kSize = 4 };
static const uint32_t kPositions[] = {0, 1, 2, 3, 4};
static const uint32_t kCoordinates[] = {1, 2, 3, 0};
static const double kValues[] = {1, 2, 3, 4};

static SmashCsr makeShift(void) {
  SmashCsr a;
  a.rows = a.cols = a.entries = kSize;
  a.valueType = SMASH_F64;
  a.positionBits = a.coordinateBits = 32;
  a.positions = kPositions;
  a.coordinates = kCoordinates;
  a.values = kValues;
  return a;
}

/* C = A * A: C(i, i + 2) = A(i, i + 1) * A(i + 1, i + 2). */
static int isSquare(const SmashCsr *c) {
  const uint32_t *positions = (const uint32_t *)c->positions;
  const uint32_t *coordinates = (const uint32_t *)c->coordinates;
  const double *values = (const double *)c->values;
  int i;
  if (c->rows != kSize || c->cols != kSize || c->entries != kSize)
    return 0;
  for (i = 0; i < kSize; ++i)
    if (positions[i] != (uint32_t)i ||
        coordinates[i] != (uint32_t)((i + 2) % kSize) ||
        values[i] != (double)((i + 1) * ((i + 1) % kSize + 1)))
      return 0;
  return positions[kSize] == kSize;
}

static SmashProduct *compile(SmashCompiler *compiler, const char *strategy) {
  SmashProductOptions options;
  SmashProduct *product;
  smashProductOptionsInit(&options);
  options.strategy = strategy;
  CHECK_OK(smashCompileProduct(compiler, &options, &product));
  return product;
}

static void testProduct(SmashCompiler *compiler) {
  SmashCsr a = makeShift(), view;
  void *positions, *coordinates, *values;
  SmashMatrix *c;
  SmashProduct *product = compile(compiler, "auto");
  CHECK(strstr(smashProductGetStrategy(product), "row_wise"));
  CHECK_OK(smashProductRun(product, &a, &a, NULL, &c));
  smashMatrixGetCsr(c, &view);
  CHECK(isSquare(&view));
  /* Its arrays may be given up, and C is an operand like any other. */
  smashMatrixRelease(c, &positions, &coordinates, &values);
  CHECK(positions == view.positions && values == view.values);
  CHECK(isSquare(&view));
  CHECK_OK(smashCsrCheck(&view));
  CHECK_OK(smashProductRun(product, &view, &a, NULL, &c));
  smashMatrixDestroy(c);
  free(positions);
  free(coordinates);
  free(values);
  smashProductDestroy(product);
}

static void testMask(SmashCompiler *compiler) {
  SmashProductOptions options;
  SmashProduct *product;
  SmashMatrix *c;
  SmashCsr a = makeShift(), view;
  smashProductOptionsInit(&options);
  options.masked = 1;
  options.maskComplement = 1;
  CHECK_OK(smashCompileProduct(compiler, &options, &product));
  /* The mask is A itself, which C has no entry of. */
  CHECK_OK(smashProductRun(product, &a, &a, &a, &c));
  smashMatrixGetCsr(c, &view);
  CHECK(isSquare(&view));
  smashMatrixDestroy(c);
  CHECK_ERROR(smashProductRun(product, &a, &a, NULL, &c), SMASH_ERROR_RUN,
              "there is no mask");
  CHECK(c == NULL);
  smashProductDestroy(product);
}

static void testModule(SmashCompiler *compiler) {
  static const char text[] =
      "#csr = #sparse_tensor.encoding<{ map = (i, j) ->"
      " (i : dense, j : compressed), posWidth = 32, crdWidth = 32 }>\n"
      "!m = tensor<?x?xf64, #csr>\n"
      "func.func @both(%a: !m, %b: !m) -> (!m, !m) {\n"
      "  %i0 = arith.constant 0 : index\n"
      "  %n = tensor.dim %a, %i0 : !m\n"
      "  %e = tensor.empty(%n, %n) : !m\n"
      "  %c = smash.spgemm ins(%a, %b : !m, !m) outs(%e : !m)"
      " semiring(plus_times)\n"
      "  %d = smash.spgemm ins(%c, %b : !m, !m) outs(%e : !m)"
      " semiring(plus_times)\n"
      "  return %c, %d : !m, !m\n"
      "}\n"
      "func.func @scalar(%x: f64) -> f64 { return %x : f64 }\n";
  static const char wrong[] = "func.func @f() { smash.nonsense }";
  SmashModule *module;
  SmashMatrix *results[2];
  SmashCsr a = makeShift(), view;
  const SmashCsr *operands[2];
  operands[0] = operands[1] = &a;
  CHECK_OK(smashCompileModule(compiler, text, strlen(text), &module));
  CHECK_OK(smashModuleCall(module, "both", operands, 2, results, 2));
  smashMatrixGetCsr(results[0], &view);
  CHECK(isSquare(&view));
  smashMatrixGetCsr(results[1], &view);
  CHECK(view.entries == kSize && ((const double *)view.values)[0] == 6);
  smashMatrixDestroy(results[0]);
  smashMatrixDestroy(results[1]);
  CHECK_ERROR(smashModuleCall(module, "none", operands, 2, results, 2),
              SMASH_ERROR_RUN, "no public function '@none'");
  CHECK(results[0] == NULL && results[1] == NULL);
  CHECK_ERROR(smashModuleCall(module, "both", operands, 1, results, 2),
              SMASH_ERROR_RUN, "'@both' takes 2 matrices, not 1");
  CHECK_ERROR(smashModuleCall(module, "both", operands, 2, results, 1),
              SMASH_ERROR_INVALID_ARGUMENT, "gives 2 matrices, not 1");
  CHECK_ERROR(smashModuleCall(module, "scalar", operands, 1, results, 1),
              SMASH_ERROR_RUN, "argument 0 of '@scalar' has type f64");
  smashModuleDestroy(module);
  CHECK_ERROR(smashCompileModule(compiler, wrong, strlen(wrong), &module),
              SMASH_ERROR_COMPILATION, "1:18: ");
  CHECK(module == NULL);
  CHECK_ERROR(smashCompileModule(compiler, "", 0, NULL),
              SMASH_ERROR_INVALID_ARGUMENT,
              "smashCompileModule was given a null pointer");
}

static void testSimulation(SmashCompiler *compiler) {
  SmashProductOptions options;
  SmashSimulation *simulation;
  SmashReport report;
  SmashMatrix *c;
  SmashCsr a = makeShift(), view;
  char *json;
  smashProductOptionsInit(&options);
  CHECK_ERROR(
      smashCompileSimulation(compiler, &options, "no-such", &simulation),
      SMASH_ERROR_INVALID_ARGUMENT, "no-such");
  CHECK_OK(
      smashCompileSimulation(compiler, &options, "piuma-1core", &simulation));
  CHECK_OK(smashSimulationRun(simulation, &a, &a, NULL, &c, &report, &json));
  smashMatrixGetCsr(c, &view);
  CHECK(isSquare(&view));
  CHECK(report.cycles > 0 && report.instructions > 0);
  CHECK(json && json[0] == '{' && strstr(json, "cycles"));
  free(json);
  smashMatrixDestroy(c);
  CHECK_OK(smashSimulationRun(simulation, &a, &a, NULL, &c, NULL, NULL));
  smashMatrixDestroy(c);
  smashSimulationDestroy(simulation);
}

static void testErrors(SmashCompiler *compiler) {
  static const uint32_t descending[] = {0, 2, 1, 3, 4};
  static const uint32_t outside[] = {1, 2, 3, 4};
  SmashProductOptions options;
  SmashProduct *product;
  SmashMatrix *c;
  SmashCsr a = makeShift(), bad = a;
  smashProductOptionsInit(&options);
  options.semiring = "plus_nonsense";
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_COMPILATION, "unknown semiring 'plus_nonsense'");
  CHECK(product == NULL);
  smashProductOptionsInit(&options);
  options.strategy = "sideways";
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_COMPILATION, "sideways");
  smashProductOptionsInit(&options);
  options.positionBits = 31;
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_COMPILATION, "31");
  options.size = 0;
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_INVALID_ARGUMENT, "smashProductOptionsInit");
  smashProductOptionsInit(&options);
  options.valueType = (SmashValueType)77;
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_INVALID_ARGUMENT, "value type 77");

  product = compile(compiler, "auto");
  CHECK_ERROR(smashProductRun(product, NULL, &a, NULL, &c),
              SMASH_ERROR_INVALID_ARGUMENT, "A is a null pointer");
  CHECK_ERROR(smashProductRun(product, &a, &a, NULL, NULL),
              SMASH_ERROR_INVALID_ARGUMENT, "null pointer");
  bad.valueType = SMASH_F32;
  CHECK_ERROR(smashProductRun(product, &a, &bad, NULL, &c), SMASH_ERROR_RUN,
              "B has values of type f32");
  bad = a;
  bad.rows = -1;
  CHECK_ERROR(smashProductRun(product, &bad, &a, NULL, &c),
              SMASH_ERROR_INVALID_ARGUMENT, "negative size");
  bad = a;
  bad.rows = INT64_MAX;
  CHECK_ERROR(smashProductRun(product, &bad, &a, NULL, &c),
              SMASH_ERROR_INVALID_ARGUMENT, "too large");
  bad = a;
  bad.values = NULL;
  CHECK_ERROR(smashProductRun(product, &bad, &a, NULL, &c),
              SMASH_ERROR_INVALID_ARGUMENT, "null array");
  bad = a;
  bad.rows = 3;
  CHECK_ERROR(smashProductRun(product, &a, &bad, NULL, &c), SMASH_ERROR_RUN,
              "A has 4 columns, B has 3 rows");
  smashProductDestroy(product);

  bad = a;
  bad.positions = descending;
  CHECK_ERROR(smashCsrCheck(&bad), SMASH_ERROR_INVALID_ARGUMENT, "row 1 ends");
  bad = a;
  bad.coordinates = outside;
  CHECK_ERROR(smashCsrCheck(&bad), SMASH_ERROR_INVALID_ARGUMENT,
              "entry 3, in row 3, has column 4; there are 4 columns");
  bad = a;
  bad.entries = 3;
  CHECK_ERROR(smashCsrCheck(&bad), SMASH_ERROR_INVALID_ARGUMENT,
              "there are 3 coordinates and 3 values");
  CHECK_ERROR(smashMatrixRead("/nonexistent/A.mtx", &c), SMASH_ERROR_FILE,
              "/nonexistent/A.mtx");
  CHECK_ERROR(smashCsrWrite(&a, "/nonexistent/A.mtx"), SMASH_ERROR_FILE,
              "/nonexistent/A.mtx");
  CHECK_ERROR(smashCompilerCreate(NULL), SMASH_ERROR_INVALID_ARGUMENT, "null");
  smashErrorDestroy(NULL);
  smashMatrixDestroy(NULL);
  smashProductDestroy(NULL);
  smashModuleDestroy(NULL);
  smashSimulationDestroy(NULL);
  smashCompilerDestroy(NULL);
}

static void testFiles(const char *path) {
  SmashCsr a = makeShift(), view;
  SmashMatrix *read;
  CHECK_OK(smashCsrWrite(&a, path));
  CHECK_OK(smashMatrixRead(path, &read));
  smashMatrixGetCsr(read, &view);
  CHECK(view.entries == kSize);
  CHECK(!memcmp(view.values, kValues, sizeof(kValues)));
  CHECK(!memcmp(view.coordinates, kCoordinates, sizeof(kCoordinates)));
  smashMatrixDestroy(read);
}

/* A compiler of each thread's own, and a product that all run. */
static void *runThread(void *shared) {
  SmashCompiler *compiler;
  SmashProduct *product;
  int i;
  CHECK_OK(smashCompilerCreate(&compiler));
  product = compile(compiler, "row_wise, accumulator = hash");
  for (i = 0; i < 20; ++i) {
    SmashCsr a = makeShift(), view;
    SmashMatrix *c;
    CHECK_OK(smashProductRun(i % 2 ? product : (SmashProduct *)shared, &a, &a,
                             NULL, &c));
    smashMatrixGetCsr(c, &view);
    CHECK(isSquare(&view));
    smashMatrixDestroy(c);
  }
  smashProductDestroy(product);
  smashCompilerDestroy(compiler);
  return NULL;
}

static void testThreads(SmashCompiler *compiler) {
  pthread_t threads[4];
  SmashProduct *product = compile(compiler, "auto");
  int i;
  for (i = 0; i < 4; ++i)
    CHECK(!pthread_create(&threads[i], NULL, runThread, product));
  for (i = 0; i < 4; ++i)
    CHECK(!pthread_join(threads[i], NULL));
  smashProductDestroy(product);
}

int main(int argc, char **argv) {
  SmashCompiler *compiler;
  CHECK(argc == 2);
  CHECK(strlen(smashGetVersion()) >= 5);
  CHECK_OK(smashCompilerCreate(&compiler));
  testProduct(compiler);
  testMask(compiler);
  testModule(compiler);
  testSimulation(compiler);
  testErrors(compiler);
  testFiles(argv[1]);
  testThreads(compiler);
  smashCompilerDestroy(compiler);
  printf("OK\n");
  return 0;
}
