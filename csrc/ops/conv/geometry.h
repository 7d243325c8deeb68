// Shapes of convolutions, and the walk that each of them stands for.
#pragma once

#include "ops/conv/conv.h"

namespace mark1 {

void check_conv(const char* op, const Spec& x, const Spec& w, const ConvWindow& window);

// Shape of the outputs; unknown where x is.
Shape conv_shape(const char* op, const Shape& x, const Shape& w, const ConvWindow& window);
void check_output(const char* op, const Shape& dy, const Shape& expected);

// The windows over x; its memory is left to the caller.
ConvWindows windows_of(const Shape& x, const Shape& w, const Shape& y, const ConvWindow& window);

// An input gradient along one axis, for the positions of x that are `first` (below the stride) and
// multiples of the stride after it: windows over dy, with the taps that hit.
struct ConvPhase {
  ConvAxis axis;
  int64_t first_tap;
  int64_t tap_step;
};
ConvPhase phase_of(const ConvAxis& axis, int64_t first);

}  // namespace mark1
