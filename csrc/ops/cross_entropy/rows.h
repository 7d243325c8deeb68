// The formulas of categorical cross-entropy over vectors of any width; the reference is this code
// with vectors of one lane, in the row rule's order.
#pragma once

#include "math/exp.h"
#include "math/log.h"
#include "ops/cross_entropy/cross_entropy.h"
#include "simd/row_by_one.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// One label as an integer; -1 for anything that is none.
MARK1_DEVICE inline int64_t label_at(const CrossEntropyArgs& args, int64_t r) {
  switch (args.label) {
    case DType::kBool:
    case DType::kU8:
      return static_cast<const uint8_t*>(args.target)[r];
    case DType::kI32:
      return static_cast<const int32_t*>(args.target)[r];
    case DType::kI64:
      return static_cast<const int64_t*>(args.target)[r];
    case DType::kF32: {
      const float value = static_cast<const float*>(args.target)[r];
      return value >= 0 && value < 0x1p31f ? int64_t(value) : -1;
    }
    case DType::kF64:
      break;
  }
  const double value = static_cast<const double*>(args.target)[r];
  return value >= 0 && value < 0x1p31 ? int64_t(value) : -1;
}

// The label's row, or -1 if it is out of range.
MARK1_DEVICE inline int64_t valid_label(const CrossEntropyArgs& args, int64_t r) {
  const int64_t label = label_at(args, r);
  return label >= 0 && label < args.n ? label : -1;
}

// A row and who reads it (simd/row_by_one.h).
template <class T, class Reader = RowByOne<T>>
struct LossRow {
  using Scalar = T;
  const T* x;
  const T* t;
  T* stats;
  int64_t n;
  Reader reader;

  MARK1_DEVICE LossRow(const CrossEntropyArgs& args, int64_t r, bool dense, Reader reader = {})
      : x(static_cast<const T*>(args.x) + r * args.n),
        t(dense ? static_cast<const T*>(args.target) + r * args.n : nullptr),
        stats(static_cast<T*>(args.stats) + 3 * r),
        n(args.n),
        reader(reader) {}

  MARK1_DEVICE Vec<T> at(int64_t i, int count) const { return Vec<T>::load(x + i, count); }
  MARK1_DEVICE Vec<T> target(int64_t i, int count) const { return Vec<T>::load(t + i, count); }
  template <class F>
  MARK1_DEVICE T sum(F term) const {
    return reader.sum(n, term);
  }
  MARK1_DEVICE T x_sum() const {
    return sum([this](int64_t i, int count) { return at(i, count); });
  }
  MARK1_DEVICE T target_sum() const {
    return sum([this](int64_t i, int count) { return target(i, count); });
  }
};

template <class T>
MARK1_DEVICE inline Vec<T> clipped(Vec<T> q) {
  return min(max(q, Vec<T>(T(kProbabilityEpsilon))), Vec<T>(T(1 - kProbabilityEpsilon)));
}

template <class T>
MARK1_DEVICE inline auto inside(Vec<T> q) {
  return (q >= Vec<T>(T(kProbabilityEpsilon))) & (q <= Vec<T>(T(1 - kProbabilityEpsilon)));
}

template <class Row>
MARK1_DEVICE void logits_stats(const Row& row) {
  using V = Vec<typename Row::Scalar>;
  const V top = row.reader.max(row.n, [&](int64_t i, int count) { return row.at(i, count); });
  row.stats[0] = first(top);
  row.stats[1] =
      row.sum([&](int64_t i, int count) { return exp_nonpositive(row.at(i, count) - top); });
}

// Losses: of(row, label) leaves the row's statistics and returns its loss.
struct SparseLogits {
  static constexpr bool dense = false, backward = false;
  template <class Row, class T = typename Row::Scalar>
  static MARK1_DEVICE T of(const Row& row, int64_t label) {
    logits_stats(row);
    row.stats[2] = 1;
    if (label < 0) return T(__builtin_nan(""));
    return first(log(Vec<T>(row.stats[1])) - (Vec<T>(row.x[label]) - Vec<T>(row.stats[0])));
  }
};

struct DenseLogits {
  static constexpr bool dense = true, backward = false;
  template <class Row, class T = typename Row::Scalar>
  static MARK1_DEVICE T of(const Row& row, int64_t) {
    logits_stats(row);
    row.stats[2] = row.target_sum();
    const Vec<T> top = row.stats[0];
    const Vec<T> log_sum = log(Vec<T>(row.stats[1]));
    return row.sum([&](int64_t i, int count) {
      return row.target(i, count) * (log_sum - (row.at(i, count) - top));
    });
  }
};

struct SparseProbabilities {
  static constexpr bool dense = false, backward = false;
  template <class Row, class T = typename Row::Scalar>
  static MARK1_DEVICE T of(const Row& row, int64_t label) {
    row.stats[0] = row.x_sum();
    row.stats[1] = row.stats[2] = 0;
    if (label < 0) return T(__builtin_nan(""));
    const Vec<T> q = Vec<T>(row.x[label]) / Vec<T>(row.stats[0]);
    row.stats[1] = any(inside(q) & first_lanes<Vec<T>>(1)) ? 1 : 0;
    return first(-log(clipped(q)));
  }
};

struct DenseProbabilities {
  static constexpr bool dense = true, backward = false;
  template <class Row, class T = typename Row::Scalar>
  static MARK1_DEVICE T of(const Row& row, int64_t) {
    row.stats[0] = row.x_sum();
    row.stats[2] = 0;
    const Vec<T> sum = row.stats[0];
    row.stats[1] = row.sum([&](int64_t i, int count) {
      return select(inside(row.at(i, count) / sum), row.target(i, count), Vec<T>(0));
    });
    return -row.sum([&](int64_t i, int count) {
      return row.target(i, count) * log(clipped(row.at(i, count) / sum));
    });
  }
};

// Gradients: of(row, dy, dx, label). Sparse ones are those of targets that are all T = 1 (logits)
// or 0, and the label's element is put right afterwards.
template <bool kDense>
struct LogitsBackward {
  static constexpr bool dense = kDense, backward = true;
  template <class Row, class T = typename Row::Scalar>
  static MARK1_DEVICE void of(const Row& row, T dy, T* dx, int64_t label) {
    const Vec<T> top = row.stats[0], sum = row.stats[1], total = row.stats[2];
    const Vec<T> scale = kDense || label >= 0 ? dy : T(__builtin_nan(""));
    row.reader.each(row.n, [&](int64_t i, int count) {
      const Vec<T> p = exp_nonpositive(row.at(i, count) - top) / sum;
      if constexpr (kDense) {
        (scale * (p * total - row.target(i, count))).store(dx + i, count);
      } else {
        (scale * p).store(dx + i, count);
      }
    });
    if constexpr (!kDense) {
      if (label < 0 || !row.reader.leads()) return;
      const Vec<T> p = exp_nonpositive(Vec<T>(row.x[label]) - top) / sum;
      const T right = first(scale * (p - Vec<T>(1)));
      if (writes(label)) dx[label] = right;
    }
  }
};

template <bool kDense>
struct ProbabilitiesBackward {
  static constexpr bool dense = kDense, backward = true;
  template <class Row, class T = typename Row::Scalar>
  static MARK1_DEVICE void of(const Row& row, T dy, T* dx, int64_t label) {
    const Vec<T> sum = row.stats[0];
    const Vec<T> share = Vec<T>(row.stats[1]) / sum;
    const Vec<T> scale = kDense || label >= 0 ? dy : T(__builtin_nan(""));
    row.reader.each(row.n, [&](int64_t i, int count) {
      if constexpr (kDense) {
        const Vec<T> x = row.at(i, count);
        const Vec<T> d = select(inside(x / sum), row.target(i, count) / x, Vec<T>(0));
        (scale * (share - d)).store(dx + i, count);
      } else {
        (scale * share).store(dx + i, count);
      }
    });
    if constexpr (!kDense) {
      if (label < 0 || row.stats[1] == 0 || !row.reader.leads()) return;
      const T right = first(scale * (share - Vec<T>(1) / Vec<T>(row.x[label])));
      if (writes(label)) dx[label] = right;
    }
  }
};

template <class T, class Loss>
MARK1_DEVICE void losses(const CrossEntropyArgs& args, const Team& team) {
  const Range range = static_range(args.rows, 16, team);
  for (int64_t r = range.begin; r < range.end; ++r) {
    const int64_t label = Loss::dense ? 0 : valid_label(args, r);
    LossRow<T> row(args, r, Loss::dense);
    T* stats = row.stats;
    T own[3];
    row.stats = own;  // all threads of a warp know them, and one of them writes them
    const T loss = Loss::of(row, label);
    if (!writes(0)) continue;
    for (int i = 0; i < 3; ++i) stats[i] = own[i];
    static_cast<T*>(args.out)[r] = loss;
  }
}

template <class T, class Backward>
MARK1_DEVICE void gradients(const CrossEntropyArgs& args, const Team& team) {
  const Range range = static_range(args.rows, 16, team);
  for (int64_t r = range.begin; r < range.end; ++r) {
    const int64_t label = Backward::dense ? 0 : valid_label(args, r);
    Backward::of(LossRow<T>(args, r, Backward::dense), static_cast<const T*>(args.dy)[r],
                 static_cast<T*>(args.out) + r * args.n, label);
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
