// Factors that clip gradients by their norm, over vectors of any width: row_sum.h is the row rule.
#pragma once

#include "ops/update/step.h"
#include "simd/lanes.h"
#include "simd/row_sum.h"

namespace mark1 {
namespace MARK1_ISA {

extern const UpdateKernels update_kernels;

namespace {

static_assert(row_segment == kNormPiece);

MARK1_DEVICE inline int64_t pieces_of(const Segment& row) {
  return row.gradient ? (row.end - row.begin + kNormPiece - 1) / kNormPiece : 0;
}

template <class T>
MARK1_DEVICE inline double sum_of_squares(const NormArgs& args, const Step& step,
                                          const Segment& row, int64_t begin, int64_t end) {
  const Options<T> options(args.update, step, row);
  const T* gradient = static_cast<const T*>(row.gradient);
  const T* sum =
      options.accumulates ? static_cast<T*>(row.slots[args.update.accumulator]) : nullptr;
  auto square = [=](int64_t i, int count) {
    const Vec<T> g = options.gathered(Vec<T>::load(gradient + begin + i, count),
                                      sum ? Vec<T>::load(sum + begin + i, count) : Vec<T>(T(0)));
    return g * g;
  };
  return segment_sum<T>(0, end - begin, square);
}

template <class T>
MARK1_DEVICE inline double added(const double* totals, int64_t count) {
  GroupedTotal<T> sum;
  for (int64_t i = 0; i < count; ++i) sum.add(T(totals[i]));
  return sum.result();
}

MARK1_DEVICE inline double factor_of(double sum_of_squares, double limit) {
  const double norm = first(sqrt(Vec<double>(sum_of_squares)));
  return norm <= limit ? 1 : limit / norm;
}

// From the sums of all rows.
MARK1_DEVICE inline void global_factor(const NormArgs& args) {
  const double sum = row_sum(args.update.count, [&](int64_t i, int count) {
    return Vec<double>::load(args.sums + i, count);
  });
  // An infinite norm makes everything NaN, as in Keras: a bad step must not pass for a small one.
  if (writes(0)) args.factors[0] = factor_of(sum, args.limit) + (sum - sum);
}

MARK1_DEVICE inline void measure_pieces(const NormArgs& args, const Step& step, const Team& team) {
  const Range mine = static_range(args.pieces, 1, team);
  int64_t first = 0;  // piece of the row
  for (const Segment* row = args.update.rows; row < args.update.rows + args.update.count; ++row) {
    const int64_t count = pieces_of(*row), n = row->end - row->begin;
    for (int64_t k = 0; k < count; ++k) {
      if (first + k < mine.begin || first + k >= mine.end) continue;
      const int64_t begin = k * kNormPiece, end = n - begin < kNormPiece ? n : begin + kNormPiece;
      args.totals[first + k] = row->precision == 0
                                   ? sum_of_squares<float>(args, step, *row, begin, end)
                                   : sum_of_squares<double>(args, step, *row, begin, end);
    }
    first += count;
  }
}

MARK1_DEVICE void clip_factors(const NormArgs& args, const Team& team) {
  const Step step(args.update);
  if (!step.updates || step.skips) return;
  measure_pieces(args, step, team);
  team.barrier();
  if (team.rank != 0) return;
  const double* totals = args.totals;
  for (int64_t r = 0; r < args.update.count; ++r) {
    const Segment& row = args.update.rows[r];
    const int64_t count = pieces_of(row);
    args.sums[r] = row.precision == 0 ? added<float>(totals, count) : added<double>(totals, count);
    if (!args.global) args.factors[r] = factor_of(args.sums[r], args.limit);
    totals += count;
  }
  if (!args.global) return;
  global_factor(args);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
