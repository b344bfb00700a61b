"""Reference answers of whole workloads, made of several products.

The answers come from the tables beside the matrices, where they agree with
published ones.
"""

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import shortest_path

import harness
from harness import Scratch, read


class Reachability(Scratch):
    """Pairs within 1, 2, 3 hops: the structure of A + A*A + A*A*A."""

    def hops(self, path, answer):
        a = harness.ones(read(path))
        step, within, counts = path, a, [a.nnz]
        for hop in (2, 3):
            step, _ = self.multiply(step, path, "--semiring=or_and",
                                    "--value-type=i1",
                                    output=f"hop{hop}.mtx")
            found = harness.ones(read(step))
            expected = harness.ones(
                harness.ones(read(path)) @ (a if hop == 2 else last))
            last = expected
            self.assertEqual((found != expected).nnz, 0)
            within = harness.ones(within + found)
            counts.append(within.nnz)
        self.assertEqual(counts, answer)

    def test_west0067(self):
        self.hops(self.own("west0067.mtx"), [294, 1259, 3148])

    def test_wiki_vote(self):
        self.hops(self.further("snap/wiki-Vote.mtx"),
                  [103689, 1845895, 7102087])


class ShortestPaths(Scratch):
    """All pairs, by squaring the distances over (min, plus)."""

    def test_west0067(self):
        a = abs(read(self.own("west0067.mtx"))).tolil()
        a.setdiag(0)
        edges = sp.csr_matrix(a)
        edges.eliminate_zeros()
        n = edges.shape[0]
        coo = edges.tocoo()
        # A stored zero is an edge of length zero: one step may also be none.
        entries = ([(i, i, 0.0) for i in range(n)] +
                   [(int(i), int(j), float(v))
                    for i, j, v in zip(coo.row, coo.col, coo.data)])
        step = self.path("D.mtx")
        harness.write_entries(step, n, n, entries)
        for squaring in range(7):  # 2^7 edges are more than any path has
            step, _ = self.multiply(step, "--semiring=min_plus", "--check",
                                    output=f"D{squaring}.mtx")
        d = read(step)
        self.assertEqual(d.nnz, 4489)
        self.assertAlmostEqual(float(d.data.sum()), 7623.12969242, places=6)
        expected = shortest_path(edges, method="D")
        np.testing.assert_allclose(d.toarray(), expected, rtol=1e-12)


class Overlap(Scratch):
    """A*A^T over (plus, pair): how many each two rows share."""

    def test_ISPD98_ibm01(self):
        path = self.own("ISPD98_ibm01.mtx.gz")
        c, report = self.multiply(path, "--transpose-b", "--semiring=plus_pair",
                                  "--check")
        self.assertEqual(report["nnz_c"], 194221)
        overlap = read(c)
        above = sp.triu(overlap, 1)
        self.assertEqual(above.nnz, 90055)
        self.assertEqual(int((above.data >= 2).sum()), 11843)
        self.assertEqual(int(above.data.max()), 31)
        a = harness.ones(read(path))
        self.assertEqual((overlap != a @ a.T).nnz, 0)


class Galerkin(Scratch):
    """The coarse operator of algebraic multigrid, P^T * (A * P)."""

    def coarsen(self, a, p):
        ap, first = self.multiply(a, p, "--check", output="AP.mtx")
        ac, second = self.multiply(p, ap, "--transpose-a", "--check",
                                   output="Ac.mtx")
        return first, read(ac), second

    def test_gmg2d_63_bit_for_bit(self):
        """Dyadic data: every sum is exact, in whatever order."""
        first, ac, second = self.coarsen(self.own("gmg2d_63_A.mtx"),
                                         self.own("gmg2d_63_P.mtx"))
        self.assertEqual(first["products"], 42873)
        self.assertEqual(first["nnz_c"], 19809)
        self.assertEqual(second["nnz_c"], 8281)
        answer = read(self.own("gmg2d_63_Ac.mtx"))
        ac, answer = harness.sorted_csr(ac), harness.sorted_csr(answer)
        np.testing.assert_array_equal(ac.indptr, answer.indptr)
        np.testing.assert_array_equal(ac.indices, answer.indices)
        np.testing.assert_array_equal(ac.data, answer.data)

    def poisson(self, name, products, nnz_ap, nnz_ac):
        first, ac, second = self.coarsen(self.further(f"amg/{name}_A.mtx"),
                                         self.further(f"amg/{name}_P.mtx"))
        self.assertEqual(first["products"], products)
        self.assertEqual(first["nnz_c"], nnz_ap)
        self.assertEqual(second["nnz_c"], nnz_ac)
        answer = read(self.further(f"amg/{name}_Ac.mtx"))
        self.assertEqual(ac.nnz, answer.nnz)
        error = abs(ac - answer).max() / abs(answer).max()
        self.assertLess(error, 1e-14)

    def test_poisson2d_64(self):
        self.poisson("poisson2d_64", 50064, 18688, 6096)

    def test_poisson3d_20(self):
        self.poisson("poisson3d_20", 187460, 66130, 26186)


if __name__ == "__main__":
    harness.unittest_main()
