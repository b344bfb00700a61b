"""smash compile: programs in C without a compiler behind them.

Each program is built by the very line that its header gives, linked against
nothing but the C library (and libsmash_runtime.a where there are threads), and
its results are compared with SciPy's.
"""

import ctypes
import os
import re
import shutil
import subprocess

import numpy as np
import scipy.sparse as sp

import harness
from harness import Failure, Scratch, one_line_error, require, smash

INPUTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Inputs")
CSR = """#CSR = #sparse_tensor.encoding<{
  map = (i, j) -> (i : dense, j : compressed), posWidth = 32, crdWidth = 32
}>
!mat = tensor<?x?xf64, #CSR>
"""
# Libraries that every program of C has.
C_LIBRARY = {"linux-vdso.so.1", "libc.so.6", "ld-linux-x86-64.so.2",
             "libpthread.so.0", "linux-gate.so.1", "ld-linux-aarch64.so.1"}


def write_raw(path, matrix, dtype, bits):
    matrix = matrix.tocsr()
    matrix.sort_indices()
    index = np.uint32 if bits == 32 else np.uint64
    with open(path, "wb") as file:
        np.array([*matrix.shape, matrix.nnz], np.int64).tofile(file)
        matrix.indptr.astype(index).tofile(file)
        matrix.indices.astype(index).tofile(file)
        matrix.data.astype(dtype).tofile(file)


def read_raw(data, dtype, bits):
    rows, cols, nnz = np.frombuffer(data, np.int64, 3)
    index = np.dtype(np.uint32 if bits == 32 else np.uint64)
    at = 24
    positions = np.frombuffer(data, index, rows + 1, at)
    at += positions.nbytes
    coordinates = np.frombuffer(data, index, nnz, at)
    at += coordinates.nbytes
    values = np.frombuffer(data, dtype, nnz, at)
    require(at + values.nbytes == len(data), "bytes are left over")
    return sp.csr_matrix((values, coordinates.astype(np.int64),
                          positions.astype(np.int64)), shape=(rows, cols))


class Library(Scratch):
    def build(self, *flags, type_name="f64", bits=32):
        """Compiles, and builds the program by the header's own line."""
        smash("compile", *flags, "-o", self.path("product"))
        with open(self.path("product.h")) as file:
            header = file.read()
        line = re.search(r"^ +(gcc .*)$", header, re.M).group(1)
        self.assertIn("-std=c99 -Wall -Wextra -pedantic -Werror", line)
        with open(self.path("config.h"), "w") as file:
            struct = f"smash_csr_{type_name}_p{bits}_c{bits}"
            file.write(f"typedef {struct} matrix;\n"
                       f"typedef smash_plan_p{bits}_c{bits} plan;\n"
                       f"#define matrix_free {struct}_free\n"
                       f"#define plan_free smash_plan_p{bits}_c{bits}_free\n")
        shutil.copy(os.path.join(INPUTS, "library_main.c"), self.path("main.c"))
        built = subprocess.run(line.split(), cwd=self.folder,
                               capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stderr)
        needed = subprocess.run(["ldd", "main"], cwd=self.folder, check=True,
                                capture_output=True, text=True).stdout
        names = {os.path.basename(l.split()[0]) for l in needed.splitlines()}
        self.assertLessEqual(names, C_LIBRARY)
        return line

    def run_main(self, mode, a, b, dtype=np.float64, bits=32):
        write_raw(self.path("a.raw"), a, dtype, bits)
        write_raw(self.path("b.raw"), b, dtype, bits)
        # An empty environment: no LD_LIBRARY_PATH, nothing of smash's.
        result = subprocess.run([self.path("main"), mode, "a.raw", "b.raw"],
                                cwd=self.folder, capture_output=True, env={},
                                timeout=120)
        self.assertEqual(result.returncode, 0, (mode, result.stderr))
        return result.stdout

    def compare(self, a, b, dtype=np.float64, bits=32, bitwise=True):
        """One shot and in phases; `bitwise` where sums have an order."""
        expected = (sp.csr_matrix(a, dtype=dtype) @
                    sp.csr_matrix(b, dtype=dtype)).tocsr()
        expected.sort_indices()
        once = self.run_main("one", a, b, dtype, bits)
        phases = self.run_main("phases", a, b, dtype, bits)
        filled = self.run_main("fill", a, b, dtype, bits)
        halves = filled[:len(filled) // 2], filled[len(filled) // 2:]
        if bitwise:
            self.assertEqual(once, phases)
            self.assertEqual(halves, (once, once))
        for result in (once, phases, *halves):
            c = read_raw(result, dtype, bits)
            self.assertEqual(c.shape, expected.shape)
            np.testing.assert_array_equal(c.indptr, expected.indptr)
            np.testing.assert_array_equal(c.indices, expected.indices)
            np.testing.assert_allclose(c.data, expected.data, rtol=1e-5)

    def cases(self):
        rng = np.random.default_rng(7)

        def random(rows, cols, density):
            return sp.random(rows, cols, density, format="csr", random_state=rng)
        dense_row = random(40, 40, 0.05).tolil()
        dense_row[3, :] = 1
        yield random(30, 20, 0.2), random(20, 50, 0.2)
        yield sp.csr_matrix((0, 5)), sp.csr_matrix((5, 3))
        yield sp.csr_matrix((4, 0)), sp.csr_matrix((0, 6))
        yield sp.csr_matrix((7, 5)), sp.csr_matrix((5, 3))
        yield sp.csr_matrix([[3.0]]), sp.csr_matrix([[-2.0]])
        yield dense_row.tocsr(), dense_row.T.tocsr()
        yield random(900, 900, 0.02), random(900, 900, 0.02)

    def starve(self):
        # Of more rows and columns than arrays on the stack have room for.
        *_, (a, b) = self.cases()
        self.run_main("errors", a, b)
        # A good number of places where memory may run out.
        self.assertGreater(int(self.run_main("starve", a, b)), 15)

    def test_one_thread(self):
        line = self.build()
        self.assertNotIn("pthread", line)
        for a, b in self.cases():
            with self.subTest(shape=(a.shape, b.shape)):
                self.compare(a, b)
        self.starve()

    def test_threads(self):
        for flags in (["--threads=4"], ["--threads=4", "--block-threads=2"]):
            line = self.build(*flags)
            self.assertIn("libsmash_runtime.a -pthread", line)
            for a, b in self.cases():
                with self.subTest(flags=flags, shape=(a.shape, b.shape)):
                    # Threads of one block merge in any order.
                    self.compare(a, b,
                                 bitwise="--block-threads=2" not in flags)
        self.starve()

    def test_types(self):
        rng = np.random.default_rng(8)
        a = sp.random(60, 40, 0.1, format="csr", random_state=rng)
        b = sp.random(40, 70, 0.1, format="csr", random_state=rng)
        a.data = np.ceil(a.data * 9)
        b.data = np.ceil(b.data * 9)
        for flags, type_name, dtype in (
                (["--value-type=f32"], "f32", np.float32),
                (["--value-type=i64"], "i64", np.int64),
                (["--value-type=i1", "--semiring=or_and"], "i1", np.bool_),
                (["--value-type=complex<f64>"], "c128", np.complex128)):
            with self.subTest(flags=flags):
                self.build(*flags, type_name=type_name)
                self.compare(a, b, dtype)
        self.build("--index-bits=64", "--cpu=x86-64-v3" if
                   os.uname().machine == "x86_64" else "--cpu=generic", bits=64)
        self.compare(a, b, bits=64)

    def test_undefined_symbols(self):
        self.build()
        listing = subprocess.run([options.nm, "product.o"], cwd=self.folder,
                                 check=True, capture_output=True,
                                 text=True).stdout
        symbols = [line.split() for line in listing.splitlines()]
        undefined = {s[-1] for s in symbols if s[-2] == "U"}
        self.assertLessEqual(undefined, {
            "malloc", "calloc", "realloc", "free", "malloc_usable_size",
            "madvise", "memcpy", "memmove", "memset", "__tls_get_addr"})
        self.assertEqual({s[-1] for s in symbols if s[-2] in "TDBR"},
                         {"product", "product_fill", "product_size",
                          "product_symbolic", "product_numeric"})

    def test_header_in_cxx(self):
        self.build("--value-type=complex<f64>", type_name="c128")
        with open(self.path("use.cpp"), "w") as file:
            file.write('#include "product.h"\n#include "product.h"\n'
                       "int main() { return product(0, 0, 0, 0, 0) == "
                       "SMASH_OK; }\n")
        subprocess.run(["g++", "-std=c++11", "-Wall", "-Wextra", "-pedantic",
                        "-Werror", "use.cpp", "product.o", "-o", "use"],
                       cwd=self.folder, check=True)
        subprocess.run([self.path("use")], check=True)

    # Files of functions --------------------------------------------------

    def write_mlir(self, text, name="product.mlir"):
        with open(self.path(name), "w") as file:
            file.write(CSR + text)
        return self.path(name)

    def test_raised(self):
        """Linalg's product, with transposes, is raised and compiled."""
        path = self.write_mlir("""
func.func @product(%a: !mat, %b: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %init = tensor.empty(%m, %n) : !mat
  %c = linalg.matmul ins(%a, %b : !mat, !mat) outs(%init : !mat) -> !mat
  return %c : !mat
}
""")
        self.build(path)
        a, b = next(self.cases())
        self.compare(a, b)

    def test_shared(self):
        """A chain of products, called through its shared object."""
        path = self.write_mlir("""
func.func private @times(%a: !mat, %b: !mat) -> !mat {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : !mat
  %n = tensor.dim %b, %c1 : !mat
  %init = tensor.empty(%m, %n) : !mat
  %c = smash.spgemm ins(%a, %b : !mat, !mat) outs(%init : !mat)
    semiring(plus_times)
  return %c : !mat
}
func.func @rap(%r: !mat, %a: !mat, %p: !mat, %scale: i32) -> (!mat, i32) {
  %ra = call @times(%r, %a) : (!mat, !mat) -> !mat
  %rap = call @times(%ra, %p) : (!mat, !mat) -> !mat
  smash.release %ra : !mat
  return %rap, %scale : !mat, i32
}
""", "rap.mlir")
        smash("compile", path, "--emit=shared,header,asm,llvm-ir", "-o",
              self.path("rap"))
        for name in ("rap.s", "rap.ll", "rap.h"):
            self.assertGreater(os.path.getsize(self.path(name)), 100)
        self.assertFalse(os.path.exists(self.path("rap.o")))
        library = ctypes.CDLL(self.path("rap.so"))

        class Matrix(ctypes.Structure):
            _fields_ = [("rows", ctypes.c_int64), ("cols", ctypes.c_int64),
                        ("positions", ctypes.POINTER(ctypes.c_uint32)),
                        ("coordinates", ctypes.POINTER(ctypes.c_uint32)),
                        ("values", ctypes.POINTER(ctypes.c_double))]

        keep = []

        def pass_matrix(m):
            parts = (m.indptr.astype(np.uint32), m.indices.astype(np.uint32),
                     m.data.astype(np.float64))
            keep.append(parts)
            pointers = [p.ctypes.data_as(t) for p, (_, t) in
                        zip(parts, Matrix._fields_[2:])]
            return Matrix(m.shape[0], m.shape[1], *pointers)

        rng = np.random.default_rng(9)
        r = sp.random(5, 20, 0.3, format="csr", random_state=rng)
        a = sp.random(20, 20, 0.3, format="csr", random_state=rng)
        p = sp.csr_matrix(r.T)
        for m in (r, a, p):
            m.sort_indices()
        result, number = Matrix(), ctypes.c_int32()
        code = library.rap(
            None, *[ctypes.byref(pass_matrix(m)) for m in (r, a, p)],
            ctypes.c_int32(-17), ctypes.byref(result), ctypes.byref(number),
            None)
        self.assertEqual((code, number.value), (0, -17))
        nnz = result.positions[result.rows]
        c = sp.csr_matrix((result.values[:nnz], result.coordinates[:nnz],
                           result.positions[:result.rows + 1]),
                          shape=(result.rows, result.cols))
        np.testing.assert_allclose(c.toarray(), (r @ a @ p).toarray())
        exported = subprocess.run([options.nm, "-D", "--defined-only",
                                   "rap.so"], cwd=self.folder, check=True,
                                  capture_output=True, text=True).stdout
        self.assertEqual({l.split()[-1] for l in exported.splitlines()},
                         {"rap"})

    # Errors ---------------------------------------------------------------

    def refuse(self, *arguments, contains):
        before = set(os.listdir(self.folder))
        one_line_error("compile", *arguments, contains=contains,
                       folder=self.folder)
        self.assertEqual(set(os.listdir(self.folder)), before)

    def test_errors(self):
        refuse = self.refuse
        refuse("--cpu=nonesuch", contains=["unknown cpu 'nonesuch'"])
        refuse("missing.mlir", contains=["missing.mlir", "no such file"])
        refuse("-o", "nowhere/product", contains=["nowhere"])
        refuse("--emit=objects", contains=["obj, header, asm"])
        refuse("-o", "2x", contains=["'@2x' is no name of a function in C"])
        refuse("--semiring=plus_minus", contains=["plus_minus"])
        refuse("--threads=3", "--block-threads=2", contains=["multiple"])
        refuse("--mask-complement", contains=["--masked"])
        refuse("--value-type=i7", contains=["i7"])
        path = self.write_mlir("func.func @f(%a: !mat) -> !mat {", "cut.mlir")
        refuse(path, contains=["cut.mlir:"])
        path = self.write_mlir("""
func.func @f(%a: tensor<?x?xf64>) -> tensor<?x?xf64> {
  return %a : tensor<?x?xf64>
}""", "dense.mlir")
        refuse(path, contains=["dense.mlir:6:1:", "argument 0 of '@f'",
                               "tensor<?x?xf64>"])
        path = self.write_mlir("""
func.func @f(%a: !mat) -> !mat {
  %0 = sparse_tensor.convert %a : !mat to tensor<?x?xf64>
  %1 = sparse_tensor.convert %0 : tensor<?x?xf64> to !mat
  return %1 : !mat
}""", "convert.mlir")
        refuse(path, contains=["convert.mlir:7:"])
        path = self.write_mlir("func.func private @f(%a: !mat)", "none.mlir")
        refuse(path, contains=["no public function"])
        path = self.write_mlir("", "flags.mlir")
        refuse(path, "--semiring=min_plus", contains=["describes a product"])

    def test_no_partial_file(self):
        """The header cannot be written, so there is no object either."""
        os.mkdir(self.path("product.h"))
        self.refuse("-o", "product", contains=["product.h"])


def extend(parser):
    parser.add_argument("--nm", required=True)


if __name__ == "__main__":
    harness.unittest_main(extend)
