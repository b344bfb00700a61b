//===- Check.h - expectations of the C tests ------------------*- C -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_CAPI_CHECK_H
#define SMASH_TEST_CAPI_CHECK_H

#include "smash-c/Smash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fails the test, at once: what follows would need what did not come. */
#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);           \
      exit(1);                                                                 \
    }                                                                          \
  } while (0)

#define CHECK_OK(call) checkOk(call, __FILE__, __LINE__)
#define CHECK_ERROR(call, code, text)                                          \
  checkError(call, code, text, __FILE__, __LINE__)

static void checkOk(SmashError *error, const char *file, int line) {
  if (!error)
    return;
  printf("%s:%d: %s\n", file, line, smashErrorGetMessage(error));
  exit(1);
}

/* The error is of that code, has that text in its message, and is one line. */
static void checkError(SmashError *error, SmashErrorCode code, const char *text,
                       const char *file, int line) {
  const char *message = error ? smashErrorGetMessage(error) : "no error";
  if (!error || smashErrorGetCode(error) != code || !strstr(message, text) ||
      strchr(message, '\n')) {
    printf("%s:%d: expected '%s' with code %d, got '%s' with code %d\n", file,
           line, text, (int)code, message,
           error ? (int)smashErrorGetCode(error) : 0);
    exit(1);
  }
  smashErrorDestroy(error);
}

#endif /* SMASH_TEST_CAPI_CHECK_H */
