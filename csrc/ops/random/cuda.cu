// random on a device: a thread takes the elements of a block of words, four or two. Philox is what
// bounds it: some 25 instructions for a word, of which an H200 has time for 28 while memory takes
// four bytes.
#include "cuda/packets.h"
#include "ops/random/formulas.h"

namespace mark1 {
namespace cuda {

extern const RandomKernels random_kernels;

namespace {

MARK1_DEVICE inline uint64_t pair(const uint32_t* words, int i) {
  return words[2 * i] | uint64_t{words[2 * i + 1]} << 32;
}

// Calls value(words, j) for element j of each block.
template <class T, int n, class Value>
MARK1_DEVICE void draw_block(const gpu::Block& block, const int64_t* state, int64_t size, T* out,
                             Value value) {
  using Packet = gpu::Packet<T, n>;
  const int64_t number = block.index() * block.threads() + block.thread(), i = number * n;
  if (i >= size) return;
  uint32_t words[4];
  philox_of(state, kRandomStream).words(uint64_t(number), words);
  Packet packet;
#pragma unroll
  for (int j = 0; j < n; ++j) packet.at[j] = value(words, j);
  if (i + n <= size && Packet::fits(out + i)) return packet.store(out + i);
#pragma unroll
  for (int j = 0; j < n; ++j) {
    if (i + j < size) out[i + j] = packet.at[j];
  }
}

template <class Formula, class T>
struct Draw {
  static constexpr bool alone = true;
  static constexpr int share = sizeof(T) == 4 ? 4 : 2;
  using Args = RandomArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const Formula formula(args);
    draw_block<T, share>(block, args.state, args.n, static_cast<T*>(args.out),
                         [&](const uint32_t* words, int j) {
                           if constexpr (share == 4) return formula(int32_t(words[j])).v;
                           if constexpr (share == 2) return formula(int64_t(pair(words, j))).v;
                         });
  }
};

template <class T>
struct Integers {
  static constexpr bool alone = true;
  static constexpr int share = 2;
  using Args = IntegersArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    draw_block<T, share>(
        block, args.state, args.n, static_cast<T*>(args.out), [&](const uint32_t* words, int j) {
          return T(int64_t(uint64_t(args.low) + scaled(pair(words, j), args.range)));
        });
  }
};

// A shuffle goes from number to number.
MARK1_DEVICE void permutation(const PermutationArgs& args, const Team& team) {
  if (team.rank != 0) return;
  const Philox philox = philox_of(args.state, kRandomStream);
  uint64_t i = 0;
  uint32_t words[4];
  fisher_yates(args.out, args.n, [&] {
    if (i % 4 == 0) philox.words(i / 4, words);
    return words[i++ % 4];
  });
}

template <class Body>
void queue_draw(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const typename Body::Args*>(bytes);
  gpu::queue_map<Body>(args, args.n, team.sync);
}

}  // namespace

const RandomKernels random_kernels = {
    {{{&queue_draw<Draw<Uniform<float>, float>>}, {&queue_draw<Draw<Uniform<double>, double>>}},
     {{&queue_draw<Draw<Normal<float>, float>>}, {&queue_draw<Draw<Normal<double>, double>>}},
     {{&queue_draw<Draw<TruncatedNormal<float>, float>>},
      {&queue_draw<Draw<TruncatedNormal<double>, double>>}}},
    {{&queue_draw<Integers<int32_t>>}, {&queue_draw<Integers<int64_t>>}},
    make_kernel<PermutationArgs, &permutation>(),
    make_kernel<AdvanceArgs, &advance>(),
};

}  // namespace cuda
}  // namespace mark1
