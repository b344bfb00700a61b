//===- TargetModel.h - the numbers of a machine -*- C++ -*--===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PIUMA_TARGETMODEL_TARGETMODEL_H
#define PIUMA_TARGETMODEL_TARGETMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <array>
#include <cstdint>
#include <string>

namespace smash::piuma {

/// The numbers of a machine. Each stands in the table in TargetModel.cpp with
/// its unit, its legal range and where it is from.
enum class Parameter {
  Cores,
  MtpsPerCore,
  ThreadsPerMtp,
  StpsPerCore,
  ClockMhz,
  AluCycles,
  MultiplyCycles,
  DivideCycles,
  FloatAddCycles,
  FloatMultiplyCycles,
  FloatDivideCycles,
  BranchCycles,
  ReissueCycles,
  CacheBytes,
  CacheLineBytes,
  CacheWays,
  CacheHitCycles,
  ScratchpadBytes,
  ScratchpadReserveBytes,
  ScratchpadBanks,
  ScratchpadCycles,
  ScratchpadBytesPerCycle,
  AtomicCycles,
  DramMbPerSecond,
  DramNs,
  DramAccessBytes,
  DramBanks,
  DramRowCycleNs,
  DramRowBytes,
  InterleaveBytes,
  DmaSetupCycles,
  DmaQueue,
  DmaAccessesInFlight,
  DmaPieceBytes,
  DmaAccessCycles,
  QueueEntries,
  PostedStores,
  StpLoadsInFlight,
  BarrierCycles,
  SpawnCycles,
  HopNs,
};
inline constexpr unsigned kParameters = unsigned(Parameter::HopNs) + 1;

/// What is known about a parameter, the same for every machine.
struct ParameterInfo {
  Parameter parameter;
  llvm::StringLiteral key;  ///< as in JSON and on the command line
  llvm::StringLiteral unit; ///< empty: a plain number
  int64_t lowest, highest;
  int64_t value; ///< of piuma-1core
  llvm::StringLiteral meaning;
  llvm::StringLiteral source; ///< a publication, or "ours": stated, to be swept
};

/// A PIUMA-like machine with stated parameters: the one owner of every number
/// that verifiers, passes and the timing runtime ask for.
class TargetModel {
public:
  /// `piuma-1core`, `piuma-8core` or `piuma-sled`; an error lists them.
  static llvm::Expected<TargetModel> byName(llvm::StringRef name);
  /// An object with `name` and every key of the table, once, and no other.
  static llvm::Expected<TargetModel> fromJson(llvm::StringRef text);
  /// A name, or a JSON file when `text` ends in `.json`.
  static llvm::Expected<TargetModel> load(llvm::StringRef text);

  std::string toJson() const;
  static llvm::ArrayRef<ParameterInfo> parameters();
  static llvm::ArrayRef<llvm::StringLiteral> names();

  const std::string &name() const { return targetName; }
  int64_t get(Parameter parameter) const { return values[unsigned(parameter)]; }
  int64_t operator[](Parameter parameter) const { return get(parameter); }
  /// Changes one number; an error names an unknown key or the legal range.
  llvm::Error set(llvm::StringRef key, int64_t value);
  /// The number called `key`; an error when there is none.
  llvm::Expected<int64_t> get(llvm::StringRef key) const;
  /// What must hold between numbers.
  llvm::Error check() const;
  /// That a block has any scratchpad, as products need. Programs may do
  /// without.
  llvm::Error checkScratchpad() const;

  /// Name and numbers.
  bool operator==(const TargetModel &other) const {
    return targetName == other.targetName && values == other.values;
  }
  bool operator!=(const TargetModel &other) const { return !(*this == other); }

  // Numbers that follow from others.
  int64_t threadsPerCore() const {
    return get(Parameter::MtpsPerCore) * get(Parameter::ThreadsPerMtp);
  }
  /// Bytes of a scratchpad that programs may lay out.
  int64_t usableScratchpadBytes() const {
    return get(Parameter::ScratchpadBytes) -
           get(Parameter::ScratchpadReserveBytes);
  }

private:
  std::string targetName;
  std::array<int64_t, kParameters> values;
};

} // namespace smash::piuma

#endif // PIUMA_TARGETMODEL_TARGETMODEL_H
