//===- CXSparsePeer.cpp - CXSparse's product ------------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// CXSparse works on columns: read as columns, our rows are the transposes, and
// B^T * A^T is C^T, whose columns are the rows of C. They are not in order;
// two transposes sort them.
//
//===----------------------------------------------------------------------===//

#include "Common.h"
extern "C" {
#include "cs.h"
}

using namespace smash;
using namespace smash::bench;

/// The transpose of `matrix`, sharing its arrays.
static cs_di viewTransposed(const Matrix &matrix) {
  cs_di view;
  view.nzmax = int(matrix.nnz());
  view.m = int(matrix.cols);
  view.n = int(matrix.rows);
  // CXSparse's interface has no const; the products do not write.
  view.p = const_cast<int *>(matrix.positions.as<int>());
  view.i = const_cast<int *>(matrix.coordinates.as<int>());
  view.x = const_cast<double *>(matrix.values.as<double>());
  view.nz = -1;
  return view;
}

static cs_di *multiply(const Problem &problem, bool sorted) {
  cs_di a = viewTransposed(problem.a), b = viewTransposed(problem.b());
  cs_di *c = cs_di_multiply(&b, &a);
  if (!c || !sorted)
    return c;
  cs_di *rows = cs_di_transpose(c, 1);
  cs_di_spfree(c);
  if (!rows)
    return nullptr;
  cs_di *ordered = cs_di_transpose(rows, 1);
  cs_di_spfree(rows);
  return ordered;
}

void bench::addCXSparse(const Problem &problem,
                        std::vector<Contender> &contenders) {
  for (bool sorted : {true, false}) {
    Contender contender;
    contender.library = "CXSparse";
    contender.sorted = sorted;
    contender.run = [&problem, sorted] {
      cs_di_spfree(multiply(problem, sorted));
    };
    contender.inspect = [&problem, sorted] {
      Outcome outcome;
      cs_di *c = multiply(problem, sorted);
      if (!c) {
        outcome.error = "out of memory";
        return outcome;
      }
      outcome = describe(c->n, c->p, c->i, c->x);
      cs_di_spfree(c);
      return outcome;
    };
    contenders.push_back(std::move(contender));
  }
}
