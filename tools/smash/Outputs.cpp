//===- Outputs.cpp - files that a command writes ------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Outputs.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace smash::driver {

/// The message of `code` as part of a line: lower-case.
std::string describe(std::error_code code) {
  std::string message = code.message();
  if (!message.empty())
    message[0] = toLower(message[0]);
  return message;
}

/// Finds out before the work whether a file can be written at `path`.
static Error checkWritable(StringRef path, bool replaced) {
  StringRef folder = sys::path::parent_path(path);
  if (folder.empty())
    folder = ".";
  auto refuse = [&](const Twine &why) {
    return makeError("cannot write '" + path + "': " + why);
  };
  if (!sys::fs::is_directory(folder))
    return refuse("there is no folder '" + folder + "'");
  if (sys::fs::is_directory(path))
    return refuse("it is a folder");
  bool exists = sys::fs::exists(path);
  if (exists && replaced && !sys::fs::is_regular_file(path))
    return refuse("it is not a regular file");
  if (std::error_code code = sys::fs::access(
          exists && !replaced ? path : folder, sys::fs::AccessMode::Write))
    return refuse(describe(code));
  return Error::success();
}

/// `path` in a form that is the same for all spellings of one file.
static std::string identify(StringRef path) {
  StringRef folder = sys::path::parent_path(path);
  SmallString<256> real;
  if (sys::fs::real_path(folder.empty() ? "." : folder, real))
    real = folder;
  sys::path::append(real, sys::path::filename(path));
  return real.str().str();
}

Error checkOutputs(ArrayRef<OutputFile> files) {
  SmallVector<const OutputFile *> written;
  for (const OutputFile &file : files) {
    // A matrix named '-' is a file; a report is not.
    if (file.path.empty() || (file.path == "-" && !file.replaced))
      continue;
    if (Error error = checkWritable(file.path, file.replaced))
      return error;
    for (const OutputFile *other : written)
      if (identify(file.path) == identify(other->path))
        return makeError("'" + other->flag + "' and '" + file.flag +
                         "' name the same file, '" + other->path + "'");
    written.push_back(&file);
  }
  return Error::success();
}

Error writeFiles(ArrayRef<std::pair<std::string, std::string>> files) {
  // All stand in full under other names before the first gets its own.
  std::vector<sys::fs::TempFile> written;
  scope_exit discardAll([&] {
    for (sys::fs::TempFile &file : written)
      consumeError(file.discard());
  });
  auto refuse = [](StringRef path, Error error) {
    std::string why = toString(std::move(error));
    if (!why.empty())
      why[0] = toLower(why[0]);
    return makeError("cannot write '" + path + "': " + why);
  };
  for (const auto &[path, bytes] : files) {
    auto file = sys::fs::TempFile::create(
        path + ".%%%%%%%%.tmp", sys::fs::all_read | sys::fs::owner_write);
    if (!file)
      return refuse(path, file.takeError());
    written.push_back(std::move(*file));
    raw_fd_ostream os(written.back().FD, /*shouldClose=*/false);
    os << bytes;
    os.flush();
    if (std::error_code code = os.error()) {
      os.clear_error();
      return refuse(path, errorCodeToError(code));
    }
  }
  for (size_t i = 0; i < files.size(); ++i)
    if (Error error = written[i].keep(files[i].first)) {
      for (size_t j = 0; j < i; ++j)
        (void)sys::fs::remove(files[j].first);
      return refuse(files[i].first, std::move(error));
    }
  return Error::success();
}

Error writeText(StringRef path, StringRef text) {
  Error error = writeToOutput(path, [&](raw_ostream &os) -> Error {
    os << text;
    return Error::success();
  });
  if (error)
    return makeError("cannot write '" + path +
                     "': " + toString(std::move(error)));
  return Error::success();
}

} // namespace smash::driver
