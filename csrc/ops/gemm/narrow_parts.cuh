// The grid that makes results of parts of sums, and of sums whose activation is too long for the
// kernel that made them.
#pragma once

#include "ops/gemm/narrow.h"
#include "ops/gemm/sums.cuh"

namespace mark1::cuda {
namespace {

// y = activation(part 0 + part 1 + ... + bias), from left to right.
template <class Format>
struct AddParts {
  static constexpr bool alone = true;
  struct Args {
    NarrowGemmArgs product;
    int64_t parts, outputs;
  };

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    using Number = typename Format::Number;
    const GemmArgs& g = args.product.gemm;
    const int64_t at = block.index() * block.threads() + block.thread();
    if (at >= args.outputs) return;
    const float* part = static_cast<const float*>(g.workspace) + at;
    float sum = *part;
#pragma unroll 4
    for (int64_t i = 1; i < args.parts; ++i) sum += part[i * args.outputs];
    const int64_t index = at / (g.m * g.n), row = at / g.n % g.m, column = at % g.n;
    const Ending<float> ending = {false, static_cast<const float*>(g.bias), g.activation, g.alpha};
    float value = ending.of(sum, column, nullptr);
    ending.activate(&value, 1);
    const int64_t to = place_of(g.batch, index).y + row * g.y_row + column;
    if (args.product.narrow) {
      static_cast<Number*>(g.y)[to] = Format::rounded(value);
    } else {
      static_cast<float*>(g.y)[to] = value;
    }
  }
};

template <class Format>
void queue_parts(const NarrowGemmArgs& product, int64_t parts, const void* stream) {
  const int64_t outputs = product.gemm.batch.count * product.gemm.m * product.gemm.n;
  gpu::queue<AddParts<Format>>({product, parts, outputs}, threads_for(outputs), stream);
}

}  // namespace
}  // namespace mark1::cuda
