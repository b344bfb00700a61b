//===- Passes.td - what makes IR smaller --------------------*- tablegen -*-===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SMASH_TOOLS_REDUCE_PASSES_TD
#define SMASH_TOOLS_REDUCE_PASSES_TD

include "mlir/Pass/PassBase.td"

def ReduceOperations : Pass<"smash-reduce-operations", "::mlir::ModuleOp"> {
  let summary = "leaves out what a bug does not need";
  let description = [{
    Leaves out of a module, one at a time and as long as a script says that the
    rest is still interesting: functions and their bodies; operations, whose
    results become an operand, an earlier value or `ub.poison` of the same type;
    results and arguments of functions; attributes. What a step makes is verified
    before the script sees it, so that every module it is asked about is right.
    Takes as many runs of the script as there are steps to try.

    The script gets `test-arg`, then the path of a file of IR; as in
    `mlir-reduce`, any status but 0 says that the file is interesting.

    ```mlir
    func.func @unrelated(%x: f64) -> f64 {
      return %x : f64
    }
    func.func @bug(%a: i32, %b: i32) -> i32 {
      %0 = arith.addi %a, %b : i32
      %1 = arith.muli %0, %b : i32
      return %1 : i32
    }
    ```

    becomes, for a script that looks for `arith.muli`,

    ```mlir
    func.func @bug(%b: i32) {
      %1 = arith.muli %b, %b : i32
      return
    }
    ```
  }];
  let options = [
    Option<"script", "test", "std::string", /*default=*/"\"\"",
           "the script that says whether a file is interesting">,
    ListOption<"scriptArguments", "test-arg", "std::string",
               "arguments of the script, before the file">
  ];
  let statistics = [
    Statistic<"numTried", "num-tried", "modules that the script was asked about">,
    Statistic<"numTaken", "num-taken", "of these, how many are interesting">
  ];
  let dependentDialects = ["::mlir::ub::UBDialect"];
}

#endif // SMASH_TOOLS_REDUCE_PASSES_TD
