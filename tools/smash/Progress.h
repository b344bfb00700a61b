//===- Progress.h - a bar while something long goes on ----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_PROGRESS_H
#define SMASH_TOOLS_SMASH_PROGRESS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <mutex>
#include <string>

namespace smash::driver {

/// Draws a bar on a terminal's standard error, and nothing in a pipe, nor for
/// what is over before anybody would look. Wiped when it goes out of scope.
class Progress {
public:
  /// `what` is shown before the bar, such as "reading A.mtx".
  Progress(llvm::StringRef what, bool enabled);
  ~Progress();

  /// Shows that `share` of the work, in [0, 1], is done. Thread-safe.
  void update(double share);
  /// Shows how much is done, where nobody knows of how much. Thread-safe.
  void update(llvm::StringRef text);

private:
  /// Draws what `describe` writes, now and then.
  void draw(llvm::function_ref<void(llvm::raw_ostream &)> describe);
  using Clock = std::chrono::steady_clock;
  std::mutex mutex;
  std::string what;
  bool enabled;
  bool drawn = false;
  Clock::time_point nextDraw;
};

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_PROGRESS_H
