// Axes that are reduced, brought into one of two forms: what all reductions begin with.
#pragma once

#include <vector>

#include "core/tensor.h"

namespace mark1 {

// x as (outer, n) or (outer, n, columns), n being reduced.
struct ArrangedAxes {
  Tensor x;
  int64_t outer = 1;
  int64_t n = 1;
  int64_t columns = 1;
  bool rows = true;  // the last axis that matters is reduced
};

// Copies x only where axes that are kept lie between axes that are reduced. A ValueError where an
// axis is out of range or named twice.
ArrangedAxes arrange_axes(const char* op, const Tensor& x, const std::vector<int64_t>& axes);

// Shape rule; accepts unknown dimensions. No axes: nothing is reduced.
Shape reduced_shape(const char* op, const Shape& x, const std::vector<int64_t>& axes,
                    bool keepdims);

}  // namespace mark1
