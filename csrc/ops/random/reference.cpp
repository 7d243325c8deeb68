// The definition of random: each element from its own words.
#include "ops/random/formulas.h"

namespace mark1 {
namespace MARK1_ISA {

extern const RandomKernels random_kernels;

namespace {

MARK1_DEVICE uint64_t pair_of(const Philox& philox, int64_t i) {
  uint32_t words[4];
  philox.words(uint64_t(i) / 2, words);
  const int first = i % 2 ? 2 : 0;
  return words[first] | uint64_t(words[first + 1]) << 32;
}

MARK1_DEVICE IntVec<float> bits_of(const Philox& philox, int64_t i, float) {
  uint32_t words[4];
  philox.words(uint64_t(i) / 4, words);
  return int32_t(words[i % 4]);
}
MARK1_DEVICE IntVec<double> bits_of(const Philox& philox, int64_t i, double) {
  return int64_t(pair_of(philox, i));
}

template <class Formula, class T>
MARK1_DEVICE void draw(const RandomArgs& args, const Team& team) {
  const Philox philox = philox_of(args.state, kRandomStream);
  const Formula formula(args);
  const Range range = static_range(args.n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    formula(bits_of(philox, i, T())).store(static_cast<T*>(args.out) + i);
  }
}

template <class T>
MARK1_DEVICE void integers(const IntegersArgs& args, const Team& team) {
  const Philox philox = philox_of(args.state, kRandomStream);
  const Range range = static_range(args.n, 64, team);
  for (int64_t i = range.begin; i < range.end; ++i) {
    const uint64_t offset = scaled(pair_of(philox, i), args.range);
    static_cast<T*>(args.out)[i] = T(int64_t(uint64_t(args.low) + offset));
  }
}

MARK1_DEVICE void permutation(const PermutationArgs& args, const Team& team) {
  if (team.rank != 0) return;
  const Philox philox = philox_of(args.state, kRandomStream);
  uint64_t i = 0;
  fisher_yates(args.out, args.n, [&] {
    uint32_t words[4];
    philox.words(i / 4, words);
    return words[i++ % 4];
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
