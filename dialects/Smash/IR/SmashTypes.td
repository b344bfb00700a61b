//===- SmashTypes.td - plans and accumulators -*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_IR_SMASHTYPES_TD
#define SMASH_IR_SMASHTYPES_TD

include "Smash/IR/SmashAttributes.td"

class Smash_Type<string name, string typeMnemonic>
    : TypeDef<Smash_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Smash_PlanType : Smash_Type<"Plan", "plan"> {
  let summary = "the pattern of a product, to be filled many times";
  let description = [{
    What the symbolic phase leaves: the positions (of `position` type) and
    sorted coordinates (of `coordinate` type) of C, and a fingerprint of the
    operands' patterns. A plan is a value: reuse is visible to CSE and LICM.

    ```mlir
    !smash.plan<i32, i32>
    ```
  }];
  let parameters = (ins "::mlir::IntegerType":$position,
                        "::mlir::IntegerType":$coordinate);
  let assemblyFormat = "`<` $position `,` $coordinate `>`";
}

def Smash_AccumulatorType : Smash_Type<"Accumulator", "accumulator"> {
  let summary = "merges (key, value) pairs by key";
  let description = [{
    A map from keys to merged values, in the scratchpad of a block. `value` is
    `none` for an accumulator of keys only.

    ```mlir
    !smash.accumulator<dense, i32, f64>
    ```
  }];
  let parameters = (ins EnumParameter<Smash_AccumulatorKind>:$kind,
                        "::mlir::IntegerType":$key, "::mlir::Type":$value);
  let assemblyFormat = "`<` $kind `,` $key `,` $value `>`";
  let extraClassDeclaration = [{
    /// Whether values are merged, not only keys.
    bool hasValues() const { return !::llvm::isa<::mlir::NoneType>(getValue()); }
  }];
}

#endif // SMASH_IR_SMASHTYPES_TD
