#include "cuda/emulation/queues.h"

#include <deque>
#include <mutex>
#include <utility>

#include "core/device_api.h"

namespace mark1::gpu {
namespace {

using Point = std::shared_ptr<bool>;

// As many as CUDA lets wait, about.
constexpr size_t kMost = 1000;

struct Item {
  std::function<void()> task;  // null: the point is set, or waited for
  Point point;
  bool waits = false;
};

class Queues {
 public:
  std::recursive_mutex mutex;

  void choose(Schedule schedule, uint64_t seed) {
    schedule_ = schedule;
    state_ = seed * 2 + 1;
  }

  void push(int queue, Item item) {
    items_[queue].push_back(std::move(item));
    go_on();
  }

  // Does what leads to a point.
  void reach(const Point& point) {
    while (point && !*point) step(holds(MARK1_WORK, point) ? MARK1_WORK : MARK1_COPIES);
  }

  void finish(int queue) {
    while (!items_[queue].empty()) step(queue);
  }

 private:
  bool holds(int queue, const Point& point) const {
    for (const Item& item : items_[queue]) {
      if (item.point == point && !item.waits) return true;
    }
    return false;
  }

  bool ready(int queue) const {
    if (items_[queue].empty()) return false;
    const Item& next = items_[queue].front();
    return !next.waits || *next.point;
  }

  // The next of a queue, after what that waits for.
  void step(int queue) {
    if (items_[queue].front().waits) reach(items_[queue].front().point);
    const Item item = std::move(items_[queue].front());
    items_[queue].pop_front();
    if (item.task) item.task();
    if (!item.task && !item.waits) *item.point = true;
  }

  void go_on() {
    while (items_[MARK1_WORK].size() > kMost) step(MARK1_WORK);
    switch (schedule_) {
      case Schedule::kLate:
        return;
      case Schedule::kWorkFirst:
        while (ready(MARK1_WORK)) step(MARK1_WORK);
        return;
      case Schedule::kCopiesFirst:
        while (ready(MARK1_COPIES)) step(MARK1_COPIES);
        return;
      case Schedule::kAnyOrder:
        for (uint64_t left = random() % 4; left > 0; --left) {
          const int queue = random() % 2 == 0 ? MARK1_WORK : MARK1_COPIES;
          if (ready(queue)) step(queue);
        }
    }
  }

  uint64_t random() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return state_ >> 33;
  }

  std::deque<Item> items_[2];
  Schedule schedule_ = Schedule::kLate;
  uint64_t state_ = 1;
};

Queues& queues() {
  static auto* all = new Queues;  // outlives tensors that die late
  return *all;
}

}  // namespace

void set_schedule(Schedule schedule, uint64_t seed) {
  const std::lock_guard lock(queues().mutex);
  queues().choose(schedule, seed);
}

void enqueue(int queue, std::function<void()> task) {
  const std::lock_guard lock(queues().mutex);
  queues().push(queue, {std::move(task), nullptr});
}

void Mark::set(int queue) {
  const std::lock_guard lock(queues().mutex);
  passed_ = std::make_shared<bool>(false);
  queues().push(queue, {nullptr, passed_});
}

void Mark::hold(int queue) const {
  const std::lock_guard lock(queues().mutex);
  if (passed_) queues().push(queue, {nullptr, passed_, true});
}

void Mark::await() const {
  const std::lock_guard lock(queues().mutex);
  queues().reach(passed_);
}

bool Mark::reached() const {
  const std::lock_guard lock(queues().mutex);
  return !passed_ || *passed_;
}

void finish_work() {
  const std::lock_guard lock(queues().mutex);
  queues().finish(MARK1_WORK);
}

void finish_all() {
  const std::lock_guard lock(queues().mutex);
  queues().finish(MARK1_WORK);
  queues().finish(MARK1_COPIES);
}

}  // namespace mark1::gpu
