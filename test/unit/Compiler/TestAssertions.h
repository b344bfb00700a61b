//===- TestAssertions.h - what an error says -------------------*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TEST_UNIT_COMPILER_TESTASSERTIONS_H
#define SMASH_TEST_UNIT_COMPILER_TESTASSERTIONS_H

#include "llvm/ADT/StringRef.h"
#include "gtest/gtest.h"
#include <string>

namespace smash::test {

inline ::testing::AssertionResult check(bool holds, const std::string &text,
                                        llvm::StringRef part) {
  if (holds)
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "'" << part.str() << "' is not where it should be in '" << text
         << "'";
}

inline ::testing::AssertionResult contains(const std::string &text,
                                           llvm::StringRef part) {
  return check(llvm::StringRef(text).contains(part), text, part);
}

inline ::testing::AssertionResult startsWith(const std::string &text,
                                             llvm::StringRef part) {
  return check(llvm::StringRef(text).starts_with(part), text, part);
}

} // namespace smash::test

#endif // SMASH_TEST_UNIT_COMPILER_TESTASSERTIONS_H
