//===- smash.cpp - the driver ---------------------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Cache.h"
#include "Compile.h"
#include "Explain.h"
#include "Multiply.h"
#include "Simulate.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <unistd.h>

using namespace llvm;
using namespace smash::driver;

static const StringRef kCommands[] = {"multiply", "explain", "simulate",
                                      "compile", "cache"};

/// Prints `message` as one line; one that begins with FILE:LINE: says by itself
/// where it comes from.
static void printError(StringRef message) {
  std::string line = message.trim().str();
  for (char &c : line)
    if (c == '\n' || c == '\r')
      c = ' ';
  size_t colon = line.find(": ");
  StringRef place = StringRef(line).take_front(colon);
  bool located = colon != std::string::npos && place.contains(':') &&
                 !place.rsplit(':').second.empty() &&
                 all_of(place.rsplit(':').second, isDigit);
  errs() << (located ? "" : "smash: ") << line << "\n";
}

/// What LLVM calls where it would otherwise print a trace and abort.
static void handleFatalError(void *, const char *reason, bool) {
  printError(reason);
  _exit(1);
}

static void handleOutOfMemory() {
  std::fputs("smash: out of memory\n", stderr);
  _exit(1);
}

static Error runCommand(ArrayRef<StringRef> arguments) {
  if (arguments.empty())
    return makeError("no command; see 'smash --help'");
  StringRef command = arguments.front();
  if (command == "--help" || command == "-h" || command == "help") {
    printHelp(outs());
    return Error::success();
  }
  if (command == "--version") {
    printVersion(outs());
    return Error::success();
  }
  if (command == "multiply") {
    auto options = parseMultiplyOptions(arguments.drop_front());
    if (!options)
      return options.takeError();
    if (!options->help)
      return multiply(*options);
    printMultiplyHelp(outs());
    return Error::success();
  }
  if (command == "simulate") {
    auto options = parseSimulateOptions(arguments.drop_front());
    if (!options)
      return options.takeError();
    if (!options->help)
      return simulate(*options);
    printSimulateHelp(outs());
    return Error::success();
  }
  if (command == "explain") {
    auto options = parseExplainOptions(arguments.drop_front());
    if (!options)
      return options.takeError();
    if (!options->help)
      return explain(*options);
    printExplainHelp(outs());
    return Error::success();
  }
  if (command == "cache") {
    auto options = parseCacheOptions(arguments.drop_front());
    if (!options)
      return options.takeError();
    if (!options->help)
      return manageCache(*options);
    printCacheHelp(outs());
    return Error::success();
  }
  if (command == "compile") {
    auto options = parseCompileOptions(arguments.drop_front());
    if (!options)
      return options.takeError();
    if (!options->help)
      return compile(*options);
    printCompileHelp(outs());
    return Error::success();
  }
  StringRef nearest = findNearest(command, kCommands);
  return makeError("unknown command '" + command + "'" +
                   (nearest.empty() ? "; see 'smash --help'"
                                    : "; is it '" + nearest.str() + "'?"));
}

int main(int argc, char **argv) {
  install_fatal_error_handler(handleFatalError);
  std::set_new_handler(handleOutOfMemory);
  // A file that may not grow is an error like a full disk, not the end.
  std::signal(SIGXFSZ, SIG_IGN);

  SmallVector<StringRef> arguments(argv + 1, argv + argc);
  Error error = runCommand(arguments);
  bool failed = bool(error);
  if (failed)
    printError(toString(std::move(error)));
  outs().flush();
  if (outs().has_error()) {
    std::error_code code = outs().error();
    outs().clear_error(); // or its destructor would abort
    printError("cannot write to standard output: " +
               StringRef(code.message()).lower());
    return 1;
  }
  return failed;
}
