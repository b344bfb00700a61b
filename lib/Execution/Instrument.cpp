//===- Instrument.cpp - sanitizers in generated code --------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeGeneration.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"
#include "llvm/Transforms/Instrumentation/ThreadSanitizer.h"

// gcc tells by macros of its own.
#ifndef __has_feature
#define __has_feature(Name) 0
#endif

using namespace llvm;

namespace smash {

Sanitizer builtInSanitizer() {
#if __has_feature(thread_sanitizer) || defined(__SANITIZE_THREAD__)
  return Sanitizer::Thread;
#elif __has_feature(address_sanitizer) || defined(__SANITIZE_ADDRESS__)
  return Sanitizer::Address;
#else
  return Sanitizer::None;
#endif
}

namespace detail {

void instrument(Module &module, Sanitizer sanitizer, TargetMachine &machine) {
  bool threads = sanitizer == Sanitizer::Thread;
  for (Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(threads ? Attribute::SanitizeThread
                                 : Attribute::SanitizeAddress);
  Analyses analyses;
  PassBuilder builder(&machine);
  analyses.addFrom(builder);
  ModulePassManager passes;
  // The program's own start has started the runtime: no constructors here.
  if (threads)
    passes.addPass(createModuleToFunctionPassAdaptor(ThreadSanitizerPass()));
  else
    passes.addPass(AddressSanitizerPass(
        AddressSanitizerOptions(), /*UseGlobalGC=*/false,
        /*UseOdrIndicator=*/false, AsanDtorKind::None, AsanCtorKind::None));
  passes.run(module, analyses.modules);
}

} // namespace detail
} // namespace smash
