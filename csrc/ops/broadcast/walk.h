// Walking a broadcast problem by stretches of rows: for every kernel with two operands.
#pragma once

#include "ops/broadcast/broadcast.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// `rows` rows of `count` elements, one behind the other in out. In the operands rows are x_near and
// y_near elements apart, the elements of a row x_step and y_step (0 or 1).
template <class T, class Out>
struct Plane {
  const T* x;
  const T* y;
  Out* out;
  int64_t rows, count;
  int64_t x_near, y_near;
  int64_t x_step, y_step;
};

// Calls visit(plane) for this member's share: stretches of the last two axes.
template <class T, class Out, class Visit>
MARK1_DEVICE inline void walk_planes(const BroadcastArgs& args, const Team& team, Visit visit) {
  const int inner = args.rank - 1;
  const auto* x = static_cast<const T*>(args.x);
  const auto* y = static_cast<const T*>(args.y);
  auto* out = static_cast<Out*>(args.out);
  const int64_t count = args.shape[inner];
  const int64_t x_step = args.x_strides[inner];
  const int64_t y_step = args.y_strides[inner];
  if (inner == 0) {
    // Cut at cache lines: two members never write to one.
    const Range range = static_range(count, 64, team);
    const int64_t begin = range.begin;
    visit(Plane<T, Out>{x + begin * x_step, y + begin * y_step, out + begin, 1, range.end - begin,
                        0, 0, x_step, y_step});
    return;
  }
  const int near = inner - 1;
  int64_t rows = 1;
  for (int axis = 0; axis < inner; ++axis) rows *= args.shape[axis];
  const Range range = static_range(rows, 1, team);
  for (int64_t r = range.begin; r < range.end;) {
    int64_t x_offset = 0;
    int64_t y_offset = 0;
    for (int64_t axis = near, rest = r; axis >= 0; --axis) {
      const int64_t index = rest % args.shape[axis];
      rest /= args.shape[axis];
      x_offset += index * args.x_strides[axis];
      y_offset += index * args.y_strides[axis];
    }
    int64_t stretch = args.shape[near] - r % args.shape[near];
    if (stretch > range.end - r) stretch = range.end - r;
    visit(Plane<T, Out>{x + x_offset, y + y_offset, out + r * count, stretch, count,
                        args.x_strides[near], args.y_strides[near], x_step, y_step});
    r += stretch;
  }
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
