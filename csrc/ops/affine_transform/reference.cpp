// The definition of affine_transform and of its gradient, pixel after pixel.
#include "ops/affine_transform/places.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
void forward(const AffineTransformArgs& args, const Team& team) {
  const Range rows = static_range(args.n * args.out_height, 1, team);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    for (int64_t j = 0; j < args.out_width; ++j) {
      show_pixel<T>(args, r / args.out_height, r % args.out_height, j);
    }
  }
}

}  // namespace

const AffineTransformKernels affine_transform_kernels = {
    .forward = {make_kernel<AffineTransformArgs, &forward<float>>(),
                make_kernel<AffineTransformArgs, &forward<double>>()},
    .gradient = {make_kernel<AffineTransformArgs, &gradient<float>>(),
                 make_kernel<AffineTransformArgs, &gradient<double>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1
