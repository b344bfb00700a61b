//===- GeneratorOptions.h - keys of a description ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_LIB_SUPPORT_GENERATOROPTIONS_H
#define SMASH_LIB_SUPPORT_GENERATOROPTIONS_H

#include "smash/Support/Matrix.h"
#include "llvm/ADT/SmallVector.h"

namespace smash {
namespace gen {

/// The keys and values of `KIND,key=value,...`. Each `take` reads one key; the
/// first thing wrong is kept, and `finish` returns it.
class Options {
public:
  /// `description` as the user wrote it, `gen:` included.
  explicit Options(llvm::StringRef description);

  llvm::StringRef kind() const { return kindName; }
  bool has(llvm::StringRef key) const;

  /// An integer, such as 1000 or 2^20, in [low, high].
  int64_t take(llvm::StringRef key, std::optional<int64_t> fallback,
               int64_t low, int64_t high);
  /// A real number in [low, high].
  double takeReal(llvm::StringRef key, double fallback, double low,
                  double high);
  /// One of `words`, as its index.
  unsigned takeWord(llvm::StringRef key, llvm::StringRef fallback,
                    llvm::ArrayRef<llvm::StringRef> words);
  ValueType takeType();

  /// Keeps `reason` unless there is one already.
  void fail(const llvm::Twine &reason);
  /// Whether nothing is wrong so far.
  bool good() const { return reason.empty(); }
  /// The first thing wrong; a key that nobody took is wrong too.
  llvm::Error finish();

private:
  struct Pair {
    llvm::StringRef key;
    llvm::StringRef value;
  };
  llvm::StringRef kindName;
  llvm::SmallVector<Pair, 8> pairs;
  llvm::SmallVector<llvm::StringRef, 8> known; ///< keys that were asked for
  std::string reason;

  std::optional<llvm::StringRef> find(llvm::StringRef key);
};

} // namespace gen
} // namespace smash

#endif // SMASH_LIB_SUPPORT_GENERATOROPTIONS_H
