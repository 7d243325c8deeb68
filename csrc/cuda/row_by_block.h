// Long rows on a device: a block of warps for each, whose threads hold the 32 virtual lanes
// (MARK1_WARPS). Segments of 4,096 elements are shared out among the warps, and their totals added
// up in order by all of them; of a maximum every warp has a piece of the row.
//
// A row waits in shared memory between passes if the device has room for it, and is read from
// memory once: of 227 KB, some 56,000 float32, or two operands of half as many. Blocks are large
// enough for a multiprocessor to have 16 warps or more and most of its shared memory on its way.
// Longer rows are read in every pass, as before, but by a block.
#pragma once

#include "core/kernel.h"
#include "cuda/packets.h"
#include "simd/row_by_one.h"

namespace mark1::gpu {
namespace {

inline constexpr int kRowBlockWarps = 16;  // at most
inline constexpr int kSegmentTotals = 64;  // of two sums, at a time

// How a row of n elements is shared out.
struct LongRowStage {
  int warps = 0;
  int64_t elements = 0;  // of one operand in shared memory; 0: stays where it is
  int64_t bytes = 0;     // of shared memory in all

  // Lanes of a maximum, or totals of segments.
  static constexpr int64_t numbers = kRowBlockWarps * 32;
  static_assert(numbers >= 2 * kSegmentTotals);

  // Rows that are read once need not wait anywhere.
  template <class T>
  static LongRowStage of_one_pass(int64_t n) {
    constexpr auto item = static_cast<int64_t>(sizeof(T));
    const int64_t warps = n * item / (8 << 10), most = kRowBlockWarps;
    return {static_cast<int>(warps < 4 ? 4 : warps < most ? warps : most), 0, numbers * item};
  }
  template <class T>
  static LongRowStage of(int64_t n, int operands) {
    constexpr auto item = static_cast<int64_t>(sizeof(T)), packet = 16 / item;
    LongRowStage stage = of_one_pass<T>(n * operands);
    // Room to begin at any element of a packet, as the row in memory does.
    const int64_t elements = (n + 2 * packet - 2) / packet * packet;
    const int64_t bytes = stage.bytes + operands * elements * item;
    if (bytes > room().shared_bytes) return stage;
    stage.elements = elements;
    stage.bytes = bytes;
    return stage;
  }
};

}  // namespace
}  // namespace mark1::gpu

namespace mark1::MARK1_ISA {
namespace {

template <class T>
class RowByBlock {
 public:
  MARK1_DEVICE RowByBlock(const gpu::Block& block, const gpu::LongRowStage& stage)
      : block_(block),
        elements_(stage.elements),
        numbers_(block.shared<T>()),
        warp_(block.thread() / kLanes),
        warps_(block.threads() / kLanes) {}

  // Operand k of n elements as the passes shall read it, once it has been awaited.
  MARK1_DEVICE const T* fetch(int k, const T* from, int64_t n) const {
    if (elements_ == 0) return from;
    constexpr int64_t packet = 16 / sizeof(T);
    constexpr int item = sizeof(T);
    const auto after = static_cast<int64_t>(reinterpret_cast<uintptr_t>(from) / item % packet);
    T* to = numbers_ + gpu::LongRowStage::numbers + k * elements_ + after;
    int64_t head = after == 0 ? 0 : packet - after;
    if (head > n) head = n;
    const int64_t body = (n - head) / packet, tail = head + body * packet;
    for (int64_t i = block_.thread(); i < body; i += block_.threads()) {
      const int64_t at = head + i * packet;
      gpu::copy_ahead<16>(to + at, from + at, 16);
    }
    const int thread = block_.thread();
    if (thread < head) gpu::copy_ahead<item>(to + thread, from + thread, item);
    if (thread < n - tail) gpu::copy_ahead<item>(to + tail + thread, from + tail + thread, item);
    return to;
  }
  MARK1_DEVICE void await() const {
    gpu::close_copies();
    gpu::await_copies<0>();
    block_.sync();
  }
  MARK1_DEVICE bool staged() const { return elements_ != 0; }
  MARK1_DEVICE bool leads() const { return warp_ == 0; }

  template <class F>
  MARK1_DEVICE T sum(int64_t n, F term) const {
    GroupedTotal<T> sum;
    each_segment(
        n,
        [&](int64_t begin, int64_t end, int at) {
          const T total = segment_sum<T>(begin, end, term);
          if (lane() == 0) numbers_[at] = total;
        },
        [&](int at) { sum.add(numbers_[at]); });
    return sum.result();
  }
  template <int kRows, class F>
  MARK1_DEVICE VecPair<T> sum_pairs(int64_t n, F term) const {
    static_assert(kRows == 1);
    GroupedTotal<T> first_sum, second_sum;
    each_segment(
        n,
        [&](int64_t begin, int64_t end, int at) {
          const VecPair<T> both = row_sum_pairs<1, T>(
              end - begin, [&](int r, int64_t i, int count) { return term(r, begin + i, count); });
          if (lane() != 0) return;
          numbers_[at] = both.first.v;
          numbers_[at + gpu::kSegmentTotals] = both.second.v;
        },
        [&](int at) {
          first_sum.add(numbers_[at]);
          second_sum.add(numbers_[at + gpu::kSegmentTotals]);
        });
    return {Vec<T>(first_sum.result()), Vec<T>(second_sum.result())};
  }
  // Of equal ones the first of every lane: pieces ascend.
  template <class F>
  MARK1_DEVICE T max(int64_t n, F term) const {
    const int64_t vectors = (n + 31) / 32, piece = (vectors + warps_ - 1) / warps_ * 32;
    const int64_t begin = warp_ * piece, end = begin + piece < n ? begin + piece : n;
    Lanes32<T> lanes(-__builtin_inf());
    if (begin < end) lanes.scan(begin, end, MaxLanes{}, term);
    block_.sync();
    lanes.lane[0].store(numbers_ + warp_ * 32);
    block_.sync();
    lanes.lane[0] = Vec<T>::load(numbers_);
    for (int w = 1; w < warps_; ++w) {
      lanes.lane[0] = MaxLanes{}(lanes.lane[0], Vec<T>::load(numbers_ + w * 32));
    }
    return lanes.folded(MaxLanes{});
  }
  template <int kRows, class F>
  MARK1_DEVICE Vec<T> sums(int64_t n, F term) const {
    static_assert(kRows == 1);
    return Vec<T>(sum(n, [&](int64_t i, int count) { return term(0, i, count); }));
  }
  template <int kRows, class F>
  MARK1_DEVICE Vec<T> maxima(int64_t n, F term) const {
    static_assert(kRows == 1);
    return Vec<T>(max(n, [&](int64_t i, int count) { return term(0, i, count); }));
  }
  // All of it has been done when this returns.
  template <class F>
  MARK1_DEVICE void each(int64_t n, F f) const {
    const int64_t step = warps_ * 32;
#pragma unroll 4
    for (int64_t i = warp_ * 32; i < n; i += step) f(i, n - i < 32 ? static_cast<int>(n - i) : 32);
    block_.sync();
  }

 private:
  // Calls make(begin, end, at), by one warp for each segment, which leaves numbers `at` some place;
  // then all threads call add(at) in order.
  template <class Make, class Add>
  MARK1_DEVICE void each_segment(int64_t n, Make make, Add add) const {
    const int64_t segments = (n + row_segment - 1) / row_segment;
    for (int64_t first = 0; first < segments; first += gpu::kSegmentTotals) {
      const int64_t left = segments - first;
      const int some = left < gpu::kSegmentTotals ? static_cast<int>(left) : gpu::kSegmentTotals;
      block_.sync();  // the numbers before have been read
      for (int at = warp_; at < some; at += warps_) {
        const int64_t begin = (first + at) * row_segment;
        make(begin, begin + row_segment < n ? begin + row_segment : n, at);
      }
      block_.sync();
      for (int at = 0; at < some; ++at) add(at);
    }
  }

  const gpu::Block& block_;
  const int64_t elements_;
  T* const numbers_;
  const int warp_, warps_;
};

// Body: Args with `stage`, and run(args, block) for a row by every block.
template <class Body>
void queue_long_rows(const typename Body::Args& args, int64_t rows, void* stream) {
  gpu::queue<Body>(args, {rows, args.stage.warps * 32, args.stage.bytes}, stream);
}

}  // namespace
}  // namespace mark1::MARK1_ISA
