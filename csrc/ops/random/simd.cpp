// random by the vector: words of 64 blocks at a time through a buffer that stays in L1.
#include "ops/random/formulas.h"
#include "simd/philox_words.h"

namespace mark1 {
namespace MARK1_ISA {

extern const RandomKernels random_kernels;

namespace {

constexpr int buffer_blocks = 64;
constexpr int buffer_pairs = 2 * buffer_blocks;

// Calls use(pairs, element, count) for this member's elements, `per_block` of them in a block.
template <class Use>
void walk_words(const int64_t* state, int64_t n, int per_block, const Team& team, Use use) {
  alignas(64) uint64_t pairs[buffer_pairs];
  const Philox philox = philox_of(state, kRandomStream);
  const int64_t chunk = int64_t(buffer_blocks) * per_block;
  const Range range = static_range(n, chunk, team);
  for (int64_t i = range.begin; i < range.end; i += chunk) {
    const int64_t rest = range.end - i;
    const int count = int(rest < chunk ? rest : chunk);
    const int blocks = (count + 8 * per_block - 1) / (8 * per_block) * 8;
    philox_words(philox, uint64_t(i / per_block), blocks, pairs);
    use(pairs, i, count);
  }
}

template <class Formula, class T>
void draw(const RandomArgs& args, const Team& team) {
  constexpr int w = Vec<T>::width;
  using Int = IntVec<T>;
  const Formula formula(args);
  walk_words(args.state, args.n, sizeof(T) == 4 ? 4 : 2, team,
             [&](const uint64_t* pairs, int64_t first, int count) {
               const auto* bits = reinterpret_cast<const typename Int::Scalar*>(pairs);
               T* out = static_cast<T*>(args.out) + first;
               int i = 0;
               for (; i + w <= count; i += w) formula(Int::load(bits + i)).store(out + i);
               if (i < count) formula(Int::load(bits + i)).store(out + i, count - i);
             });
}

template <class T>
void integers(const IntegersArgs& args, const Team& team) {
  walk_words(args.state, args.n, 2, team, [&](const uint64_t* pairs, int64_t first, int count) {
    T* out = static_cast<T*>(args.out) + first;
    for (int i = 0; i < count; ++i) {
      out[i] = T(int64_t(uint64_t(args.low) + scaled(pairs[i], args.range)));
    }
  });
}

void permutation(const PermutationArgs& args, const Team& team) {
  if (team.rank != 0) return;
  alignas(64) uint64_t pairs[buffer_pairs];
  const Philox philox = philox_of(args.state, kRandomStream);
  uint64_t block = 0;
  int used = 2 * buffer_pairs;
  fisher_yates(args.out, args.n, [&] {
    if (used == 2 * buffer_pairs) {
      philox_words(philox, block, buffer_blocks, pairs);
      block += buffer_blocks;
      used = 0;
    }
    const uint32_t word = uint32_t(pairs[used / 2] >> (used % 2 * 32));
    ++used;
    return word;
  });
}

template <template <class> class Formula, class T>
constexpr Kernel<RandomArgs> kernel() {
  return make_kernel<RandomArgs, &draw<Formula<T>, T>>();
}

}  // namespace

const RandomKernels random_kernels = {
    {{kernel<Uniform, float>(), kernel<Uniform, double>()},
     {kernel<Normal, float>(), kernel<Normal, double>()},
     {kernel<TruncatedNormal, float>(), kernel<TruncatedNormal, double>()}},
    {make_kernel<IntegersArgs, &integers<int32_t>>(),
     make_kernel<IntegersArgs, &integers<int64_t>>()},
    make_kernel<PermutationArgs, &permutation>(),
    make_kernel<AdvanceArgs, &advance>(),
};

}  // namespace MARK1_ISA
}  // namespace mark1
