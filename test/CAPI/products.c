//===- products.c - the options of a product, from C ----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Value types and index widths, masks, accumulation, formats, the folder of
// kernels. Called with a folder that it fills.
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include <stddef.h>

/* A = [0 1 2; 3 0 0], B = [4 0; 0 5; 6 0]: A * B = [12 5; 12 0]. */
enum { kRows = 2, kInner = 3, kCols = 2 };
static const uint32_t kPositionsA[] = {0, 2, 3}, kCoordinatesA[] = {1, 2, 0};
static const uint32_t kPositionsB[] = {0, 1, 2, 3}, kCoordinatesB[] = {0, 1, 0};
static const double kValuesA[] = {1, 2, 3}, kValuesB[] = {4, 5, 6};

static SmashCsr describe(int64_t rows, int64_t cols, int64_t entries,
                         const void *positions, const void *coordinates,
                         const void *values) {
  SmashCsr m;
  m.rows = rows;
  m.cols = cols;
  m.entries = entries;
  m.valueType = SMASH_F64;
  m.positionBits = m.coordinateBits = 32;
  m.positions = positions;
  m.coordinates = coordinates;
  m.values = values;
  return m;
}

static SmashCsr makeA(void) {
  return describe(kRows, kInner, 3, kPositionsA, kCoordinatesA, kValuesA);
}

static SmashCsr makeB(void) {
  return describe(kInner, kCols, 3, kPositionsB, kCoordinatesB, kValuesB);
}

/* The value at a place of a matrix of f64 and 32 bits, or -1 where none is. */
static double at(const SmashCsr *m, int row, uint32_t col) {
  const uint32_t *positions = m->positions, *coordinates = m->coordinates;
  uint32_t i;
  for (i = positions[row]; i < positions[row + 1]; ++i)
    if (coordinates[i] == col)
      return ((const double *)m->values)[i];
  return -1;
}

static int isProduct(const SmashCsr *c) {
  return c->rows == kRows && c->cols == kCols && c->entries == 3 &&
         at(c, 0, 0) == 12 && at(c, 0, 1) == 5 && at(c, 1, 0) == 12;
}

static SmashProduct *compile(SmashCompiler *compiler,
                             const SmashProductOptions *options) {
  SmashProduct *product;
  CHECK_OK(smashCompileProduct(compiler, options, &product));
  return product;
}

/* Values of a type: written from and read as small numbers. */
static size_t sizeOfType(SmashValueType type) {
  static const size_t sizes[] = {1, 4, 8, 4, 8, 16};
  return sizes[type];
}

static void writeValue(SmashValueType type, void *values, size_t i, int value) {
  switch (type) {
  case SMASH_I1:
    ((uint8_t *)values)[i] = value != 0;
    break;
  case SMASH_I32:
    ((int32_t *)values)[i] = value;
    break;
  case SMASH_I64:
    ((int64_t *)values)[i] = value;
    break;
  case SMASH_F32:
    ((float *)values)[i] = (float)value;
    break;
  case SMASH_F64:
    ((double *)values)[i] = value;
    break;
  case SMASH_COMPLEX_F64:
    ((double *)values)[2 * i] = value;
    ((double *)values)[2 * i + 1] = 0;
    break;
  }
}

static void testTypes(SmashCompiler *compiler) {
  static const int expected[] = {12, 5, 12};
  int type, bits, i;
  for (type = SMASH_I1; type <= SMASH_COMPLEX_F64; ++type)
    for (bits = 32; bits <= 64; bits += 32) {
      uint64_t positionsA[3], positionsB[4], coordinatesA[3], coordinatesB[3];
      double valuesA[6], valuesB[6], wanted[6];
      SmashProductOptions options;
      SmashProduct *product;
      SmashMatrix *c;
      SmashCsr a = makeA(), b = makeB(), view;
      for (i = 0; i < 3; ++i) {
        writeValue((SmashValueType)type, valuesA, (size_t)i, (int)kValuesA[i]);
        writeValue((SmashValueType)type, valuesB, (size_t)i, (int)kValuesB[i]);
        writeValue((SmashValueType)type, wanted, (size_t)i, expected[i]);
        positionsA[i] = kPositionsA[i];
        coordinatesA[i] = kCoordinatesA[i];
        coordinatesB[i] = kCoordinatesB[i];
      }
      for (i = 0; i < 4; ++i)
        positionsB[i] = kPositionsB[i];
      a.valueType = b.valueType = (SmashValueType)type;
      a.values = valuesA;
      b.values = valuesB;
      smashProductOptionsInit(&options);
      options.valueType = (SmashValueType)type;
      options.semiring = type == SMASH_I1 ? "or_and" : "plus_times";
      if (bits == 64) {
        a.positions = positionsA;
        a.coordinates = coordinatesA;
        b.positions = positionsB;
        b.coordinates = coordinatesB;
        a.positionBits = a.coordinateBits = 64;
        b.positionBits = b.coordinateBits = 64;
        options.positionBits = options.coordinateBits = 64;
        options.resultPositionBits = 64;
      }
      product = compile(compiler, &options);
      CHECK_OK(smashProductRun(product, &a, &b, NULL, &c));
      smashMatrixGetCsr(c, &view);
      CHECK(view.valueType == (SmashValueType)type && view.entries == 3);
      CHECK(view.positionBits == bits && view.coordinateBits == bits);
      CHECK(!memcmp(view.values, wanted, 3 * sizeOfType((SmashValueType)type)));
      smashMatrixDestroy(c);
      smashProductDestroy(product);
    }
}

static void testMasks(SmashCompiler *compiler) {
  static const uint32_t positions[] = {0, 1, 1}, coordinates[] = {0};
  static const double values[] = {0};
  SmashCsr a = makeA(), b = makeB(), view;
  SmashCsr mask = describe(kRows, kCols, 1, positions, coordinates, values);
  SmashProductOptions options;
  int complement;
  smashProductOptionsInit(&options);
  options.masked = 1;
  for (complement = 0; complement < 2; ++complement) {
    SmashProduct *product;
    SmashMatrix *c;
    options.maskComplement = complement;
    product = compile(compiler, &options);
    CHECK_OK(smashProductRun(product, &a, &b, &mask, &c));
    smashMatrixGetCsr(c, &view);
    /* The one entry of the mask is 0, and counts all the same. */
    CHECK(view.entries == (complement ? 2 : 1));
    CHECK(at(&view, 0, 0) == (complement ? -1 : 12));
    CHECK(at(&view, 0, 1) == (complement ? 5 : -1));
    smashMatrixDestroy(c);
    CHECK_ERROR(smashProductRun(product, &a, &b, &a, &c), SMASH_ERROR_RUN,
                "the mask is 2 x 3, C is 2 x 2");
    smashProductDestroy(product);
  }
}

static void testAccumulation(SmashCompiler *compiler) {
  /* D = [1 0; 0 2]: C has an entry more than either. */
  static const uint32_t positions[] = {0, 1, 2}, coordinates[] = {0, 1};
  static const double values[] = {1, 2};
  SmashCsr a = makeA(), b = makeB(), view;
  SmashCsr d = describe(kRows, kCols, 2, positions, coordinates, values);
  SmashProductOptions options;
  SmashProduct *product;
  SmashMatrix *c, *next;
  smashProductOptionsInit(&options);
  options.accumulates = 1;
  product = compile(compiler, &options);
  CHECK_OK(smashProductAccumulate(product, &a, &b, NULL, &d, &c));
  smashMatrixGetCsr(c, &view);
  CHECK(view.entries == 4 && at(&view, 0, 0) == 13 && at(&view, 0, 1) == 5 &&
        at(&view, 1, 0) == 12 && at(&view, 1, 1) == 2);
  /* C is the next call's D. */
  CHECK_OK(smashProductAccumulate(product, &a, &b, NULL, &view, &next));
  smashMatrixDestroy(c);
  smashMatrixGetCsr(next, &view);
  CHECK(view.entries == 4 && at(&view, 0, 0) == 25 && at(&view, 1, 1) == 2);
  smashMatrixDestroy(next);
  CHECK_ERROR(smashProductRun(product, &a, &b, NULL, &c), SMASH_ERROR_RUN,
              "there is no matrix to accumulate into");
  CHECK(c == NULL);
  d.rows = 1;
  CHECK_ERROR(smashProductAccumulate(product, &a, &b, NULL, &d, &c),
              SMASH_ERROR_RUN, "is 1 x 2, C is 2 x 2");
  d.rows = kRows;
  smashProductDestroy(product);

  options.accumulateAdd = "max";
  product = compile(compiler, &options);
  CHECK_OK(smashProductAccumulate(product, &a, &b, NULL, &d, &c));
  smashMatrixGetCsr(c, &view);
  CHECK(view.entries == 4 && at(&view, 0, 0) == 12 && at(&view, 1, 1) == 2);
  smashMatrixDestroy(c);
  smashProductDestroy(product);

  options.accumulateAdd = "sideways";
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_COMPILATION, "sideways");
  options.accumulateAdd = NULL;
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_INVALID_ARGUMENT, "null text");
}

/* Each format: there and back, and as that of all three matrices. */
static void testFormats(SmashCompiler *compiler) {
  static const char *const formats[] = {
      "csr",     "csc",     "dcsr",    "dcsc",           "coo",
      "coo,soa", "bsr:2x2", "bsc:1x2", "coo-by-columns", "dense"};
  size_t f;
  for (f = 0; f < sizeof(formats) / sizeof(*formats); ++f) {
    SmashCsr a = makeA(), b = makeB(), view;
    SmashStored storedA, storedB, storedC;
    SmashStoredMatrix *first, *second, *third;
    SmashProductOptions options;
    SmashProduct *product;
    SmashMatrix *c;
    const char *operands = strcmp(formats[f], "dense") ? formats[f] : "csr";
    CHECK_OK(smashCsrStore(&a, operands, &first));
    CHECK_OK(smashCsrStore(&b, operands, &second));
    smashStoredMatrixGet(first, &storedA);
    smashStoredMatrixGet(second, &storedB);
    CHECK(storedA.rows == kRows && storedA.cols == kInner);
    CHECK(!strncmp(storedA.format, operands, 3));
    CHECK_OK(smashStoredCheck(&storedA));
    CHECK_OK(smashStoredToCsr(&storedA, 32, 32, &c));
    smashMatrixGetCsr(c, &view);
    CHECK(view.entries >= 3 && at(&view, 0, 1) == 1 && at(&view, 1, 0) == 3);
    smashMatrixDestroy(c);

    smashProductOptionsInit(&options);
    /* Operands have entries; a result may have all. */
    options.formatA = options.formatB = operands;
    options.formatC = formats[f];
    product = compile(compiler, &options);
    /* From CSR to CSR: stored anew. */
    CHECK_OK(smashProductRun(product, &a, &b, NULL, &c));
    smashMatrixGetCsr(c, &view);
    CHECK(view.entries >= 3 && at(&view, 0, 0) == 12 && at(&view, 0, 1) == 5 &&
          at(&view, 1, 0) == 12);
    smashMatrixDestroy(c);
    /* From that format to that format. */
    CHECK_OK(smashProductRunStored(product, &storedA, &storedB, NULL, &third));
    smashStoredMatrixGet(third, &storedC);
    CHECK(!strncmp(storedC.format, formats[f], 3));
    CHECK_OK(smashStoredToCsr(&storedC, 32, 32, &c));
    smashMatrixGetCsr(c, &view);
    CHECK(at(&view, 0, 0) == 12 && at(&view, 0, 1) == 5 &&
          at(&view, 1, 0) == 12);
    smashMatrixDestroy(c);
    smashStoredMatrixDestroy(third);
    smashStoredMatrixDestroy(first);
    smashStoredMatrixDestroy(second);
    smashProductDestroy(product);
  }
}

/* A matrix in arrays of this program, by columns and with narrow indices. */
static void testNarrow(SmashCompiler *compiler) {
  static const uint8_t positions[] = {0, 1, 2, 3}, coordinates[] = {1, 0, 0};
  static const double values[] = {3, 1, 2};
  static const uint8_t outside[] = {1, 0, 7};
  SmashProductOptions options;
  SmashProduct *product;
  SmashStoredMatrix *stored, *c;
  SmashMatrix *csr;
  SmashStored a, b;
  SmashCsr rows = makeB(), view;
  memset(&a, 0, sizeof(a));
  a.format = "csc,positions=8,coordinates=8";
  a.rows = kRows;
  a.cols = kInner;
  a.valueType = SMASH_F64;
  a.arrays[0] = positions;
  a.bytes[0] = sizeof(positions);
  a.arrays[1] = coordinates;
  a.bytes[1] = sizeof(coordinates);
  a.arrays[2] = values;
  a.bytes[2] = sizeof(values);
  CHECK_OK(smashStoredCheck(&a));
  CHECK_OK(smashCsrStore(&rows, "csr", &stored));
  smashStoredMatrixGet(stored, &b);
  smashProductOptionsInit(&options);
  options.formatA = a.format;
  product = compile(compiler, &options);
  CHECK_OK(smashProductRunStored(product, &a, &b, NULL, &c));
  smashStoredMatrixDestroy(stored);
  smashStoredMatrixGet(c, &b);
  CHECK_OK(smashStoredToCsr(&b, 32, 32, &csr));
  smashMatrixGetCsr(csr, &view);
  CHECK(isProduct(&view));
  smashMatrixDestroy(csr);

  CHECK_ERROR(smashProductRunStored(product, &b, &b, NULL, &stored),
              SMASH_ERROR_RUN, "A is stored as csr");
  CHECK(stored == NULL);
  CHECK_ERROR(smashProductRunStored(product, NULL, &b, NULL, &stored),
              SMASH_ERROR_INVALID_ARGUMENT, "A is a null pointer");
  smashStoredMatrixDestroy(c);
  smashProductDestroy(product);

  a.valueType = SMASH_I1;
  a.arrays[2] = positions;
  a.bytes[2] = 3;
  CHECK_ERROR(smashStoredCheck(&a), SMASH_ERROR_INVALID_ARGUMENT,
              "has value 2; an i1 is 0 or 1");
  CHECK_ERROR(smashStoredToCsr(&a, 32, 32, &csr), SMASH_ERROR_INVALID_ARGUMENT,
              "an i1 is 0 or 1");
  a.valueType = SMASH_F64;
  a.arrays[2] = values;
  a.bytes[2] = sizeof(values);

  a.arrays[1] = outside;
  CHECK_ERROR(smashStoredCheck(&a), SMASH_ERROR_INVALID_ARGUMENT, "7");
  a.bytes[1] = 2;
  CHECK_ERROR(smashStoredCheck(&a), SMASH_ERROR_INVALID_ARGUMENT,
              "element 2 is read");
  a.arrays[1] = NULL;
  CHECK_ERROR(smashStoredCheck(&a), SMASH_ERROR_INVALID_ARGUMENT,
              "null array 1 of 2 bytes");
  a.format = "round";
  CHECK_ERROR(smashStoredCheck(&a), SMASH_ERROR_INVALID_ARGUMENT,
              "unknown format 'round'");
  a.format = NULL;
  CHECK_ERROR(smashStoredCheck(&a), SMASH_ERROR_INVALID_ARGUMENT,
              "null format");
  options.formatC = "bsr:0x2";
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_INVALID_ARGUMENT, "bsr:0x2");
  CHECK_ERROR(smashStoredToCsr(&b, 31, 32, &csr), SMASH_ERROR_INVALID_ARGUMENT,
              "31 bits");
  smashStoredMatrixDestroy(NULL);
}

/* A second compiler finds the kernel of the first. */
static void testFolder(const char *folder) {
  SmashProductOptions options;
  int round;
  smashProductOptionsInit(&options);
  for (round = 0; round < 2; ++round) {
    SmashCompiler *compiler;
    SmashProduct *product;
    SmashMatrix *c;
    SmashCsr a = makeA(), b = makeB(), view;
    CHECK_OK(smashCompilerCreateCached(folder, 1 << 20, &compiler));
    product = compile(compiler, &options);
    CHECK(smashProductIsCached(product) == round);
    CHECK_OK(smashProductRun(product, &a, &b, NULL, &c));
    smashMatrixGetCsr(c, &view);
    CHECK(isProduct(&view));
    smashMatrixDestroy(c);
    smashProductDestroy(product);
    smashCompilerDestroy(compiler);
  }
}

/* A program that was compiled with an earlier header knows fewer options. */
static void testEarlierHeader(SmashCompiler *compiler) {
  SmashProductOptions options;
  SmashProduct *product;
  smashProductOptionsInit(&options);
  options.size = offsetof(SmashProductOptions, accumulates);
  options.formatC = "what lies behind its end";
  smashProductDestroy(compile(compiler, &options));
  options.size = sizeof(options) + 1;
  CHECK_ERROR(smashCompileProduct(compiler, &options, &product),
              SMASH_ERROR_INVALID_ARGUMENT, "bytes");
}

int main(int argc, char **argv) {
  SmashCompiler *compiler;
  CHECK(argc == 2);
  CHECK_OK(smashCompilerCreate(&compiler));
  testTypes(compiler);
  testMasks(compiler);
  testAccumulation(compiler);
  testFormats(compiler);
  testNarrow(compiler);
  testFolder(argv[1]);
  testEarlierHeader(compiler);
  smashCompilerDestroy(compiler);
  printf("OK\n");
  return 0;
}
