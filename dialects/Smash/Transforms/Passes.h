//===- Passes.h - passes of the smash dialect -*- C++ -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TRANSFORMS_PASSES_H
#define SMASH_TRANSFORMS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir {
namespace complex {
class ComplexDialect;
} // namespace complex
namespace func {
class FuncDialect;
} // namespace func
namespace math {
class MathDialect;
} // namespace math
namespace tensor {
class TensorDialect;
} // namespace tensor
namespace vector {
class VectorDialect;
} // namespace vector
} // namespace mlir

namespace smash {

#define GEN_PASS_DECL
#include "Smash/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "Smash/Transforms/Passes.h.inc"

} // namespace smash

#endif // SMASH_TRANSFORMS_PASSES_H
