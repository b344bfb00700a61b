//===- Plugin.cpp - smash inside mlir-opt ---------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The two entry points by which a tool that loads plugins learns the dialects,
/// the passes and the pipelines of smash. The plugin holds objects of smash
/// alone: MLIR and LLVM are those of the tool.
///
//===----------------------------------------------------------------------===//

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "smash/Pipelines/RegisterAll.h"

static void registerDialects(mlir::DialectRegistry *registry) {
  smash::registerAllDialects(*registry);
  smash::registerAllExtensions(*registry);
}

static void registerPasses() {
  smash::registerAllPasses();
  smash::registerAllPipelines();
}

mlir::DialectPluginLibraryInfo mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "smash", SMASH_VERSION, registerDialects};
}

mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "smash", SMASH_VERSION, registerPasses};
}
