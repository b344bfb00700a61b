//===- Progress.cpp - a bar while something long goes on ----------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Progress.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include <algorithm>

using namespace llvm;

namespace smash::driver {

/// What takes less than this shows no bar.
static constexpr std::chrono::milliseconds kPatience(500);
static constexpr std::chrono::milliseconds kInterval(100);
static constexpr int kBarWidth = 32;
/// Longer names are cut at the front, so that the bar stays on one line.
static constexpr size_t kNameWidth = 36;

Progress::Progress(StringRef what, bool enabled)
    : what(what.size() <= kNameWidth
               ? what.str()
               : "..." + what.take_back(kNameWidth - 3).str()),
      enabled(enabled && sys::Process::StandardErrIsDisplayed()),
      nextDraw(Clock::now() + kPatience) {}

Progress::~Progress() {
  if (drawn)
    errs() << "\r\033[K";
}

void Progress::draw(function_ref<void(raw_ostream &)> describe) {
  if (!enabled)
    return;
  std::lock_guard<std::mutex> lock(mutex);
  Clock::time_point now = Clock::now();
  if (now < nextDraw)
    return;
  nextDraw = now + kInterval;
  drawn = true;
  errs() << "\r\033[K" << what << " ";
  describe(errs());
}

void Progress::update(double share) {
  draw([&](raw_ostream &os) {
    share = std::clamp(share, 0.0, 1.0);
    int full = int(share * kBarWidth);
    os << "[" << std::string(full, '#') << std::string(kBarWidth - full, '.')
       << "] " << format("%3d%%", int(share * 100));
  });
}

void Progress::update(StringRef text) {
  draw([&](raw_ostream &os) { os << text; });
}

} // namespace smash::driver
