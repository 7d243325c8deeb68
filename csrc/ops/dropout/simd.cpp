// dropout by the vector: words of 64 blocks at a time through a buffer that stays in L1.
#include "ops/dropout/dropout.h"
#include "ops/random/random.h"
#include "simd/for_each.h"
#include "simd/philox_words.h"

namespace mark1 {
namespace MARK1_ISA {

extern const DropoutKernels dropout_kernels;

namespace {

constexpr int buffer_words = 256;

// Which of the elements from i on are dropped. Vectors compare signed, so both sides lose half of
// the unsigned range.
template <class T>
struct Dropped;

template <>
struct Dropped<float> {
  const int32_t* words;
  IntVec<float> limit;

  Dropped(const uint64_t* pairs, uint32_t threshold)
      : words(reinterpret_cast<const int32_t*>(pairs)), limit(int32_t(threshold ^ 0x80000000u)) {}
  Mask<float> operator()(int64_t i) const {
    return limit > (IntVec<float>::load(words + i) ^ IntVec<float>(INT32_MIN));
  }
};

// One 64-bit lane per word.
template <>
struct Dropped<double> {
  alignas(64) int64_t words[buffer_words];
  IntVec<double> limit;

  Dropped(const uint64_t* pairs, uint32_t threshold) : limit(int64_t(threshold)) {
    for (int i = 0; i < buffer_words / 2; ++i) {
      words[2 * i] = int64_t(pairs[i] & 0xffffffff);
      words[2 * i + 1] = int64_t(pairs[i] >> 32);
    }
  }
  Mask<double> operator()(int64_t i) const { return limit > IntVec<double>::load(words + i); }
};

template <class T>
void dropout(const DropoutArgs& args, const Team& team) {
  alignas(64) uint64_t pairs[buffer_words / 2] = {};
  const Philox philox{uint64_t(args.state[0]), kDropoutStream, uint32_t(uint64_t(args.state[1]))};
  const Vec<T> scale(T(args.scale));
  const Range range = static_range(args.n, buffer_words, team);
  for (int64_t first = range.begin; first < range.end; first += buffer_words) {
    const int64_t rest = range.end - first;
    const int n = int(rest < buffer_words ? rest : buffer_words);
    philox_words(philox, uint64_t(first) / 4, (n + 31) / 32 * 8, pairs);
    const T* x = static_cast<const T*>(args.x) + first;
    T* out = static_cast<T*>(args.out) + first;
    const Dropped<T> dropped(pairs, args.threshold);
    for_each_vector<T>({0, n}, [&](int64_t i, int count) {
      const Vec<T> y = Vec<T>::load(x + i, count) * scale;
      select(dropped(i), Vec<T>(0), y).store(out + i, count);
    });
  }
}

}  // namespace

const DropoutKernels dropout_kernels = {{
    make_kernel<DropoutArgs, &dropout<float>>(),
    make_kernel<DropoutArgs, &dropout<double>>(),
}};

}  // namespace MARK1_ISA
}  // namespace mark1
