// What orders the threads of an emulated grid: who did something that is over when another acts.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace mark1::gpu {

struct Grid;

// What a thread does between two waits is a span, which has a number: spans of earlier grids have
// lower ones. Numbers have 31 bits, so that a bit is left for whoever notes them.
using Span = uint32_t;

class Epochs {
 public:
  // Returns the first span of the grid.
  Span begin(const Grid& shape, bool alone);

  // The thread goes on.
  Span run(int64_t block, int thread);
  // The threads of a block have met.
  void barrier(int64_t block);
  // The running thread has waited for its warp.
  Span warp();
  // The running thread has left a counter behind, which its block's first thread has raised to
  // `value`.
  Span come(const uint32_t* counter, uint32_t value);
  // The running thread has seen that a counter reached `value`; its block will, at its barrier.
  void await(const uint32_t* counter, uint32_t value);

  // Whether `before`, which has run, is over for the running thread.
  bool over(Span before) const {
    if (before < first_ || before == now_) return true;
    return over_in_grid(spans_[before - first_]);
  }
  bool full() const { return first_ > kMost; }

  // A span of the grid that runs, for messages.
  struct Place {
    int64_t block;
    int thread;
  };
  Place place(Span span) const {
    return {spans_[span - first_].block, spans_[span - first_].thread};
  }

 private:
  static constexpr Span kMost = 1u << 30;

  // By whom, and after how many barriers of the block, waits of the warp, and comings to counters.
  struct Kept {
    int32_t block;
    int32_t thread;
    uint32_t barriers, waits, comings;
    bool operator==(const Kept&) const = default;
  };
  using Comings = std::vector<uint32_t>;  // per block, as far as somebody knows of them

  bool over_in_grid(const Kept& before) const;
  Span renew();
  Comings& sized(Comings& comings) const;
  static void learn(Comings& known, const Comings& more);

  Span first_ = 1, now_ = 0;
  bool alone_ = false;
  int64_t threads_ = 0;
  Kept running_ = {};
  std::vector<Kept> spans_;
  std::vector<Span> latest_;        // per thread of the grid
  std::vector<uint32_t> barriers_;  // per block
  std::vector<Comings> known_;      // per block, of a grid that runs together
  std::vector<Comings> seen_;       // and will be known from the next barrier on
  std::unordered_map<const uint32_t*, std::vector<Comings>> counters_;  // after every coming
};

}  // namespace mark1::gpu
