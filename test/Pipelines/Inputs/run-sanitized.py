"""Makes a program of a module in the LLVM dialect, and runs it under
AddressSanitizer and LeakSanitizer, which see every malloc and free.

    run-sanitized.py MODULE --tools DIR LIBRARIES...

Prints what the program prints; fails when it fails, leaks or frees twice.
"""

import os
import subprocess
import sys

module, option, tools, *libraries = sys.argv[1:]
assert option == "--tools"
program = module + ".exe"
text = subprocess.run([os.path.join(tools, "mlir-translate"),
                       "--mlir-to-llvmir", module], stdout=subprocess.PIPE,
                      encoding="utf-8", check=True).stdout
# The module's main returns nothing, a program's its status.
with open(module + ".ll", "w", encoding="utf-8") as file:
    file.write(text.replace("@main(", "@module_main("))
with open(module + ".c", "w", encoding="utf-8") as file:
    file.write("void module_main(void);\n"
               "int main(void) { module_main(); return 0; }\n")
folders = {os.path.dirname(library) for library in libraries}
subprocess.run([os.path.join(tools, "clang"), "-fsanitize=address", "-w",
                module + ".ll", module + ".c", "-o", program, *libraries, "-lm",
                *("-Wl,-rpath," + folder for folder in folders)], check=True)
options = os.environ.get("ASAN_OPTIONS", "")
environment = dict(os.environ, ASAN_OPTIONS=options + ":detect_leaks=1")
sys.exit(subprocess.run([program], env=environment, check=False).returncode)
