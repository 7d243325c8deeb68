// affine_transform on a device: a thread for each pixel, as neighbours look at the same lines of x.
// The gradient, which hardly any training asks for, has a thread for each picture.
#include "cuda/divider.h"
#include "ops/affine_transform/places.h"

namespace mark1::cuda {
namespace {

template <class T>
struct Show {
  static constexpr bool alone = true;
  struct Args {
    AffineTransformArgs problem;
    gpu::Divider width, height;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const int64_t at = block.index() * block.threads() + block.thread();
    const int64_t row = args.width.template quotient<false>(at);
    const int64_t sample = args.height.template quotient<false>(row);
    if (sample >= args.problem.n) return;
    show_pixel<T>(args.problem, sample, row - sample * args.height.divisor(),
                  at - row * args.width.divisor());
  }
};

template <class T>
void queue_forward(const void* bytes, const Team& team) {
  const auto& problem = *static_cast<const AffineTransformArgs*>(bytes);
  const int64_t height = problem.out_height, width = problem.out_width;
  gpu::queue<Show<T>>({problem, gpu::Divider(width), gpu::Divider(height)},
                      threads_for(problem.n * height * width), team.sync);
}

}  // namespace

const AffineTransformKernels affine_transform_kernels = {
    .forward = {{&queue_forward<float>}, {&queue_forward<double>}},
    .gradient = {make_kernel<AffineTransformArgs, &gradient<float>>(),
                 make_kernel<AffineTransformArgs, &gradient<double>>()},
};

}  // namespace mark1::cuda
