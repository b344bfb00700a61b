//===- EigenPeer.cpp - Eigen's sparse product -----------------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Eigen has no unsorted product: its rows always come out in order, by a
// transpose forth and back.
//
//===----------------------------------------------------------------------===//

#include "Common.h"
#include <Eigen/SparseCore>

using namespace smash;
using namespace smash::bench;

using EigenMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor, int>;

static EigenMatrix toEigen(const Matrix &matrix) {
  return Eigen::Map<const EigenMatrix>(
      matrix.rows, matrix.cols, matrix.nnz(), matrix.positions.as<int>(),
      matrix.coordinates.as<int>(), matrix.values.as<double>());
}

void bench::addEigen(const Problem &problem,
                     std::vector<Contender> &contenders) {
  struct Operands {
    EigenMatrix a, b;
  };
  auto operands = std::make_shared<Operands>();
  operands->a = toEigen(problem.a);
  operands->b = toEigen(problem.b());
  Contender contender;
  contender.library = "Eigen";
  contender.run = [operands] { EigenMatrix c = operands->a * operands->b; };
  contender.inspect = [operands] {
    EigenMatrix c = operands->a * operands->b;
    c.makeCompressed();
    return describe(c.rows(), c.outerIndexPtr(), c.innerIndexPtr(),
                    c.valuePtr());
  };
  contenders.push_back(std::move(contender));
}
