// Where windows and elements meet along one axis.
#pragma once

#include "ops/pool/pool.h"

namespace mark1 {
namespace MARK1_ISA {

extern const PoolKernels pool_kernels;

namespace {

// Where window o begins; negative in the padding.
MARK1_DEVICE inline int64_t start_of(const PoolAxis& axis, int64_t o) {
  return o * axis.stride - axis.before;
}

// Places in window o that lie on the axis, not in the padding.
MARK1_DEVICE inline Range places(const PoolAxis& axis, int64_t o) {
  const int64_t start = start_of(axis, o);
  const int64_t rest = axis.size - start;
  return {start < 0 ? -start : 0, rest < axis.window ? rest : axis.window};
}

// Windows that hold element i.
MARK1_DEVICE inline Range windows_with(const PoolAxis& axis, int64_t i) {
  const int64_t ahead = i + axis.before - axis.window;
  const int64_t last = (i + axis.before) / axis.stride + 1;
  return {ahead < 0 ? 0 : ahead / axis.stride + 1, last < axis.windows ? last : axis.windows};
}

MARK1_DEVICE inline int64_t length(Range range) {
  return range.end - range.begin;
}

// A line of x or of the windows: all of the last spatial axis at one place of the others.
struct Line {
  int64_t n, d, h;
};

MARK1_DEVICE inline Line line_at(int64_t line, int64_t depth, int64_t height) {
  return {line / height / depth, line / height % depth, line % height};
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
