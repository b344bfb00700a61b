//===- Compile.cpp - smash compile ----------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compile.h"
#include "Outputs.h"
#include "smash/Compiler/Library.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace smash::driver {

using Files = std::vector<std::pair<std::string, std::string>>;

/// Where the files go, without an extension.
static std::string chooseName(const CompileOptions &options) {
  if (!options.output.empty())
    return options.output;
  return options.a.empty() ? "product" : sys::path::stem(options.a).str();
}

static ProductOptions describeProduct(const CompileOptions &options) {
  ProductOptions product;
  product.valueType = options.valueType.value_or(ValueType::F64);
  product.positionBits = product.coordinateBits = product.resultPositionBits =
      options.indexBits.value_or(32);
  product.semiring = options.semiring;
  product.strategy = options.strategy;
  product.transposeA = options.transposeA;
  product.transposeB = options.transposeB;
  product.masked = options.masked;
  product.maskComplement = options.maskComplement;
  product.sorted = options.sorted;
  return product;
}

static Expected<CompiledLibrary> compileSource(const CompileOptions &options,
                                               StringRef name) {
  LibraryOptions library;
  library.name = sys::path::filename(name).str();
  library.cpu = options.cpu;
  library.blocks =
      options.threads.value_or(options.blockThreads) / options.blockThreads;
  library.blockThreads = options.blockThreads;
  library.deterministic = options.deterministic;
  library.object = options.object || options.shared;
  library.assembly = options.assembly;
  library.llvmIR = options.llvmIR;
  if (options.a.empty())
    return compileLibrary(library, describeProduct(options), library.name);
  auto text = MemoryBuffer::getFile(options.a, /*IsText=*/true);
  if (std::error_code code = text.getError())
    return makeError("cannot read '" + options.a + "': " + describe(code));
  auto compiled = compileLibrary(library, (*text)->getBuffer());
  if (compiled)
    return compiled;
  // FILE:LINE:COLUMN: where there is a line.
  std::string message = toString(compiled.takeError());
  bool located = !message.empty() && isDigit(message[0]);
  return makeError(options.a + (located ? ":" : ": ") + message);
}

/// Links `library` into a shared object that shows its functions only.
static Error linkShared(const CompiledLibrary &library, StringRef name,
                        std::string &bytes) {
  auto linker = sys::findProgramByName("cc");
  if (!linker)
    return makeError("--emit=shared needs a linker, and there is no 'cc' in "
                     "PATH; --emit=obj needs none");
  SmallString<128> folder;
  if (std::error_code code =
          sys::fs::createUniqueDirectory("smash-link", folder))
    return makeError("cannot make a temporary folder: " + describe(code));
  scope_exit removeFolder([&] { (void)sys::fs::remove_directories(folder); });
  std::string prefix = (folder + "/").str();
  std::string object = prefix + "library.o", archive = prefix + "runtime.a",
              result = prefix + "library.so", log = prefix + "log";
  Files parts = {{object, library.object}};
  std::vector<std::string> command = {
      *linker,
      "-shared",
      "-o",
      result,
      "-Wl,--exclude-libs,ALL",
      ("-Wl,-soname," + sys::path::filename(name) + ".so").str(),
      object};
  if (library.needsRuntime) {
    parts.emplace_back(archive, library.runtime);
    // Its threads stay when the library is closed.
    command.insert(command.end(), {archive, "-pthread", "-Wl,-z,nodelete"});
  }
  if (Error error = writeFiles(parts))
    return error;
  SmallVector<StringRef> arguments(command.begin(), command.end());
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(log),
                                          StringRef(log)};
  std::string why;
  int status = sys::ExecuteAndWait(*linker, arguments, std::nullopt, redirects,
                                   0, 0, &why);
  if (status != 0) {
    auto said = MemoryBuffer::getFile(log);
    if (said)
      why += (*said)->getBuffer().split('\n').first;
    return makeError("cannot link '" + name + ".so': " + why);
  }
  auto linked = MemoryBuffer::getFile(result);
  if (std::error_code code = linked.getError())
    return makeError("cannot read what '" + *linker +
                     "' linked: " + describe(code));
  bytes = (*linked)->getBuffer().str();
  return Error::success();
}

Error compile(const CompileOptions &options) {
  std::string name = chooseName(options);
  std::vector<std::string> paths;
  std::vector<OutputFile> outputs;
  auto plan = [&](bool wanted, StringRef extension) {
    if (wanted)
      paths.push_back(name + extension.str());
  };
  plan(options.object, ".o");
  plan(options.header, ".h");
  plan(options.assembly, ".s");
  plan(options.llvmIR, ".ll");
  plan(options.shared, ".so");
  for (const std::string &path : paths)
    outputs.push_back({"-o", path, /*replaced=*/true});
  if (Error error = checkOutputs(outputs))
    return error;

  auto library = compileSource(options, name);
  if (!library)
    return library.takeError();
  Files files;
  auto add = [&](bool wanted, StringRef extension, std::string &bytes) {
    if (wanted)
      files.emplace_back(name + extension.str(), bytes);
  };
  add(options.object, ".o", library->object);
  add(options.header, ".h", library->header);
  add(options.assembly, ".s", library->assembly);
  add(options.llvmIR, ".ll", library->llvmIR);
  if (options.shared) {
    std::string bytes;
    if (Error error = linkShared(*library, name, bytes))
      return error;
    add(true, ".so", bytes);
  }
  if (options.object && library->needsRuntime) {
    SmallString<128> path(sys::path::parent_path(name));
    sys::path::append(path, "libsmash_runtime.a");
    files.emplace_back(path.str().str(), library->runtime);
  }
  if (Error error = writeFiles(files))
    return error;
  if (options.quiet)
    return Error::success();
  auto line = [&](StringRef key) -> raw_ostream & {
    return outs() << left_justify(key, 13);
  };
  line("functions") << join(library->functions, ", ") << "\n";
  line("cpu") << options.cpu << "\n";
  line("compile") << format("%.1f", library->compileMs) << " ms\n";
  SmallVector<std::string> names;
  for (const auto &file : files)
    names.push_back(file.first);
  line("files") << join(names, ", ") << "\n";
  if (options.object)
    line("build with") << library->linkCommand << "\n";
  return Error::success();
}

} // namespace smash::driver
