// activation: y = f(x), element by element, for every f listed in activations.h.
//
//   x  any shape, float32 or float64
//   y  same shape and dtype
//
// Backward: dx = dy f'(saved), where saved is x or y, whichever the list says; its own gradient is
// `second`: g dy f''(saved), the derivative being taken with respect to what is saved.
#pragma once

#include <string>

#include "core/kernel.h"
#include "core/shape.h"
#include "core/tensor.h"

namespace mark1 {

// What the formulas call alpha, beta and gamma: a slope, a threshold...
struct ActivationParameters {
  double alpha = 0;
  double beta = 0;
  double gamma = 0;
};

struct ActivationArgs {
  const void* saved;  // x of the forward kernel; x or y in the others
  const void* dy;     // backward and second
  const void* g;      // second: gradient of dx
  void* out;
  int64_t n;
  ActivationParameters parameters;
  bool stream;  // out is far larger than the caches: written past them
};

// y in place, on rows of `cols` elements that lie `ld` apart: for epilogues of other ops.
// Parameters other than alpha are 0.
using ActivationRows = void (*)(void* y, int64_t ld, int64_t rows, int64_t cols, double alpha);

struct ActivationEntry {
  const char* name;
  bool over_y;              // derivatives are functions of y, not of x
  double cost, slope_cost;  // nanoseconds per float: forward; backward and second
  Kernel<ActivationArgs> forward[2];
  Kernel<ActivationArgs> backward[2];
  Kernel<ActivationArgs> second[2];
  ActivationRows rows[2];
};

struct ActivationKernels {
  const ActivationEntry* entries;
  int count;
};

// Position in the list; a ValueError if there is no such activation.
int activation_index(const std::string& name);
// The kernels in force.
const ActivationEntry& activation_entry(int index);
// For the epilogue of another operation; on a device a number, see epilogue.h.
ActivationRows activation_rows(int index, int precision);
// Asked when the package is imported: the same in all kernels, and none is chosen for it.
bool activation_over_y(int index);

Tensor activation(int index, const Tensor& x, const ActivationParameters& parameters);
// dy f'(saved).
Tensor activation_backward(int index, const Tensor& dy, const Tensor& saved,
                           const ActivationParameters& parameters);
// g dy f''(saved).
Tensor activation_second(int index, const Tensor& g, const Tensor& dy, const Tensor& saved,
                         const ActivationParameters& parameters);

}  // namespace mark1
