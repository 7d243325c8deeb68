#include "ops/affine_transform/affine_transform.h"

#include "core/isa.h"
#include "core/launch.h"

namespace mark1 {

MARK1_VARIANTS(AffineTransformKernels, affine_transform_kernels);

namespace {

// (height, width) are those of the other side: of the result, or of x in the gradient.
AffineTransformArgs make_args(const Tensor& x, const Tensor& transform, int64_t height,
                              int64_t width, Outside outside, bool nearest) {
  const char* op = "affine_transform";
  if (x.rank() != 4) {
    fail<ValueError>(op, "needs pictures (N, H, W, C), got ", x.shape(),
                     ". x[None] adds a batch axis, x[..., None] one of channels");
  }
  const Shape& s = transform.shape();
  if (s.rank() != 2 || s[1] != 8 || (s[0] != 1 && s[0] != x.shape()[0])) {
    fail<ValueError>(op, "needs eight numbers for each picture, or for all (images: ", x.shape(),
                     ", transform: ", s, ")");
  }
  if (transform.dtype() != x.dtype()) {
    fail<TypeError>(op, "needs transforms of the pictures' dtype, got ", name(x.dtype()), " and ",
                    name(transform.dtype()));
  }
  for (int64_t size : {x.shape()[1], x.shape()[2], height, width}) {
    if (size < 1 || size > kMostPixels) {
      fail<ValueError>(op, "needs pictures of 1 to ", kMostPixels,
                       " pixels a side (images: ", x.shape(), ", size: (", height, ", ", width,
                       "))");
    }
  }
  AffineTransformArgs args = {};
  args.x = x.data();
  args.transform = transform.data();
  args.n = x.shape()[0];
  args.channels = x.shape()[3];
  args.step = s[0] == 1 ? 0 : 8;
  args.outside = outside;
  args.nearest = nearest ? 1 : 0;
  return args;
}

// A few nanoseconds per place, and one per channel.
double work(const AffineTransformArgs& args) {
  return static_cast<double>(args.n * args.out_height * args.out_width) *
         (3.0 + 1.0 * static_cast<double>(args.channels));
}

}  // namespace

Tensor affine_transform(const Tensor& x, const Tensor& transform, int64_t height, int64_t width,
                        Outside outside, bool nearest, double fill) {
  const int precision = float_index("affine_transform", x.dtype());
  AffineTransformArgs args = make_args(x, transform, height, width, outside, nearest);
  Tensor out(Shape{args.n, height, width, args.channels}, x.dtype());
  if (out.numel() == 0) return out;
  args.out = out.data();
  args.height = x.shape()[1];
  args.width = x.shape()[2];
  args.out_height = height;
  args.out_width = width;
  args.fill = fill;
  const auto kernel = affine_transform_kernels_variants.current().forward[precision];
  launch("affine_transform", kernel, args, work(args), {&x, &transform}, {&out});
  return out;
}

Tensor affine_transform_gradient(const Tensor& dy, const Tensor& transform, int64_t height,
                                 int64_t width, Outside outside, bool nearest) {
  const int precision = float_index("affine_transform", dy.dtype());
  AffineTransformArgs args = make_args(dy, transform, height, width, outside, nearest);
  Tensor out(Shape{args.n, height, width, args.channels}, dy.dtype());
  if (out.numel() == 0) return out;
  args.out = out.data();
  args.height = height;
  args.width = width;
  args.out_height = dy.shape()[1];
  args.out_width = dy.shape()[2];
  const auto kernel = affine_transform_kernels_variants.current().gradient[precision];
  launch("affine_transform_gradient", kernel, args, work(args), {&dy, &transform}, {&out});
  return out;
}

}  // namespace mark1
