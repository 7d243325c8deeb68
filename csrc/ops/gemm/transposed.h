// Few rows times a transposed b: lanes run over columns of the product, which are rows in memory,
// so squares of b are transposed between registers. Nothing is copied: b is read once.
#pragma once

#include "ops/gemm/tile_table.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// The most rows for which b is transposed again for every use rather than packed once.
inline constexpr int kFewRows = 8;

// Groups of columns whose chains of additions run side by side, to hide their latency. Where b is
// far away, memory takes longer than they do and more lines in flight would drive each other out.
constexpr int groups_of(int rows, bool far) {
  return rows <= 4 && !far ? 2 : 1;
}

// Whether b comes from beyond the second-level cache. One row, 16 MB of b: 535 us from memory where
// the next columns are fetched ahead, 627 where not; 285 and 310 from L3 (Zen 5).
template <class T>
inline bool is_far(const Problem<T>& p) {
  return p.k * p.n * static_cast<int64_t>(sizeof(T)) > (1 << 20);
}

template <class T>
struct Square {
  const T* a;
  int64_t a_row;
  int64_t a_col;
  const T* b;     // of the group's first column, at this k
  int64_t b_col;  // from column to column; 1 from k to k
};

template <class T, int rows, int groups, int steps>
[[gnu::always_inline]] inline void multiply_columns(const Square<T>& s, int count, int group,
                                                    const Vec<T> (&columns)[steps],
                                                    Vec<T> (&sum)[rows][groups]) {
  using V = Vec<T>;
#pragma GCC unroll 16
  for (int c = 0; c < steps; ++c) {
    if (c == count) break;
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      sum[r][group] = fma(V(s.a[r * s.a_row + c * s.a_col]), columns[c], sum[r][group]);
    }
  }
}

// At the edges of b: `lanes` columns and `count` steps of k, the rest of the square being zero.
template <class T, int rows, int groups>
void multiply_edge(const Square<T>& s, int lanes, int count, int group,
                   Vec<T> (&sum)[rows][groups]) {
  using V = Vec<T>;
  T edge[V::width * V::width];
  for (int i = 0; i < V::width; ++i) {
    (i < lanes ? V::load(s.b + i * s.b_col, count) : V(T(0))).store(edge + i * V::width);
  }
  V columns[V::block];
  V::load_block(edge, V::width, columns);
  multiply_columns(s, count, group, columns, sum);
}

// Columns j to j + lanes of all rows, over all of k.
template <class T, int rows, int groups>
void run_columns(const Problem<T>& p, int64_t j, int lanes, bool far, T* y, int64_t y_row) {
  using V = Vec<T>;
  V sum[rows][groups], group_sum[rows][groups] = {}, total[rows][groups] = {};
  // The columns after these, in the order in which they lie.
  const T* next = p.b + (j + groups * V::width) * p.b_col;
  for (int64_t k = 0; k == 0 || k < p.k; k += kGemmChunk) {
    const int64_t end = smaller(p.k, k + kGemmChunk);
    for (int r = 0; r < rows; ++r) {
      for (int g = 0; g < groups; ++g) sum[r][g] = V(T(0));
    }
    for (int64_t i = k; i < end; i += V::block) {
      const int count = static_cast<int>(smaller(end - i, V::block));
#pragma GCC unroll 2
      for (int g = 0; g < groups; ++g) {
        const int64_t column = j + g * V::width;
        const Square<T> s{p.a + i * p.a_col, p.a_row, p.a_col, p.b + column * p.b_col + i, p.b_col};
        const int left = lanes - g * V::width;
        if (count == V::block && left >= V::width) {
          if (far) {
            for (int c = 0; c < V::block * V::width; c += 64 / sizeof(T)) {
              __builtin_prefetch(next + c);
            }
            next += V::block * V::width;
          }
          V columns[V::block];
          V::load_block(s.b, s.b_col, columns);
          multiply_columns(s, V::block, g, columns, sum);
        } else if (left > 0) {
          multiply_edge(s, left, count, g, sum);
        }
      }
    }
    const bool opens = k % kGemmGroup == 0;
    const bool closes = end == p.k || end % kGemmGroup == 0;
    for (int r = 0; r < rows; ++r) {
      for (int g = 0; g < groups; ++g) {
        group_sum[r][g] = opens ? sum[r][g] : group_sum[r][g] + sum[r][g];
        if (closes) total[r][g] = k < kGemmGroup ? group_sum[r][g] : total[r][g] + group_sum[r][g];
      }
    }
  }
  for (int g = 0; g * V::width < lanes; ++g) {
    const int left = static_cast<int>(smaller(lanes - g * V::width, V::width));
    const int64_t column = j + g * V::width;
    for (int r = 0; r < rows; ++r) {
      if (p.bias) total[r][g] = total[r][g] + V::load(p.bias + column, left);
      total[r][g].store(y + r * y_row + g * V::width, left);
    }
  }
}

template <class T>
struct ColumnTable {
  void (*run[2][kFewRows + 1])(const Problem<T>& p, int64_t j, int lanes, bool far, T* y,
                               int64_t y_row);
};

template <class T, int rows>
constexpr void fill_columns(ColumnTable<T>& table) {
  table.run[false][rows] = &run_columns<T, rows, groups_of(rows, false)>;
  table.run[true][rows] = &run_columns<T, rows, groups_of(rows, true)>;
  if constexpr (rows > 1) fill_columns<T, rows - 1>(table);
}

template <class T>
constexpr ColumnTable<T> make_columns() {
  ColumnTable<T> table{};
  fill_columns<T, kFewRows>(table);
  return table;
}

template <class T>
constexpr ColumnTable<T> kColumns = make_columns<T>();

// Where b lies transposed and rows are few.
template <class T>
inline bool transposes(const Problem<T>& p) {
  return p.b_row == 1 && p.b_col != 1 && p.m <= kFewRows;
}

template <class T>
void multiply_transposed(const Problem<T>& p, const Part& part) {
  Problem<T> own = p;
  own.a += part.rows.begin * p.a_row;
  own.y += part.rows.begin * p.y_row;
  const auto rows = static_cast<int>(part.rows.end - part.rows.begin);
  const bool far = is_far(p);
  const int64_t step = groups_of(rows, far) * Vec<T>::width;
  for (int64_t j = part.columns.begin; j < part.columns.end; j += step) {
    const int lanes = static_cast<int>(smaller(part.columns.end - j, step));
    kColumns<T>.run[far][rows](own, j, lanes, far && p.b_col == p.k, own.y + j, own.y_row);
  }
  if (p.activation) {
    p.activation(own.y + part.columns.begin, p.y_row, rows, part.columns.end - part.columns.begin,
                 p.alpha);
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
