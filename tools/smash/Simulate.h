//===- Simulate.h - smash simulate -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_SMASH_SIMULATE_H
#define SMASH_TOOLS_SMASH_SIMULATE_H

#include "Options.h"
#include "Piuma/TargetModel/TargetModel.h"

namespace smash::driver {

/// The target that is asked for, with its changes. `named` is the one that a
/// program is made for, which the options may change, and not contradict.
llvm::Expected<piuma::TargetModel>
makeTarget(const SimulateOptions &options,
           const std::optional<piuma::TargetModel> &named = std::nullopt);

/// Does what `options` ask for. An error leaves no file behind.
llvm::Error simulate(const SimulateOptions &options);

} // namespace smash::driver

#endif // SMASH_TOOLS_SMASH_SIMULATE_H
