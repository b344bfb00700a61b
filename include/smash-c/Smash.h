//===- Smash.h - compile and run sparse products from C ---------*- C -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrices in arrays of the caller, compilers, compiled products and modules,
// simulated runs. Needs no other header, and no MLIR in the program.
//
// A function that can fail returns NULL, or an error that the caller reads and
// destroys; what it was to give is then NULL. No function exits, throws or
// prints. Functions that destroy accept NULL. There is no global state: several
// compilers may live at once, on as many threads; one compiler serves one
// thread at a time; products and modules may run on several threads at once.
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_C_SMASH_H
#define SMASH_C_SMASH_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SMASH_C_EXPORTED __attribute__((visibility("default")))
#else
#define SMASH_C_EXPORTED
#endif

/* In C++, too, an enum holds any number: a wrong one can be an error. */
#ifdef __cplusplus
#define SMASH_C_ANY_NUMBER : unsigned
#else
#define SMASH_C_ANY_NUMBER
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library, such as "0.1.0". */
SMASH_C_EXPORTED const char *smashGetVersion(void);

/*===----------------------------------------------------------------------===*/
/* Errors                                                                     */
/*===----------------------------------------------------------------------===*/

/* Why something failed. */
typedef struct SmashError SmashError;

typedef enum SmashErrorCode SMASH_C_ANY_NUMBER {
  SMASH_ERROR_INVALID_ARGUMENT = 1, /* a null pointer, an unknown name, ... */
  SMASH_ERROR_COMPILATION = 2,      /* the compiler refused the program */
  SMASH_ERROR_RUN = 3, /* the operands do not fit, or a run failed */
  SMASH_ERROR_OUT_OF_MEMORY = 4,
  SMASH_ERROR_FILE = 5 /* a file could not be read or written */
} SmashErrorCode;

SMASH_C_EXPORTED SmashErrorCode smashErrorGetCode(const SmashError *error);

/* One line, lower-case. Lives as long as the error. */
SMASH_C_EXPORTED const char *smashErrorGetMessage(const SmashError *error);

SMASH_C_EXPORTED void smashErrorDestroy(SmashError *error);

/*===----------------------------------------------------------------------===*/
/* Matrices                                                                   */
/*===----------------------------------------------------------------------===*/

typedef enum SmashValueType SMASH_C_ANY_NUMBER {
  SMASH_I1 = 0, /* one byte, 0 or 1 */
  SMASH_I32 = 1,
  SMASH_I64 = 2,
  SMASH_F32 = 3,
  SMASH_F64 = 4,
  SMASH_COMPLEX_F64 = 5 /* two doubles */
} SmashValueType;

/* A matrix in compressed rows (CSR), in arrays that somebody else owns. Row i
 * has the entries numbered [positions[i], positions[i + 1]). Positions and
 * coordinates are unsigned, of 32 or 64 bits. */
typedef struct SmashCsr {
  int64_t rows;
  int64_t cols;
  int64_t entries;          /* length of coordinates and of values */
  SmashValueType valueType; /* of values */
  int positionBits;         /* 32 or 64 */
  int coordinateBits;       /* 32 or 64 */
  const void *positions;    /* rows + 1 */
  const void *coordinates;  /* entries, each in [0, cols) */
  const void *values;       /* entries */
} SmashCsr;

/* Whether the arrays are what kernels take on trust: positions that ascend from
 * 0 to `entries`, coordinates in range and ascending strictly in each row.
 * Reads all of positions and coordinates. */
SMASH_C_EXPORTED SmashError *smashCsrCheck(const SmashCsr *matrix);

/* A matrix in arrays that the library owns. */
typedef struct SmashMatrix SmashMatrix;

/* Fills `view` with the arrays of `matrix`, which live as long as it does. */
SMASH_C_EXPORTED void smashMatrixGetCsr(const SmashMatrix *matrix,
                                        SmashCsr *view);

/* Destroys `matrix` but not its arrays, which are the caller's from now on, who
 * frees each with free(). What smashMatrixGetCsr has filled stays valid. */
SMASH_C_EXPORTED void smashMatrixRelease(SmashMatrix *matrix, void **positions,
                                         void **coordinates, void **values);

SMASH_C_EXPORTED void smashMatrixDestroy(SmashMatrix *matrix);

/* Reads a Matrix Market file, plain or gzipped, or writes one. */
SMASH_C_EXPORTED SmashError *smashMatrixRead(const char *path,
                                             SmashMatrix **matrix);
SMASH_C_EXPORTED SmashError *smashCsrWrite(const SmashCsr *matrix,
                                           const char *path);

/*===----------------------------------------------------------------------===*/
/* Matrices in other formats                                                  */
/*===----------------------------------------------------------------------===*/

/* The most arrays that a format has. */
enum { SMASH_MAX_ARRAYS = 5 };

/* A matrix in any format, in arrays that somebody else owns.
 *
 * The format is csr, csc, dcsr, dcsc, coo, coo-by-columns, bsr:RxC, bsc:RxC or
 * dense and then, each after a comma, any of soa, nonordered, positions=BITS
 * and coordinates=BITS (8, 16, 32 or 64, all unsigned; 32 where they are not
 * given). The arrays are those of MLIR's sparse tensors: for each compressed
 * level its positions, then its coordinates (of coo without soa row and column
 * of an entry side by side), values last. The others are not read. */
typedef struct SmashStored {
  const char *format;
  int64_t rows;
  int64_t cols;
  SmashValueType valueType;
  const void *arrays[SMASH_MAX_ARRAYS];
  size_t bytes[SMASH_MAX_ARRAYS]; /* of each array */
} SmashStored;

/* Whether the arrays are what kernels take on trust: each long enough for the
 * positions before it, coordinates in range. Reads all of them. */
SMASH_C_EXPORTED SmashError *smashStoredCheck(const SmashStored *matrix);

/* A matrix in any format, in arrays that the library owns. */
typedef struct SmashStoredMatrix SmashStoredMatrix;

/* Fills `view` with the format, with all widths, and the arrays of `matrix`,
 * which live as long as it does; null and 0 where the format has none. */
SMASH_C_EXPORTED void smashStoredMatrixGet(const SmashStoredMatrix *matrix,
                                           SmashStored *view);

SMASH_C_EXPORTED void smashStoredMatrixDestroy(SmashStoredMatrix *matrix);

/* The entries of `matrix` in another format, and in CSR with indices of these
 * widths (32 or 64). Blocks and dense matrices have zeros beside the entries,
 * and in CSR an entry for each of their elements. */
SMASH_C_EXPORTED SmashError *smashCsrStore(const SmashCsr *matrix,
                                           const char *format,
                                           SmashStoredMatrix **stored);
SMASH_C_EXPORTED SmashError *smashStoredToCsr(const SmashStored *matrix,
                                              int positionBits,
                                              int coordinateBits,
                                              SmashMatrix **csr);

/*===----------------------------------------------------------------------===*/
/* Compilers                                                                  */
/*===----------------------------------------------------------------------===*/

typedef struct SmashCompiler SmashCompiler;

SMASH_C_EXPORTED SmashError *smashCompilerCreate(SmashCompiler **compiler);

/* The same with a folder of kernels in machine code, which are used again for
 * the same product, CPU and version of smash, by any number of processes. Those
 * that were not used for long go when there are more than `bytes` of them. */
SMASH_C_EXPORTED SmashError *
smashCompilerCreateCached(const char *folder, uint64_t bytes,
                          SmashCompiler **compiler);

/* What it has compiled stays. */
SMASH_C_EXPORTED void smashCompilerDestroy(SmashCompiler *compiler);

/* A product C = A * B. Fill it with smashProductOptionsInit, then change what
 * is to differ. Texts are read during the call that takes the options. */
typedef struct SmashProductOptions {
  size_t size; /* of this struct, as the caller was compiled */
  SmashValueType valueType;
  int positionBits;       /* of A and B: 32 or 64 */
  int coordinateBits;     /* of A, B and C */
  int resultPositionBits; /* of C */
  const char *semiring;   /* "plus_times" */
  const char *strategy;   /* what stands inside #smash.strategy<...>: "auto" */
  int transposeA;
  int transposeB;
  int masked; /* 1: with a structural mask as third operand */
  int maskComplement;
  int sorted;           /* 1: the rows of C in ascending column order */
  int deterministic;    /* 1: the same bits for any number of threads */
  int64_t blocks;       /* groups of threads that run at once: 1 */
  int64_t blockThreads; /* threads that share one block's scratchpad: 1 */
  int64_t rows;         /* of C; -1: any */
  int64_t inner;        /* the inner size; -1: any */
  int64_t cols;         /* of C; -1: any */
  int accumulates;      /* 1: C = D + A * B, with a last operand D like C */
  const char *accumulateAdd; /* "": the semiring's add; else, say, "max" */
  /* As those of SmashStored, but that widths are the ones above where they are
   * not given: "csr". */
  const char *formatA;
  const char *formatB;
  const char *formatC;
  const char *formatMask;
} SmashProductOptions;

SMASH_C_EXPORTED void smashProductOptionsInit(SmashProductOptions *options);

/*===----------------------------------------------------------------------===*/
/* Products                                                                   */
/*===----------------------------------------------------------------------===*/

/* A product in machine code of this host. */
typedef struct SmashProduct SmashProduct;

SMASH_C_EXPORTED SmashError *
smashCompileProduct(SmashCompiler *compiler, const SmashProductOptions *options,
                    SmashProduct **product);

SMASH_C_EXPORTED void smashProductDestroy(SmashProduct *product);

/* The strategy that was compiled, in its primary spelling. */
SMASH_C_EXPORTED const char *
smashProductGetStrategy(const SmashProduct *product);

/* Whether its machine code comes from the compiler's folder. */
SMASH_C_EXPORTED int smashProductIsCached(const SmashProduct *product);

/* C = A * B where `mask`, which is NULL unless the product is masked, allows
 * it. The operands' arrays are read where they are, and must be what
 * smashCsrCheck accepts. The values of a mask are not read. Operands of a
 * product of other formats are stored anew, and C becomes CSR again. */
SMASH_C_EXPORTED SmashError *
smashProductRun(const SmashProduct *product, const SmashCsr *a,
                const SmashCsr *b, const SmashCsr *mask, SmashMatrix **c);

/* C = D + A * B, of a product that accumulates; D is `accumulated`. */
SMASH_C_EXPORTED SmashError *
smashProductAccumulate(const SmashProduct *product, const SmashCsr *a,
                       const SmashCsr *b, const SmashCsr *mask,
                       const SmashCsr *accumulated, SmashMatrix **c);

/* C = A * B with operands in the formats of the product, read where they are;
 * they must be what smashStoredCheck accepts. */
SMASH_C_EXPORTED SmashError *smashProductRunStored(const SmashProduct *product,
                                                   const SmashStored *a,
                                                   const SmashStored *b,
                                                   const SmashStored *mask,
                                                   SmashStoredMatrix **c);

/*===----------------------------------------------------------------------===*/
/* Modules                                                                    */
/*===----------------------------------------------------------------------===*/

/* The functions of an MLIR module in machine code of this host. */
typedef struct SmashModule SmashModule;

/* Compiles `length` bytes of MLIR, as text or bytecode. */
SMASH_C_EXPORTED SmashError *smashCompileModule(SmashCompiler *compiler,
                                                const char *text, size_t length,
                                                SmashModule **module);

SMASH_C_EXPORTED void smashModuleDestroy(SmashModule *module);

/* Calls a function from `operandCount` CSR matrices to `resultCount` CSR
 * matrices: as many as the function has, or an error. */
SMASH_C_EXPORTED SmashError *
smashModuleCall(const SmashModule *module, const char *function,
                const SmashCsr *const *operands, size_t operandCount,
                SmashMatrix **results, size_t resultCount);

/*===----------------------------------------------------------------------===*/
/* Simulated runs                                                             */
/*===----------------------------------------------------------------------===*/

/* A product as a program for a PIUMA-like machine with stated parameters. */
typedef struct SmashSimulation SmashSimulation;

/* `target` is a named target, such as "piuma-1core", or a JSON file. */
SMASH_C_EXPORTED SmashError *
smashCompileSimulation(SmashCompiler *compiler,
                       const SmashProductOptions *options, const char *target,
                       SmashSimulation **simulation);

SMASH_C_EXPORTED void smashSimulationDestroy(SmashSimulation *simulation);

/* What a simulated run took. */
typedef struct SmashReport {
  double timeMs; /* simulated */
  int64_t cycles;
  int64_t instructions;
  int64_t dramReadBytes;
  int64_t dramWriteBytes;
  double dramUtilization; /* of the channels' time */
} SmashReport;

/* Runs it for its result and its time, both the same on every run. One run of a
 * simulation at a time. `report` may be NULL. If `json` is not NULL it becomes
 * the whole report as JSON, which the caller frees with free(). */
SMASH_C_EXPORTED SmashError *
smashSimulationRun(const SmashSimulation *simulation, const SmashCsr *a,
                   const SmashCsr *b, const SmashCsr *mask, SmashMatrix **c,
                   SmashReport *report, char **json);

#ifdef __cplusplus
}
#endif

#endif /* SMASH_C_SMASH_H */
