// The formulas of softmax over vectors of any width. The reference is this code with vectors of
// one lane: the row rule spells out every lane, so nothing depends on the width.
#pragma once

#include "math/exp.h"
#include "math/log.h"
#include "ops/softmax/softmax.h"
#include "simd/row_by_one.h"
#include "simd/stream.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// kRows rows from one on, of n elements each, which a reader reads (simd/row_by_one.h).
template <class T>
struct Block {
  const T* x;  // or y
  const T* dy;
  T* out;
  int64_t n;
  bool stream;  // write past the caches
  T* waiting;   // a device's: where exponentials wait for their sum

  MARK1_DEVICE Block(const SoftmaxArgs& args, int64_t row, bool stream)
      : x(static_cast<const T*>(args.x) + row * args.n),
        dy(args.dy ? static_cast<const T*>(args.dy) + row * args.n : nullptr),
        out(static_cast<T*>(args.out) + row * args.n),
        n(args.n),
        stream(stream),
        waiting(out) {}

  MARK1_DEVICE Vec<T> x_at(int r, int64_t i, int count) const {
    return Vec<T>::load(x + r * n + i, count);
  }
  MARK1_DEVICE Vec<T> dy_at(int r, int64_t i, int count) const {
    return Vec<T>::load(dy + r * n + i, count);
  }

  // out = f(row, index, count), row after row. What the next block reads is fetched meanwhile, as
  // the rows themselves are in the cache by now and memory would have nothing to do.
  template <int kRows, class Reader, class F>
  MARK1_DEVICE void write(const Reader& reader, F f) const {
    for (int r = 0; r < kRows; ++r) {
      reader.each(n, [&](int64_t i, int count) {
        if (stream) {
          fetch_ahead(x + (r + kRows) * n + i);
          if (dy) fetch_ahead(dy + (r + kRows) * n + i);
        }
        put(f(r, i, count), out + r * n + i, count, stream);
      });
    }
  }
};

// Elements of a block whose exponentials wait in the first-level cache for their sum.
constexpr int64_t waiting = 4096;

struct SoftmaxRows {
  template <int kRows, class T, class Reader>
  static MARK1_DEVICE void run(const Block<T>& block, const Reader& reader) {
    const int64_t n = block.n;
    const Spread<T> top(reader.template maxima<kRows>(
        n, [&](int r, int64_t i, int count) { return block.x_at(r, i, count); }));
#if defined(MARK1_ISA_cuda)
    T* e = block.waiting;
#else
    alignas(64) T buffer[waiting];
    T* e = block.stream && kRows * n <= waiting ? buffer : block.out;
#endif
    const Spread<T> sum(reader.template sums<kRows>(n, [&](int r, int64_t i, int count) {
      const Vec<T> value = exp_nonpositive(block.x_at(r, i, count) - top.of(r));
      value.store(e + r * n + i, count);
      return value;
    }));
    block.template write<kRows>(reader, [&](int r, int64_t i, int count) {
      return Vec<T>::load(e + r * n + i, count) / sum.of(r);
    });
  }
};

struct LogSoftmaxRows {
  template <int kRows, class T, class Reader>
  static MARK1_DEVICE void run(const Block<T>& block, const Reader& reader) {
    const Spread<T> top(reader.template maxima<kRows>(
        block.n, [&](int r, int64_t i, int count) { return block.x_at(r, i, count); }));
    const Spread<T> log_sum(
        log(reader.template sums<kRows>(block.n, [&](int r, int64_t i, int count) {
          return exp_nonpositive(block.x_at(r, i, count) - top.of(r));
        })));
    block.template write<kRows>(reader, [&](int r, int64_t i, int count) {
      return (block.x_at(r, i, count) - top.of(r)) - log_sum.of(r);
    });
  }
};

struct SoftmaxBackwardRows {
  template <int kRows, class T, class Reader>
  static MARK1_DEVICE void run(const Block<T>& block, const Reader& reader) {
    const Spread<T> sum(reader.template sums<kRows>(block.n, [&](int r, int64_t i, int count) {
      return block.dy_at(r, i, count) * block.x_at(r, i, count);
    }));
    block.template write<kRows>(reader, [&](int r, int64_t i, int count) {
      return block.x_at(r, i, count) * (block.dy_at(r, i, count) - sum.of(r));
    });
  }
};

struct LogSoftmaxBackwardRows {
  template <int kRows, class T, class Reader>
  static MARK1_DEVICE void run(const Block<T>& block, const Reader& reader) {
    const Spread<T> sum(reader.template sums<kRows>(
        block.n, [&](int r, int64_t i, int count) { return block.dy_at(r, i, count); }));
    block.template write<kRows>(reader, [&](int r, int64_t i, int count) {
      const Vec<T> p = exp(block.x_at(r, i, count));
      return block.dy_at(r, i, count) - p * sum.of(r);
    });
  }
};

template <class Rows, class T>
MARK1_DEVICE void each_row(const SoftmaxArgs& args, const Team& team) {
  const Range range = static_range(args.rows, 1, team);
  const bool stream = args.stream && can_stream(static_cast<T*>(args.out), args.n);
  constexpr int block = rows_at_once<T>();
  int64_t r = range.begin;
  // Long rows one by one, so that a block stays in the first-level cache; from memory they come
  // faster one after the other in any case.
  const int64_t most = stream ? waiting / 4 : waiting;
  for (; block * args.n <= most && r + block <= range.end; r += block) {
    Rows::template run<block>(Block<T>(args, r, stream), RowByOne<T>());
  }
  for (; r < range.end; ++r)
    Rows::template run<1>(Block<T>(args, r, stream && args.n <= waiting), RowByOne<T>());
  end_stream(stream);
}

}  // namespace
}  // namespace MARK1_ISA
}  // namespace mark1
