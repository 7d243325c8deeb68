// Compiled once per instruction set.
#include "math_table.h"

#include "math/asin.h"
#include "math/atan.h"
#include "math/erf.h"
#include "math/erfc.h"
#include "math/erfinv.h"
#include "math/exp.h"
#include "math/expm1.h"
#include "math/log.h"
#include "math/log1p.h"
#include "math/normal.h"
#include "math/sigmoid.h"
#include "math/sincos.h"
#include "math/softplus.h"
#include "math/tanh.h"

namespace mark1::MARK1_ISA {
namespace {

#define FUNCTION(name)                                            \
  template <class T>                                              \
  void name##_array(const T* x, T* y, int64_t n) {                \
    using V = Vec<T>;                                             \
    for (int64_t i = 0; i < n; i += V::width) {                   \
      const int count = n - i < V::width ? int(n - i) : V::width; \
      name(V::load(x + i, count)).store(y + i, count);            \
    }                                                             \
  }
FUNCTION(exp)
FUNCTION(expm1)
FUNCTION(log)
FUNCTION(log1p)
FUNCTION(tanh)
FUNCTION(sigmoid)
FUNCTION(softplus)
FUNCTION(erf)
FUNCTION(erfc)
FUNCTION(sin)
FUNCTION(cos)
FUNCTION(normal_probability)
FUNCTION(normal_density)
FUNCTION(atan)
FUNCTION(asin)
FUNCTION(acos)
FUNCTION(erfinv)

}  // namespace

#define ENTRY(name) {#name, &name##_array<float>, &name##_array<double>}
extern const MathTable math_table;
const MathTable math_table = {{ENTRY(exp), ENTRY(expm1), ENTRY(log), ENTRY(log1p), ENTRY(tanh),
                               ENTRY(sigmoid), ENTRY(softplus), ENTRY(erf), ENTRY(erfc), ENTRY(sin),
                               ENTRY(cos), ENTRY(normal_probability), ENTRY(normal_density),
                               ENTRY(atan), ENTRY(asin), ENTRY(acos), ENTRY(erfinv)}};

}  // namespace mark1::MARK1_ISA
