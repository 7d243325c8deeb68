// Element by element, on a device: what is bound by memory alone. Each thread takes packets, as
// many elements as make 16 bytes of the largest type, which neighbours have side by side; it loads
// all of its packets before it uses the first. A copy needs some 18 KB on their way to a
// multiprocessor to keep an H200's memory busy (2.4 TB/s of loads for 1 us, 132 of them); 2,048
// threads with one packet have 32 KB, while they are not waiting for something else.
#pragma once

#include "cuda/block.h"
#include "cuda/divider.h"

namespace mark1::gpu {
namespace {

inline constexpr int kMapThreads = 128;

// What is loaded or stored at once.
template <int bytes>
struct [[gnu::may_alias]] alignas(bytes) Piece {
  uint32_t words[bytes / 4];
};
template <>
struct [[gnu::may_alias]] Piece<1> {
  uint8_t word;
};
template <>
struct [[gnu::may_alias]] Piece<2> {
  uint16_t word;
};

template <class T, int n>
struct Packet {
  static constexpr int bytes = n * static_cast<int>(sizeof(T)), each = bytes < 16 ? bytes : 16;

  T at[n];

  // p is a multiple of `each`.
  static MARK1_DEVICE Packet load(const T* p) {
    Piece<each> pieces[bytes / each];
#pragma unroll
    for (int i = 0; i < bytes / each; ++i) pieces[i] = reinterpret_cast<const Piece<each>*>(p)[i];
    Packet packet;
    __builtin_memcpy(packet.at, pieces, bytes);
    return packet;
  }
  MARK1_DEVICE void store(T* p) const {
    Piece<each> pieces[bytes / each];
    __builtin_memcpy(pieces, at, bytes);
#pragma unroll
    for (int i = 0; i < bytes / each; ++i) reinterpret_cast<Piece<each>*>(p)[i] = pieces[i];
  }
  static MARK1_ANYWHERE bool fits(const T* p) { return reinterpret_cast<uintptr_t>(p) % each == 0; }
};

constexpr int most(int a) {
  return a;
}
template <class... Rest>
constexpr int most(int a, int b, Rest... rest) {
  return most(a > b ? a : b, rest...);
}
// Elements in a packet of an operation on these types.
template <class... Types>
inline constexpr int packet_of = 16 / most(static_cast<int>(sizeof(Types))...);

// As many elements as the result has, or one for all of them.
template <class T>
struct Operand {
  const T* data;
  bool repeats = false;

  MARK1_DEVICE T at(int64_t i) const { return data[repeats ? 0 : i]; }
};

// Packets of an operand. The two kinds are told apart when they are used, not when they are loaded:
// to copy the one element would be to wait for it.
template <class T, int n, int packets>
struct Loaded {
  Packet<T, n> packet[packets];
  T one;
  bool repeats;

  MARK1_DEVICE Loaded(const Operand<T>& x, int64_t first, int64_t step)
      : one(), repeats(x.repeats) {
    if (repeats) {
      one = *x.data;
    } else {
#pragma unroll
      for (int k = 0; k < packets; ++k) packet[k] = Packet<T, n>::load(x.data + first + k * step);
    }
  }
  MARK1_DEVICE T at(int k, int j) const { return repeats ? one : packet[k].at[j]; }
};

// out[i] = f(in[i]...) for i < size, by a grid of blocks that each have `packets` packets per
// thread. What is left of whole blocks, or does not lie at multiples of packets, is done one by
// one.
template <int packets, class Out, class F, class... In>
MARK1_DEVICE void map(const Block& block, int64_t size, Out* out, F f, Operand<In>... in) {
  constexpr int n = packet_of<Out, In...>;
  const int64_t step = int64_t{block.threads()} * n, begin = block.index() * packets * step;
  const int64_t end = begin + packets * step;
  const bool fits =
      Packet<Out, n>::fits(out) && (... && (in.repeats || Packet<In, n>::fits(in.data)));
  if (end <= size && fits) {
    const int64_t first = begin + int64_t{block.thread()} * n;
    const auto finish = [&](const auto&... x) {
#pragma unroll
      for (int k = 0; k < packets; ++k) {
        Packet<Out, n> y;
#pragma unroll
        for (int j = 0; j < n; ++j) y.at[j] = f(x.at(k, j)...);
        y.store(out + first + k * step);
      }
    };
    finish(Loaded<In, n, packets>(in, first, step)...);
    return;
  }
#pragma unroll 1
  for (int64_t i = begin + block.thread(); i < end && i < size; i += block.threads()) {
    out[i] = f(in.at(i)...);
  }
}

// A body that maps has Args, `share`, the elements that each thread of it takes, and run().
template <class Body>
void queue_map(const typename Body::Args& args, int64_t size, void* stream) {
  constexpr int64_t share = int64_t{Body::share} * kMapThreads;
  if (size > 0) queue<Body>(args, {(size + share - 1) / share, kMapThreads, 0}, stream);
}

}  // namespace
}  // namespace mark1::gpu
