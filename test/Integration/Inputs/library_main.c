/* A program that knows nothing of smash but product.h: reads operands from
   files of raw arrays, and prints what the functions give. CONFIG stands for
   type definitions that the test writes.

   main one|phases|starve|errors|threads A B */

#include <stdio.h>
#include <string.h>

#include "product.h"
/* The types of the product: after it. */
#include "config.h"

static void *read_array(FILE *file, size_t count, size_t size) {
  void *data = malloc(count * size + 1);
  if (!data || fread(data, size, count, file) != count)
    exit(3);
  return data;
}

static matrix read_matrix(const char *path) {
  matrix m;
  int64_t head[3];
  FILE *file = fopen(path, "rb");
  if (!file || fread(head, sizeof head, 1, file) != 1)
    exit(3);
  m.rows = head[0];
  m.cols = head[1];
  m.positions = read_array(file, (size_t)head[0] + 1, sizeof *m.positions);
  m.coordinates = read_array(file, (size_t)head[2], sizeof *m.coordinates);
  m.values = read_array(file, (size_t)head[2], sizeof *m.values);
  fclose(file);
  return m;
}

static void print_matrix(const matrix *m) {
  size_t entries = (size_t)m->positions[m->rows];
  int64_t head[3];
  head[0] = m->rows;
  head[1] = m->cols;
  head[2] = (int64_t)entries;
  fwrite(head, sizeof head, 1, stdout);
  fwrite(m->positions, sizeof *m->positions, (size_t)m->rows + 1, stdout);
  fwrite(m->coordinates, sizeof *m->coordinates, entries, stdout);
  fwrite(m->values, sizeof *m->values, entries, stdout);
}

static void require(int condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "failed: %s\n", what);
    exit(4);
  }
}

/* An allocator that fails once, at a given call, and counts what is out. */
struct budget {
  int64_t left, live;
};

static void *give(void *user, size_t bytes, int32_t zeroed) {
  struct budget *budget = user;
  void *data;
  if (budget->left-- == 0)
    return NULL;
  data = zeroed ? calloc(bytes, 1) : malloc(bytes);
  if (data)
    ++budget->live;
  return data;
}

static void *change(void *user, void *data, size_t bytes) {
  (void)user;
  return realloc(data, bytes);
}

static void take(void *user, void *data) {
  if (data)
    --((struct budget *)user)->live;
  free(data);
}

static smash_context limited(struct budget *budget) {
  smash_context context;
  context.allocate = give;
  context.resize = change;
  context.release = take;
  context.user = budget;
  context.threads = 1;
  return context;
}

/* Every allocation fails once; each time the error says so, the result is left
   as it was, and nothing leaks. */
static void starve(const matrix *a, const matrix *b) {
  int64_t k, failures = 0;
  for (k = 0;; ++k) {
    struct budget budget;
    smash_context context = limited(&budget);
    smash_error error;
    matrix c;
    plan pattern;
    int32_t code;
    budget.left = k;
    budget.live = 0;
    memset(&c, 0x5a, sizeof c);
    memset(&pattern, 0, sizeof pattern);
    code = product_symbolic(&context, a, b, &pattern, &error);
    if (code == SMASH_OK) {
      code = product_numeric(&context, &pattern, a, b, &c, &error);
      plan_free(&context, &pattern);
    }
    require(code == error.code, "the code is that of the error");
    if (code == SMASH_OK) {
      matrix_free(&context, &c);
      require(budget.live == 0, "every array is released");
      require(c.positions == NULL, "a freed matrix is empty");
      break;
    }
    ++failures;
    require(code == SMASH_OUT_OF_MEMORY, "out of memory is said");
    require(error.limit > 0, "so is the size of an element");
    require(c.rows == 0x5a5a5a5a5a5a5a5a, "the result is left as it was");
    require(budget.live == 0, "nothing leaks");
  }
  for (k = 0;; ++k) {
    struct budget budget;
    smash_context context = limited(&budget);
    matrix c;
    int32_t code;
    budget.left = k;
    budget.live = 0;
    code = product(&context, a, b, &c, NULL);
    if (code == SMASH_OK)
      matrix_free(&context, &c);
    else
      ++failures;
    require(budget.live == 0, "nothing leaks in one go");
    if (code == SMASH_OK)
      break;
  }
  printf("%d\n", (int)failures);
}

static void errors(const matrix *a, const matrix *b) {
  smash_error error;
  matrix c, other = *b;
  plan pattern;
  other.rows = a->cols + 3;
  require(product(NULL, a, &other, &c, &error) == SMASH_SHAPE_MISMATCH,
          "shapes are compared");
  require(error.got == a->cols && error.limit == other.rows,
          "both sizes are told");
  require(product(NULL, a, NULL, &c, &error) == SMASH_NULL_ARGUMENT &&
              error.got == 2,
          "a null operand is told");
  require(product(NULL, a, b, NULL, &error) == SMASH_NULL_ARGUMENT &&
              error.got == 3,
          "a null result is told");
  require(product_symbolic(NULL, a, b, &pattern, NULL) == SMASH_OK,
          "errors do not linger");
  other = *b;
  ++other.cols;
  require(product_numeric(NULL, &pattern, a, &other, &c, &error) ==
              SMASH_PLAN_MISMATCH,
          "a plan of another product is told");
  require(strcmp(smash_describe(SMASH_PLAN_MISMATCH),
                 smash_describe(SMASH_OK)) != 0,
          "codes have texts");
  plan_free(NULL, &pattern);
}

int main(int argc, char **argv) {
  matrix a, b, c;
  smash_error error;
  require(argc == 4, "three arguments");
  a = read_matrix(argv[2]);
  b = read_matrix(argv[3]);
  if (strcmp(argv[1], "one") == 0) {
    require(product(NULL, &a, &b, &c, &error) == SMASH_OK, "product");
    print_matrix(&c);
    matrix_free(NULL, &c);
  } else if (strcmp(argv[1], "phases") == 0) {
    plan pattern;
    int i;
    require(product_symbolic(NULL, &a, &b, &pattern, &error) == SMASH_OK,
            "symbolic");
    for (i = 0; i < 3; ++i) {
      require(product_numeric(NULL, &pattern, &a, &b, &c, &error) == SMASH_OK,
              "numeric");
      require(c.positions[c.rows] == pattern.positions[pattern.rows],
              "the plan knows the size");
      if (i == 2)
        print_matrix(&c);
      matrix_free(NULL, &c);
    }
    plan_free(NULL, &pattern);
  } else if (strcmp(argv[1], "starve") == 0) {
    starve(&a, &b);
  } else {
    errors(&a, &b);
  }
  free(a.positions);
  free(a.coordinates);
  free(a.values);
  free(b.positions);
  free(b.coordinates);
  free(b.values);
  return 0;
}
