//===- VersionedBytecode.h - bytecode that says its version -----*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What both dialects of smash do about bytecode: they write their version into
/// it, upgrade what an older one wrote, and refuse what a newer one did, which
/// they could read only by luck.
///
//===----------------------------------------------------------------------===//

#ifndef SMASH_DIALECTS_COMMON_VERSIONEDBYTECODE_H
#define SMASH_DIALECTS_COMMON_VERSIONEDBYTECODE_H

#include "mlir/Bytecode/BytecodeImplementation.h"

namespace smash {

/// The version of a dialect, counted from 1.
struct BytecodeVersion : public mlir::DialectVersion {
  explicit BytecodeVersion(uint64_t number) : number(number) {}
  uint64_t number;
};

/// The interface of `DialectT`, whose `kBytecodeVersion` is the version that it
/// writes. A dialect with older versions derives from it to override
/// `upgradeFromVersion`.
template <typename DialectT>
class VersionedBytecode : public mlir::BytecodeDialectInterface {
public:
  explicit VersionedBytecode(mlir::Dialect *dialect)
      : BytecodeDialectInterface(dialect) {}

  void writeVersion(mlir::DialectBytecodeWriter &writer) const override {
    uint64_t number = DialectT::kBytecodeVersion;
    // A writer may be configured to write what an older reader knows.
    if (auto asked = writer.getDialectVersion<DialectT>(); succeeded(asked))
      number = static_cast<const BytecodeVersion *>(*asked)->number;
    writer.writeVarInt(number);
  }

  std::unique_ptr<mlir::DialectVersion>
  readVersion(mlir::DialectBytecodeReader &reader) const override {
    uint64_t number;
    if (failed(reader.readVarInt(number)))
      return nullptr;
    if (number == 0 || number > DialectT::kBytecodeVersion) {
      reader.emitError() << "version " << number << " of dialect '"
                         << DialectT::getDialectNamespace()
                         << "' is not known; this program reads versions 1 to "
                         << DialectT::kBytecodeVersion;
      return nullptr;
    }
    return std::make_unique<BytecodeVersion>(number);
  }
};

} // namespace smash

#endif // SMASH_DIALECTS_COMMON_VERSIONEDBYTECODE_H
