//===- HostEngine.cpp - machine code for the host -------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Execution/HostEngine.h"
#include "CodeGeneration.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include <dlfcn.h>

using namespace llvm;

namespace smash {

struct HostEngine::Implementation {
  std::unique_ptr<orc::LLJIT> jit;
  /// Every exported symbol, resolved once, so that a lookup takes no lock.
  StringMap<void *> exports;
};

HostEngine::HostEngine(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}

HostEngine::~HostEngine() = default;

namespace {
/// What an object needs and offers.
struct ObjectSymbols {
  std::vector<std::string> undefined;
  std::vector<std::string> exported;
};
} // namespace

static Expected<ObjectSymbols> readSymbols(MemoryBufferRef buffer) {
  auto object = object::ObjectFile::createObjectFile(buffer);
  if (!object)
    return object.takeError();
  ObjectSymbols symbols;
  for (const object::SymbolRef &symbol : (*object)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (*flags & object::SymbolRef::SF_FormatSpecific ||
        !(*flags & object::SymbolRef::SF_Global))
      continue;
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    bool undefined = *flags & object::SymbolRef::SF_Undefined;
    (undefined ? symbols.undefined : symbols.exported).push_back(name->str());
  }
  return symbols;
}

/// The addresses of `needed`, or an error that names all that are missing.
static Expected<orc::SymbolMap> resolve(const std::vector<std::string> &needed,
                                        const EngineOptions &options,
                                        const orc::LLJIT &jit) {
  StringMap<void *> known;
  for (const detail::HostSymbol &symbol : detail::hostSymbols())
    known[symbol.name] = symbol.address;
  for (const auto &[name, address] : options.symbols)
    known[name] = address;
  // The functions of the sanitizer that the program has, and of no other.
  StringRef prefix = options.sanitizer == Sanitizer::Thread    ? "__tsan_"
                     : options.sanitizer == Sanitizer::Address ? "__asan_"
                                                               : "";
  for (const std::string &name : needed)
    if (!prefix.empty() && StringRef(name).starts_with(prefix))
      if (void *address = dlsym(RTLD_DEFAULT, name.c_str()))
        known[name] = address;

  orc::SymbolMap addresses;
  std::string missing;
  for (const std::string &name : needed) {
    auto it = known.find(name);
    if (it == known.end()) {
      missing += (missing.empty() ? "'" : ", '") + name + "'";
      continue;
    }
    addresses[jit.mangleAndIntern(name)] = {
        orc::ExecutorAddr::fromPtr(it->second),
        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  }
  if (!missing.empty())
    return createStringError(inconvertibleErrorCode(),
                             "generated code refers to symbols that it may "
                             "not use: " +
                                 missing);
  return addresses;
}

Expected<std::unique_ptr<HostEngine>>
HostEngine::create(mlir::ModuleOp module, const EngineOptions &options) {
  auto object = emitObject(module, options);
  if (!object)
    return object.takeError();
  return load(*object, options);
}

Expected<std::unique_ptr<HostEngine>>
HostEngine::load(StringRef bytes, const EngineOptions &options) {
  if (options.sanitizer != Sanitizer::None &&
      options.sanitizer != builtInSanitizer()) {
    bool threads = options.sanitizer == Sanitizer::Thread;
    return createStringError(
        inconvertibleErrorCode(),
        Twine("generated code can be instrumented for ") +
            (threads ? "threads" : "addresses") +
            " only in a program that is: build smash with the preset " +
            (threads ? "tsan" : "asan"));
  }
  auto machine = detail::createTargetMachine(options);
  if (!machine)
    return machine.takeError();
  auto object = MemoryBuffer::getMemBufferCopy(bytes, "kernel");
  auto symbols = readSymbols(object->getMemBufferRef());
  if (!symbols)
    return symbols.takeError();

  // Only a linker is needed: the code is there, it has no initialisers, and no
  // symbol of the process may be found by chance.
  auto jit = orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(orc::JITTargetMachineBuilder(
                     (*machine)->getTargetTriple()))
                 .setDataLayout((*machine)->createDataLayout())
                 .setLinkProcessSymbolsByDefault(false)
                 .setPlatformSetUp(orc::setUpInactivePlatform)
                 .create();
  if (!jit)
    return jit.takeError();
  // The session would print; what it knows belongs in the error instead.
  std::string details;
  orc::ExecutionSession &session = (*jit)->getExecutionSession();
  session.setErrorReporter([&](Error error) {
    details += (details.empty() ? "" : "; ") + toString(std::move(error));
  });

  auto addresses = resolve(symbols->undefined, options, **jit);
  if (!addresses)
    return addresses.takeError();
  orc::JITDylib &library = (*jit)->getMainJITDylib();
  if (!addresses->empty())
    if (Error error =
            library.define(orc::absoluteSymbols(std::move(*addresses))))
      return std::move(error);
  if (Error error = (*jit)->addObjectFile(std::move(object)))
    return std::move(error);

  auto implementation = std::make_unique<Implementation>();
  orc::SymbolLookupSet wanted;
  for (const std::string &name : symbols->exported)
    wanted.add((*jit)->mangleAndIntern(name));
  auto found = session.lookup(orc::makeJITDylibSearchOrder(&library), wanted);
  session.setErrorReporter([](Error error) { consumeError(std::move(error)); });
  if (!found) {
    std::string message = toString(found.takeError());
    return createStringError(
        inconvertibleErrorCode(),
        "cannot load generated code: " +
            (details.empty() ? message : message + ": " + details));
  }
  for (const std::string &name : symbols->exported)
    implementation->exports[name] = found->find((*jit)->mangleAndIntern(name))
                                        ->second.getAddress()
                                        .toPtr<void *>();
  implementation->jit = std::move(*jit);
  return std::unique_ptr<HostEngine>(new HostEngine(std::move(implementation)));
}

Expected<void *> HostEngine::lookup(StringRef name) const {
  auto it = implementation->exports.find(name);
  if (it == implementation->exports.end())
    return createStringError(inconvertibleErrorCode(),
                             "the compiled module has no symbol '" +
                                 name.str() + "'");
  return it->second;
}

} // namespace smash
