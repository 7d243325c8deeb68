// A loss scale that finds itself (Keras' LossScaleOptimizer; P. Micikevicius et al.: Mixed
// Precision Training, 2018): a step whose gradients are not all finite is left out and halves the
// scale; so many in a row that were finite double it.
//
// Two launches find out whether all are finite, a third one follows the update.
#pragma once

#include "ops/update/args.h"
#include "simd/lanes.h"
#include "simd/segments.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// All bits of the exponent set: infinity or NaN.
MARK1_DEVICE inline bool is_wild(float x) {
  return (__builtin_bit_cast(uint32_t, x) & 0x7f800000u) == 0x7f800000u;
}
MARK1_DEVICE inline bool is_wild(double x) {
  constexpr uint64_t kExponent = uint64_t{0x7ff} << 52;
  return (__builtin_bit_cast(uint64_t, x) & kExponent) == kExponent;
}

template <class T>
MARK1_DEVICE inline uint8_t any_wild(const void* gradient, int64_t begin, int64_t end) {
  const T* g = static_cast<const T*>(gradient);
  unsigned wild = 0;
  for (int64_t i = begin + lane(); i < end; i += kLanes) wild |= is_wild(g[i]) ? 1u : 0u;
  return ballot(wild != 0) != 0;
}

// The mark of piece k of a gradient.
MARK1_DEVICE inline uint8_t mark_of(const Segment& row, int64_t k) {
  const int64_t n = row.end - row.begin, from = k * kScalePiece;
  const int64_t to = n - from < kScalePiece ? n : from + kScalePiece;
  return row.precision == 0 ? any_wild<float>(row.gradient, from, to)
                            : any_wild<double>(row.gradient, from, to);
}

#if !defined(MARK1_ISA_cuda)
MARK1_DEVICE void mark_wild(const LossScaleArgs& args, const Team& team) {
  const Range mine = static_range(args.pieces, 1, team);
  int64_t first = 0;  // piece of the row
  for (const Segment* row = args.update.rows; row < args.update.rows + args.update.count; ++row) {
    const int64_t n = row->gradient ? row->end - row->begin : 0;
    const int64_t count = (n + kScalePiece - 1) / kScalePiece;
    const int64_t begin = mine.begin > first ? mine.begin - first : 0;
    const int64_t end = mine.end - first < count ? mine.end - first : count;
    for (int64_t k = begin; k < end; ++k) args.marks[first + k] = mark_of(*row, k);
    first += count;
  }
}
#endif

MARK1_DEVICE void judge(const LossScaleArgs& args, const Team& team) {
  const Range mine = static_range(args.pieces, 1, team);
  unsigned wild = 0;
  for (int64_t i = mine.begin + lane(); i < mine.end; i += kLanes) wild |= args.marks[i];
  wild = ballot(wild != 0) != 0 ? 1 : 0;
  if (writes(0)) args.votes[team.rank] = static_cast<uint8_t>(wild);
  team.barrier();
  if (team.rank != 0 || !writes(0)) return;
  for (int i = 1; i < team.size; ++i) wild |= args.votes[i];
  *args.skips = static_cast<uint8_t>(wild);
}

MARK1_DEVICE void rescale(const LossScaleArgs& args, const Team& team) {
  if (team.rank != 0 || !writes(0)) return;
  if (*args.skips) {
    *args.scale *= 0.5f;
    *args.steps = 0;
  } else if (*args.steps == args.growth_steps - 1) {
    *args.scale *= 2.0f;
    *args.steps = 0;
  } else {
    *args.steps += 1;
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
