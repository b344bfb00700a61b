//===- KernelCache.cpp - compiled kernels on disk -------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "smash/Compiler/KernelCache.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace smash;

// A file is the magic, the sizes of four parts (64 bits each, little-endian),
// the parts (key, strategy, description, object), and the SHA-256 of all that.
static constexpr StringLiteral kMagic = "smash kernel 1\n";
static constexpr StringLiteral kExtension = ".kernel";
static constexpr StringLiteral kTemporary = ".part";
static constexpr size_t kParts = 4;
static constexpr size_t kDigestBytes = 32;
/// After this, a temporary file is one that somebody died over.
static constexpr std::chrono::hours kTemporaryLife{1};

static std::string encode(StringRef key, const CachedKernel &kernel) {
  StringRef parts[kParts] = {key, kernel.strategy, kernel.description,
                             kernel.object};
  std::string bytes = kMagic.str();
  for (StringRef part : parts) {
    char size[8];
    support::endian::write64le(size, part.size());
    bytes.append(size, sizeof size);
  }
  for (StringRef part : parts)
    bytes.append(part.data(), part.size());
  auto digest = SHA256::hash(arrayRefFromStringRef(bytes));
  bytes.append(reinterpret_cast<const char *>(digest.data()), digest.size());
  return bytes;
}

/// The parts of a file that is whole.
static std::optional<std::array<StringRef, kParts>> decode(StringRef bytes) {
  if (bytes.size() < kMagic.size() + kParts * 8 + kDigestBytes ||
      !bytes.starts_with(kMagic))
    return std::nullopt;
  StringRef digest = bytes.take_back(kDigestBytes);
  bytes = bytes.drop_back(kDigestBytes);
  auto actual = SHA256::hash(arrayRefFromStringRef(bytes));
  if (digest != toStringRef(ArrayRef<uint8_t>(actual)))
    return std::nullopt;
  StringRef sizes = bytes.substr(kMagic.size(), kParts * 8);
  StringRef rest = bytes.drop_front(kMagic.size() + kParts * 8);
  std::array<StringRef, kParts> parts;
  for (size_t i = 0; i < kParts; ++i) {
    uint64_t size = support::endian::read64le(sizes.data() + 8 * i);
    if (size > rest.size())
      return std::nullopt;
    parts[i] = rest.take_front(size);
    rest = rest.drop_front(size);
  }
  return rest.empty() ? std::optional(parts) : std::nullopt;
}

/// Opens a file that this user, and nobody else, may have written.
static std::optional<sys::fs::file_t> openOwn(const Twine &path) {
  auto file = sys::fs::openNativeFileForRead(path);
  if (!file) {
    consumeError(file.takeError());
    return std::nullopt;
  }
  struct stat status;
  if (fstat(*file, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)))
    return *file;
  (void)sys::fs::closeFile(*file);
  return std::nullopt;
}

static std::unique_ptr<MemoryBuffer> readOwn(const Twine &path, bool touch) {
  std::optional<sys::fs::file_t> file = openOwn(path);
  if (!file)
    return nullptr;
  scope_exit close([&] { (void)sys::fs::closeFile(*file); });
  // Read, not mapped: another process may write over a file of old.
  auto bytes = MemoryBuffer::getOpenFile(*file, path, /*FileSize=*/-1,
                                         /*RequiresNullTerminator=*/false,
                                         /*IsVolatile=*/true);
  if (!bytes)
    return nullptr;
  if (touch)
    (void)sys::fs::setLastAccessAndModificationTime(
        *file, std::chrono::system_clock::now());
  return std::move(*bytes);
}

std::string KernelCache::pathOf(StringRef key) const {
  auto digest = SHA256::hash(arrayRefFromStringRef(key));
  SmallString<256> path(folder);
  sys::path::append(
      path, toHex(ArrayRef<uint8_t>(digest).take_front(20), true) + kExtension);
  return path.str().str();
}

std::optional<CachedKernel> KernelCache::find(StringRef key) const {
  std::unique_ptr<MemoryBuffer> bytes = readOwn(pathOf(key), /*touch=*/true);
  if (!bytes)
    return std::nullopt;
  auto parts = decode(bytes->getBuffer());
  if (!parts || (*parts)[0] != key)
    return std::nullopt;
  return CachedKernel{(*parts)[1].str(), (*parts)[2].str(), (*parts)[3].str()};
}

bool KernelCache::store(StringRef key, const CachedKernel &kernel) const {
  std::string path = pathOf(key);
  if (sys::fs::create_directories(folder, /*IgnoreExisting=*/true,
                                  sys::fs::owner_all))
    return false;
  auto file =
      sys::fs::TempFile::create(path + ".%%%%%%%%" + kTemporary,
                                sys::fs::owner_read | sys::fs::owner_write);
  if (!file) {
    consumeError(file.takeError());
    return false;
  }
  raw_fd_ostream os(file->FD, /*shouldClose=*/false);
  os << encode(key, kernel);
  os.flush();
  if (os.has_error()) {
    os.clear_error(); // or its destructor would abort
    consumeError(file->discard());
    return false;
  }
  // In one step: others see the old file, none, or the whole new one.
  if (Error error = file->keep(path)) {
    consumeError(std::move(error));
    return false;
  }
  evict();
  return true;
}

/// Calls `use` with each file in `folder` that is the cache's.
static std::error_code forEachFile(
    StringRef folder,
    function_ref<void(StringRef path, const sys::fs::file_status &)> use) {
  std::error_code code;
  for (sys::fs::directory_iterator it(folder, code), end; !code && it != end;
       it.increment(code)) {
    StringRef path = it->path();
    sys::fs::file_status status;
    // Another process may have deleted it meanwhile.
    if ((path.ends_with(kExtension) || path.ends_with(kTemporary)) &&
        !sys::fs::status(path, status))
      use(path, status);
  }
  return code == std::errc::no_such_file_or_directory ? std::error_code()
                                                      : code;
}

void KernelCache::evict() const {
  struct File {
    std::string path;
    uint64_t bytes;
    sys::TimePoint<> used;
  };
  std::vector<File> files;
  uint64_t total = 0;
  auto now = std::chrono::system_clock::now();
  (void)forEachFile(folder,
                    [&](StringRef path, const sys::fs::file_status &status) {
                      auto used = status.getLastModificationTime();
                      if (path.ends_with(kTemporary)) {
                        if (now - used > kTemporaryLife)
                          (void)sys::fs::remove(path);
                        return;
                      }
                      files.push_back({path.str(), status.getSize(), used});
                      total += status.getSize();
                    });
  llvm::sort(files, [](const File &a, const File &b) {
    return std::tie(a.used, a.path) < std::tie(b.used, b.path);
  });
  for (const File &file : files) {
    if (total <= maxBytes)
      return;
    (void)sys::fs::remove(file.path);
    total -= file.bytes;
  }
}

static Error makeError(StringRef folder, std::error_code code) {
  return createStringError(inconvertibleErrorCode(),
                           "cannot read the cache in '" + folder +
                               "': " + StringRef(code.message()).lower());
}

Expected<std::vector<KernelCache::Entry>> KernelCache::list() const {
  std::vector<Entry> entries;
  std::error_code code = forEachFile(
      folder, [&](StringRef path, const sys::fs::file_status &status) {
        std::unique_ptr<MemoryBuffer> bytes = readOwn(path, /*touch=*/false);
        auto parts = bytes ? decode(bytes->getBuffer()) : std::nullopt;
        if (parts)
          entries.push_back({sys::path::filename(path).str(), (*parts)[2].str(),
                             status.getSize(),
                             status.getLastModificationTime()});
      });
  if (code)
    return makeError(folder, code);
  llvm::sort(entries, [](const Entry &a, const Entry &b) {
    return std::tie(b.used, a.name) < std::tie(a.used, b.name);
  });
  return entries;
}

Expected<uint64_t> KernelCache::clear() const {
  uint64_t count = 0;
  std::error_code code =
      forEachFile(folder, [&](StringRef path, const sys::fs::file_status &) {
        if (!sys::fs::remove(path))
          count += path.ends_with(kExtension);
      });
  if (code)
    return makeError(folder, code);
  return count;
}

std::string KernelCache::findFolder() {
  auto variable = [](const char *name) -> std::optional<StringRef> {
    const char *value = std::getenv(name);
    return value ? std::optional<StringRef>(value) : std::nullopt;
  };
  if (auto folder = variable("SMASH_CACHE_DIR"))
    return folder->str();
  SmallString<256> path;
  // Relative paths are to be ignored, says the XDG specification.
  if (auto xdg = variable("XDG_CACHE_HOME");
      xdg && sys::path::is_absolute(*xdg)) {
    path = *xdg;
  } else if (auto home = variable("HOME");
             home && sys::path::is_absolute(*home)) {
    path = *home;
    sys::path::append(path, ".cache");
  } else {
    return "";
  }
  sys::path::append(path, "smash", "kernels");
  return path.str().str();
}
