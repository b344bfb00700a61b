//===- MalformedTest.cpp - bad and borderline files -----------------------===//
//
// Part of the smash project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestUtil.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <gtest/gtest.h>
#include <set>

using namespace smash;
using namespace smash::test;

namespace {
/// A file in malformed/ and what follows its path in the message, or nothing
/// when the Matrix Market definition allows it.
struct Case {
  const char *file;
  const char *message;
  int64_t nnz;
};
} // namespace

static constexpr Case cases[] = {
    {"hm_0x0.mtx", "", 0},
    {"hm_5x0.mtx", "", 0},
    {"hm_array_dense.mtx", "", 4},
    {"hm_banner_only.mtx", ":1: the file ends before the size line", 0},
    {"hm_blank_lines.mtx", "", 2},
    {"hm_cancellation_to_zero.mtx", "", 4},
    {"hm_comment_after_size.mtx", "", 2},
    {"hm_crlf_ok.mtx", "", 2},
    {"hm_dim_2pow31.mtx",
     ":2: a matrix of 2147483648 rows needs 8589934596 bytes of row positions, "
     "over the limit of 4294967296",
     0},
    {"hm_dim_2pow40_hypersparse.mtx",
     ":2: a matrix of 1099511627776 rows needs 4398046511108 bytes of row "
     "positions, over the limit of 4294967296",
     0},
    {"hm_empty_file.mtx", ": the file is empty", 0},
    {"hm_extra_entries.mtx",
     ":4: an entry after the 1 that the size line declares", 0},
    {"hm_fortran_D_exponent.mtx", "", 1},
    {"hm_herm_complex_diag.mtx",
     ":3: imaginary part 2 on the diagonal of a hermitian matrix", 0},
    {"hm_herm_real_field.mtx",
     ":1: symmetry 'hermitian' needs the field 'complex', not 'real'", 0},
    {"hm_index_zero.mtx",
     ":3: row 0 is outside [1, 2]; does the file count from 0?", 0},
    {"hm_int64_overflow_product.mtx", "", 1},
    {"hm_integer_field_real_value.mtx", ":3: value '2.5' is not an integer", 0},
    {"hm_mixed_case_banner.mtx", "", 1},
    {"hm_nan_inf.mtx", "", 3},
    {"hm_negative_nnz.mtx", ":2: the number of entries is negative: -1", 0},
    {"hm_nnz_2pow33_claim.mtx",
     ":3: the file ends after 1 of 8589934592 entries", 0},
    {"hm_nnz_gt_mn_duplicates.mtx", ":4: entry (1, 1) already stands on line 3",
     0},
    {"hm_nul_byte.mtx", ":3: value '1\\x00' is not a real number", 0},
    {"hm_pattern_with_values.mtx", ":3: unexpected '5' after the entry", 0},
    {"hm_real_missing_value.mtx", ":4: the value is missing", 0},
    {"hm_skew_diag.mtx",
     ":3: an entry on the diagonal of a skew-symmetric matrix", 0},
    {"hm_sym_both.mtx",
     ":3: entry (1, 2) is above the diagonal of a symmetric matrix", 0},
    {"hm_sym_nonsquare.mtx", ":2: a symmetric matrix is square, not 2 x 3", 0},
    {"hm_sym_upper.mtx",
     ":3: entry (1, 2) is above the diagonal of a symmetric matrix", 0},
    {"hm_too_few_entries.mtx", ":4: the file ends after 2 of 3 entries", 0},
    {"hm_utf8_bom.mtx", ":1: a byte order mark stands before the banner", 0},
    {"invalid_bad_banner.mtx",
     ":1: expected a banner that starts with '%%MatrixMarket', not "
     "'%%__BadBanner matrix coordinate real gen...'",
     0},
    {"invalid_bad_banner_2.mtx",
     ":1: expected a banner that starts with '%%MatrixMarket', not '%%Matrix "
     "Market matrix coordinate real g...'",
     0},
    {"invalid_bad_field.mtx",
     ":1: field '____' is none of real, integer, pattern, complex", 0},
    {"invalid_bad_format.mtx", ":1: format '____' is none of coordinate, array",
     0},
    {"invalid_bad_object.mtx", ":1: object '___' is not 'matrix'", 0},
    {"invalid_bad_symmetry.mtx",
     ":1: symmetry '___' is none of general, symmetric, skew-symmetric, "
     "hermitian",
     0},
    {"invalid_bad_value.mtx",
     ":1: field 'double' is none of real, integer, pattern, complex", 0},
    {"invalid_bad_value_2.mtx", ":1: object 'vector' is not 'matrix'", 0},
    {"invalid_bad_value_3.mtx", ":1: object 'vector' is not 'matrix'", 0},
    {"invalid_bad_value_4.mtx", ":1: object 'vector' is not 'matrix'", 0},
    {"invalid_dimensions_out_of_range_1.mtx",
     ":3: the number of rows is negative: -3", 0},
    {"invalid_dimensions_out_of_range_2.mtx",
     ":3: the number of columns is negative: -3", 0},
    {"invalid_dimensions_out_of_range_3.mtx",
     ":3: the number of entries is negative: -3", 0},
    {"invalid_indices_out_of_range_1.mtx", ":5: row 5000 is outside [1, 7]", 0},
    {"invalid_indices_out_of_range_2.mtx", ":6: column 2000 is outside [1, 7]",
     0},
    {"invalid_indices_out_of_range_3.mtx",
     ":5: row 0 is outside [1, 7]; does the file count from 0?", 0},
    {"invalid_indices_out_of_range_4.mtx",
     ":6: column 0 is outside [1, 7]; does the file count from 0?", 0},
    {"invalid_indices_out_of_range_5.mtx", ":5: row -1 is outside [1, 7]", 0},
    {"invalid_indices_out_of_range_6.mtx", ":6: column -2 is outside [1, 7]",
     0},
    {"invalid_matrix_coord_too_long.mtx",
     ":7: an entry after the 3 that the size line declares", 0},
    {"invalid_symmetry_vector.mtx", ":1: object 'vector' is not 'matrix'", 0},
    {"invalid_truncated_header_1.mtx", ":2: the file ends before the size line",
     0},
    {"invalid_truncated_header_2.mtx",
     ":1: the banner has 4 words, expected 5: %%MatrixMarket, object, format, "
     "field, symmetry",
     0},
    {"invalid_truncated_line_1.mtx", ":5: the value is missing", 0},
    {"invalid_truncated_line_2.mtx", ":5: column is missing", 0},
    {"invalid_truncated_lines.mtx",
     ":1: field 'double' is none of real, integer, pattern, complex", 0},
    {"invalid_vector_array_too_long.mtx", ":1: object 'vector' is not 'matrix'",
     0},
    {"invalid_vector_coord_too_long.mtx", ":1: object 'vector' is not 'matrix'",
     0},
    {"invalid_vector_index_out_of_range_1.mtx",
     ":1: object 'vector' is not 'matrix'", 0},
    {"invalid_vector_index_out_of_range_2.mtx",
     ":1: object 'vector' is not 'matrix'", 0},
    {"invalid_vector_negative_length.mtx",
     ":1: object 'vector' is not 'matrix'", 0},
};

static std::string pathOf(const char *name) {
  return std::string(SMASH_MALFORMED_DIR "/") + name;
}

TEST(Malformed, EachFileIsReadOrRefusedForTheRightReason) {
  for (const Case &test : cases) {
    SCOPED_TRACE(test.file);
    std::string path = pathOf(test.file);
    llvm::Expected<Matrix> matrix = readMatrixMarket(path);
    if (test.message[0] == '\0') {
      Matrix got = take(std::move(matrix));
      expectWellFormed(got);
      EXPECT_EQ(got.nnz(), test.nnz);
    } else {
      EXPECT_EQ(errorOf(std::move(matrix)), path + test.message);
    }
  }
}

TEST(Malformed, EveryFileIsListed) {
  std::set<std::string> listed, found;
  for (const Case &test : cases)
    listed.insert(test.file);
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(SMASH_MALFORMED_DIR, code), end;
       it != end && !code; it.increment(code))
    if (llvm::StringRef(it->path()).ends_with(".mtx"))
      found.insert(llvm::sys::path::filename(it->path()).str());
  EXPECT_EQ(listed, found);
}

TEST(Malformed, ValuesOfTheLegalOnes) {
  using E = std::vector<Entry>;
  auto read = [](const char *name) {
    return entriesOf(take(readMatrixMarket(pathOf(name))));
  };
  double inf = HUGE_VAL;
  EXPECT_EQ(read("hm_array_dense.mtx"),
            (E{{0, 0, 1}, {0, 1, 3}, {1, 0, 2}, {1, 1, 4}}));
  EXPECT_EQ(read("hm_crlf_ok.mtx"), (E{{0, 0, 1.5}, {1, 1, -2}}));
  EXPECT_EQ(read("hm_fortran_D_exponent.mtx"), (E{{0, 0, 150}}));
  EXPECT_EQ(read("hm_nan_inf.mtx"),
            (E{{0, 0, NAN}, {0, 1, inf}, {1, 1, -inf}}));
  Matrix big = take(readMatrixMarket(pathOf("hm_int64_overflow_product.mtx")));
  EXPECT_EQ(big.values.as<int64_t>()[0], INT64_MAX);
}

TEST(Malformed, DuplicatesAddUpWhenAsked) {
  ReadOptions options;
  options.sumDuplicates = true;
  Matrix matrix =
      take(readMatrixMarket(pathOf("hm_nnz_gt_mn_duplicates.mtx"), options));
  EXPECT_EQ(entriesOf(matrix), (std::vector<Entry>{{0, 0, 7}}));
  expectWellFormed(matrix);
}

TEST(Malformed, ZeroIsLegalFromZero) {
  ReadOptions options;
  options.zeroBased = true;
  EXPECT_EQ(
      entriesOf(take(readMatrixMarket(pathOf("hm_index_zero.mtx"), options))),
      (std::vector<Entry>{{0, 1, 1}}));
}
