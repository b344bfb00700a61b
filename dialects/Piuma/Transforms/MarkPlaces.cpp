//===- MarkPlaces.cpp - where operations stand --------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Piuma/Transforms/Passes.h"
#include "mlir/Transforms/LocationSnapshot.h"

namespace smash::piuma {
#define GEN_PASS_DEF_MARKPLACES
#include "Piuma/Transforms/Passes.h.inc"
} // namespace smash::piuma

using namespace mlir;
using namespace smash::piuma;

#define DEBUG_TYPE "piuma-mark-places"

/// FILE:LINE:COLUMN, or nothing where that is not known.
static std::string spell(Location loc) {
  std::string text;
  loc->walk([&](Location part) {
    auto at = dyn_cast<FileLineColLoc>(part);
    if (!at)
      return WalkResult::advance();
    text = (" at " + at.getFilename().getValue() + ":" + Twine(at.getLine()) +
            ":" + Twine(at.getColumn()))
               .str();
    return WalkResult::interrupt();
  });
  return text;
}

namespace {
struct MarkPlacesPass
    : public smash::piuma::impl::MarkPlacesBase<MarkPlacesPass> {
  using MarkPlacesBase::MarkPlacesBase;

  void runOnOperation() override {
    if (!lines.empty()) {
      std::string text;
      llvm::raw_string_ostream os(text);
      generateLocationsFromIR(os, lines, getOperation(), OpPrintingFlags());
    }
    getOperation()->walk([](Operation *op) {
      if (!isa_and_nonnull<PiumaDialect>(op->getDialect()) ||
          isa<CountOp, DoneOp, EnterPhaseOp, FailOp, PlaceOp, YieldOp>(op))
        return;
      OpBuilder b(op);
      PlaceOp::create(b, op->getLoc(),
                      "'" + op->getName().getStringRef().str() + "'" +
                          spell(op->getLoc()));
    });
  }
};
} // namespace
