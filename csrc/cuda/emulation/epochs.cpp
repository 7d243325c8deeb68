#include "cuda/emulation/epochs.h"

#include "cuda/emulation/block.h"

namespace mark1::gpu {

Span Epochs::begin(const Grid& shape, bool alone) {
  first_ += static_cast<Span>(spans_.size());
  if (full()) first_ = 1;  // whoever notes spans has forgotten all of them
  now_ = 0;
  alone_ = alone;
  threads_ = shape.threads;
  spans_.clear();
  const auto blocks = static_cast<size_t>(shape.blocks);
  barriers_.assign(alone ? 0 : blocks, 0);
  latest_.assign(alone ? 0 : blocks * static_cast<size_t>(threads_), 0);
  known_.assign(shape.together ? blocks : 0, {});
  seen_.assign(shape.together ? blocks : 0, {});
  counters_.clear();
  return first_;
}

Span Epochs::run(int64_t block, int thread) {
  running_ = {static_cast<int32_t>(block), thread, 0, 0, 0};
  now_ = 0;
  if (alone_) return renew();
  now_ = latest_[static_cast<size_t>(block * threads_ + thread)];
  if (now_ != 0) running_ = spans_[now_ - first_];
  running_.barriers = barriers_[static_cast<size_t>(block)];
  return renew();
}

void Epochs::barrier(int64_t block) {
  const auto b = static_cast<size_t>(block);
  ++barriers_[b];
  if (seen_.empty() || seen_[b].empty()) return;
  learn(sized(known_[b]), seen_[b]);
  seen_[b].clear();
}

Span Epochs::warp() {
  ++running_.waits;
  return renew();
}

Span Epochs::come(const uint32_t* counter, uint32_t value) {
  ++running_.comings;
  if (running_.thread == 0) {
    const auto b = static_cast<size_t>(running_.block);
    Comings all = sized(known_[b]);
    all[b] = running_.comings;
    std::vector<Comings>& after = counters_[counter];
    if (!after.empty()) learn(all, after.back());
    after.resize(value, all);
  }
  return renew();
}

void Epochs::await(const uint32_t* counter, uint32_t value) {
  if (value == 0) return;
  learn(sized(seen_[static_cast<size_t>(running_.block)]), counters_[counter][value - 1]);
}

bool Epochs::over_in_grid(const Kept& before) const {
  const Kept& now = running_;
  if (before.block == now.block) {
    return before.thread == now.thread || before.barriers != now.barriers ||
           (before.thread / 32 == now.thread / 32 && before.waits != now.waits);
  }
  if (known_.empty()) return false;
  const Comings& known = known_[static_cast<size_t>(now.block)];
  return !known.empty() && known[static_cast<size_t>(before.block)] > before.comings;
}

Span Epochs::renew() {
  if (now_ != 0 && spans_[now_ - first_] == running_) return now_;
  now_ = first_ + static_cast<Span>(spans_.size());
  spans_.push_back(running_);
  if (!alone_) latest_[static_cast<size_t>(running_.block * threads_ + running_.thread)] = now_;
  return now_;
}

Epochs::Comings& Epochs::sized(Comings& comings) const {
  comings.resize(barriers_.size());
  return comings;
}

void Epochs::learn(Comings& known, const Comings& more) {
  for (size_t i = 0; i < more.size(); ++i) {
    if (more[i] > known[i]) known[i] = more[i];
  }
}

}  // namespace mark1::gpu
