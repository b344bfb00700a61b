/* A program that knows nothing of smash but product.h: reads operands from
   files of raw arrays, and prints what the functions give. CONFIG stands for
   type definitions that the test writes.

   main one|phases|fill|starve|errors A B */

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

/* Arrays of this program for a result of so many rows and entries, and marks
   behind their ends. */
enum { MARK = 0x5a };

static matrix make_room(int64_t rows, int64_t entries) {
  matrix c;
  size_t n = (size_t)rows + 1, m = (size_t)entries;
  c.rows = c.cols = -1;
  c.positions = malloc((n + 1) * sizeof *c.positions);
  c.coordinates = malloc((m + 1) * sizeof *c.coordinates);
  c.values = malloc((m + 1) * sizeof *c.values);
  require(c.positions && c.coordinates && c.values, "memory of the test");
  memset(c.positions + n, MARK, sizeof *c.positions);
  memset(c.coordinates + m, MARK, sizeof *c.coordinates);
  memset(c.values + m, MARK, sizeof *c.values);
  return c;
}

static int is_marked(const void *data, size_t bytes) {
  const unsigned char *byte = data;
  while (bytes--)
    if (*byte++ != MARK)
      return 0;
  return 1;
}

/* Frees the arrays, behind whose ends nothing was written. */
static void drop_room(matrix *c, int64_t rows, int64_t entries) {
  require(is_marked(c->positions + rows + 1, sizeof *c->positions),
          "positions stay in their array");
  require(is_marked(c->coordinates + entries, sizeof *c->coordinates),
          "coordinates stay in their array");
  require(is_marked(c->values + entries, sizeof *c->values),
          "values stay in their array");
  free(c->positions);
  free(c->coordinates);
  free(c->values);
}

/* The program's own arrays, filled by both ways; prints what the phases made,
   and what one go made. */
static void fill(const matrix *a, const matrix *b) {
  smash_error error;
  plan pattern;
  matrix c, d;
  int64_t bound, entries;
  require(product_size(NULL, a, b, &bound, &error) == SMASH_OK, "size");
  require(product_symbolic(NULL, a, b, &pattern, &error) == SMASH_OK,
          "symbolic");
  entries = (int64_t)pattern.positions[pattern.rows];
  require(entries <= bound, "the bound holds");
  require(bound <= a->rows * b->cols, "the bound is no more than all of C");

  c = make_room(a->rows, entries);
  require(product_numeric(NULL, &pattern, a, b, entries, &c, &error) ==
              SMASH_OK,
          "numeric");
  require(c.rows == a->rows && c.cols == b->cols, "the shape is written");
  print_matrix(&c);
  drop_room(&c, a->rows, entries);

  d = make_room(a->rows, bound);
  require(product_fill(NULL, a, b, bound, &d, &error) == SMASH_OK, "fill");
  require(d.rows == a->rows && d.cols == b->cols, "the shape is written");
  require((int64_t)d.positions[d.rows] == entries, "as many entries");
  print_matrix(&d);
  drop_room(&d, a->rows, bound);

  /* One entry too few: an error that tells both numbers. */
  if (entries > 0) {
    c = make_room(a->rows, entries - 1);
    require(product_numeric(NULL, &pattern, a, b, entries - 1, &c, &error) ==
                SMASH_CAPACITY,
            "numeric: a lack of room is told");
    require(error.got == entries && error.limit == entries - 1,
            "and how much it is");
    require(c.rows == -1, "and the result is left as it was");
    require(product_fill(NULL, a, b, entries - 1, &c, &error) == SMASH_CAPACITY,
            "fill: a lack of room is told");
    require(error.got == entries && error.limit == entries - 1 && c.rows == -1,
            "as well");
    drop_room(&c, a->rows, entries - 1);
  }
  c.positions = NULL;
  require(product_fill(NULL, a, b, 0, &c, &error) == SMASH_NULL_ARGUMENT &&
              error.got == 4,
          "missing positions are told");
  require(product_numeric(NULL, &pattern, a, b, 0, &c, &error) ==
                  SMASH_NULL_ARGUMENT &&
              error.got == 5,
          "by both");
  c = make_room(a->rows, 0);
  require(product_fill(NULL, a, b, -1, &c, &error) == SMASH_CAPACITY,
          "there is no negative room");
  free(c.values);
  c.values = NULL;
  require(product_fill(NULL, a, b, bound + 1, &c, &error) ==
              SMASH_NULL_ARGUMENT,
          "so are missing values");
  if (entries == 0)
    require(product_numeric(NULL, &pattern, a, b, 0, &c, &error) == SMASH_OK,
            "which nothing needs without entries");
  free(c.positions);
  free(c.coordinates);
  plan_free(NULL, &pattern);
}

/* Every allocation fails once; each time the error says so, the result is left
   as it was, and nothing leaks. */
static void starve(const matrix *a, const matrix *b) {
  int64_t k, entries, failures = 0;
  matrix room;
  require(product_size(NULL, a, b, &entries, NULL) == SMASH_OK, "size");
  for (k = 0;; ++k) {
    struct budget budget;
    smash_context context = limited(&budget);
    smash_error error;
    matrix c;
    plan pattern;
    int32_t code;
    budget.left = k;
    budget.live = 0;
    memset(&c, MARK, sizeof c);
    memset(&pattern, 0, sizeof pattern);
    room = make_room(a->rows, entries);
    c.positions = room.positions;
    c.coordinates = room.coordinates;
    c.values = room.values;
    code = product_symbolic(&context, a, b, &pattern, &error);
    if (code == SMASH_OK) {
      code = product_numeric(&context, &pattern, a, b, entries, &c, &error);
      plan_free(&context, &pattern);
    }
    require(code == error.code, "the code is that of the error");
    drop_room(&room, a->rows, entries);
    if (code == SMASH_OK) {
      require(budget.live == 0, "every array is released");
      require(pattern.positions == NULL, "a freed plan is empty");
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
  /* Arrays of the caller's, in one go. */
  for (k = 0;; ++k) {
    struct budget budget;
    smash_context context = limited(&budget);
    int32_t code;
    budget.left = k;
    budget.live = 0;
    room = make_room(a->rows, entries);
    code = product_fill(&context, a, b, entries, &room, NULL);
    drop_room(&room, a->rows, entries);
    failures += code != SMASH_OK;
    require(budget.live == 0, "nothing is left of what was filled from");
    if (code == SMASH_OK)
      break;
  }
  printf("%d\n", (int)failures);
}

static void errors(const matrix *a, const matrix *b) {
  smash_error error;
  matrix c, other = *b;
  plan pattern;
  int64_t bound;
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
  c = make_room(a->rows, (int64_t)pattern.positions[pattern.rows]);
  require(product_numeric(NULL, &pattern, a, &other,
                          (int64_t)pattern.positions[pattern.rows], &c,
                          &error) == SMASH_PLAN_MISMATCH,
          "a plan of another product is told");
  drop_room(&c, a->rows, (int64_t)pattern.positions[pattern.rows]);
  other.rows = a->cols + 3;
  require(product_size(NULL, a, &other, &bound, &error) == SMASH_SHAPE_MISMATCH,
          "shapes are compared before sizes are told");
  require(product_size(NULL, a, b, NULL, &error) == SMASH_NULL_ARGUMENT,
          "there must be a place for the size");
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
    int64_t entries;
    int i;
    require(product_symbolic(NULL, &a, &b, &pattern, &error) == SMASH_OK,
            "symbolic");
    entries = (int64_t)pattern.positions[pattern.rows];
    c = make_room(a.rows, entries);
    for (i = 0; i < 3; ++i)
      require(product_numeric(NULL, &pattern, &a, &b, entries, &c, &error) ==
                  SMASH_OK,
              "numeric");
    print_matrix(&c);
    drop_room(&c, a.rows, entries);
    plan_free(NULL, &pattern);
  } else if (strcmp(argv[1], "fill") == 0) {
    fill(&a, &b);
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
