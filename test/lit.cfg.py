# Configuration of the lit tests; lit.site.cfg.py in the build folder loads it.

import os
import platform

import lit.formats

config.name = "smash"
# The shell of lit: the same on every machine.
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "Integration", "unit", "matrices", "CMakeFiles"]
config.test_source_root = config.smash_source_root
config.test_exec_root = config.smash_binary_root

# Tools by absolute path: an unversioned one of the machine may be another
# LLVM's.
def tool(name, folder):
    return os.path.join(folder, name)

llvm, ours = config.llvm_tools_dir, config.smash_tools_dir
config.substitutions += [
    ("%smash-opt", tool("smash-opt", ours)),
    ("%smash", tool("smash", ours)),
    ("%matrices", os.path.join(config.smash_source_root, "matrices")),
    ("%root", os.path.dirname(config.smash_source_root)),
    ("%python", config.python_executable),
]
# Runs the main of a module in the LLVM dialect, or makes a program of it, with
# upstream's runtime library and ours.
libraries = [os.path.join(config.llvm_lib_dir, "libmlir_c_runner_utils.so"),
             os.path.join(config.smash_lib_dir, "libsmash_runtime.so")]
config.substitutions += [
    ("%run-host", tool("mlir-runner", llvm) + " -e main "
     "--entry-point-result=void --shared-libs=" + ",".join(libraries)),
    ("%runtime-libraries", " ".join(libraries)),
    ("%llvm-tools", llvm),
]
# A word that stands alone as a command, not part of a path or an option.
for name, folder in [("smash-opt", ours), ("smash", ours),
                     ("smash-lsp-server", ours), ("smash-reduce", ours),
                     ("FileCheck", llvm),
                     ("not", llvm), ("count", llvm), ("split-file", llvm),
                     ("mlir-opt", llvm), ("mlir-translate", llvm),
                     ("mlir-runner", llvm), ("llvm-nm", llvm), ("clang", llvm)]:
    config.substitutions.append(
        (r"(?<![-./\w%=])" + name + r"(?![-./\w=:#,])", tool(name, folder)))

if platform.machine() in ("x86_64", "AMD64"):
    config.available_features.add("x86")
if config.smash_sanitizer:
    config.available_features.add("sanitizer")
else:
    config.available_features.add("no-sanitizer")

# A variable without $ lives from one CHECK-LABEL to the next.
# No test uses or fills the user's cache of kernels.
config.environment["SMASH_CACHE_DIR"] = ""
config.environment["FILECHECK_OPTS"] = "--enable-var-scope"
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
