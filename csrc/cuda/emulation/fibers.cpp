#undef _FORTIFY_SOURCE  // its longjmp takes a change of stacks for an error
#include "cuda/emulation/fibers.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cuda/emulation/log.h"
#include "cuda/emulation/order.h"
#include "cuda/emulation/races.h"

namespace mark1::gpu {
namespace {

constexpr size_t kStackBytes = size_t{128} << 10;
constexpr size_t kPage = 4096;
constexpr size_t kRun = 16;  // where shared memory begins is a multiple of this
constexpr int kWarp = 32;

thread_local Fibers* current = nullptr;

[[noreturn]] void no_fibers() {
  std::fprintf(stderr, "emulated grid: threads that were queued as alone wait, or share memory\n");
  std::abort();
}

}  // namespace

Fibers::Fibers(const Work& work, const void* args)
    : work_(work),
      args_(args),
      slots_(static_cast<size_t>(work.shape.threads) * kShared),
      fibers_(static_cast<size_t>(work.shape.threads)),
      copies_(static_cast<size_t>(work.shape.threads)),
      shared_bytes_((static_cast<size_t>(work.shape.shared_bytes) + kRun - 1) / kRun * kRun) {
  const size_t stacks = kStackBytes * fibers_.size();
  const size_t open = stacks + (shared_bytes_ + kPage - 1) / kPage * kPage;
  mapped_ = open + kPage;
  void* memory = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  stacks_ = static_cast<char*>(memory);
  mprotect(stacks_ + open, kPage, PROT_NONE);
  shared_ = stacks_ + open - shared_bytes_;
}

Fibers::~Fibers() {
  munmap(stacks_, mapped_);
}

void Fibers::start() {
  Fibers* self = current;
  const int thread = self->thread_;
  const Place place = {self->work_.shape, self->index_};
  self->work_.entry(self->args_, Block(place, thread));
  if (!self->copies().open.empty()) {
    std::fprintf(stderr, "emulated grid: a thread ends with copies that it has not awaited\n");
    std::abort();
  }
  self->fibers_[static_cast<size_t>(thread)].state = State::kDone;
  _longjmp(self->scheduler_, 1);
}

void Fibers::resume(int thread) {
  Fiber& fiber = fibers_[static_cast<size_t>(thread)];
  thread_ = thread;
  const char* stack = stacks_ + kStackBytes * static_cast<size_t>(thread);
  watch_thread(index_, thread, stack, kStackBytes);
  if (_setjmp(scheduler_) != 0) return;
  if (fiber.state != State::kNew) _longjmp(fiber.place, 1);
  fiber.state = State::kReady;
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = stacks_ + kStackBytes * static_cast<size_t>(thread);
  context.uc_stack.ss_size = kStackBytes;
  context.uc_link = nullptr;
  makecontext(&context, &Fibers::start, 0);
  setcontext(&context);
}

void Fibers::yield(State state) {
  Fiber& fiber = fibers_[static_cast<size_t>(thread_)];
  fiber.state = state;
  if (_setjmp(fiber.place) == 0) _longjmp(scheduler_, 1);
}

// Lets fibers first .. last - 1 go on if none but those that are done is elsewhere.
bool Fibers::open(int first, int last, State state) {
  bool any = false;
  for (int t = first; t < last; ++t) {
    const State now = fibers_[static_cast<size_t>(t)].state;
    if (now == state)
      any = true;
    else if (now != State::kDone)
      return false;
  }
  if (!any) return false;
  for (int t = first; t < last; ++t) {
    State& now = fibers_[static_cast<size_t>(t)].state;
    if (now == state) now = State::kReady;
  }
  return true;
}

bool Fibers::open_waiting() {
  bool any = false;
  for (Fiber& fiber : fibers_) {
    if (fiber.state != State::kWaits || !fiber.come(fiber.on, fiber.value)) continue;
    fiber.state = State::kReady;
    any = true;
  }
  return any;
}

void Fibers::wait_for(Come come, const void* on, uint32_t value) {
  Fiber& fiber = fibers_[static_cast<size_t>(thread_)];
  fiber.come = come;
  fiber.on = on;
  fiber.value = value;
  yield(State::kWaits);
}

void Fibers::stuck() const {
  std::fprintf(stderr, "emulated grid: threads of block %lld of %s wait for each other in vain\n",
               static_cast<long long>(index_), kernel_name(work_.kernel->name).c_str());
  std::abort();
}

Fibers& Fibers::running() {
  if (!current) no_fibers();
  return *current;
}

void Fibers::begin(int64_t index, uint64_t order) {
  index_ = index;
  order_ = order;
  // Shared memory holds anything when a block starts: here what is a NaN in every format.
  std::memset(shared_, 0xff, shared_bytes_);
  watch_shared(shared_, shared_bytes_);
  for (Fiber& fiber : fibers_) fiber.state = State::kNew;
}

bool Fibers::go_on() {
  current = this;
  const int threads = work_.shape.threads;
  bool any = false;
  for (;; ++order_) {
    bool ran = false;
    const Permutation turns(threads, order_);
    for (int i = 0; i < threads; ++i) {
      const auto t = static_cast<int>(turns[i]);
      const State state = fibers_[static_cast<size_t>(t)].state;
      if (state != State::kNew && state != State::kReady) continue;
      resume(t);
      ran = true;
    }
    any |= ran;
    bool opened = open_waiting();
    for (int t = 0; t < threads; t += kWarp) {
      opened |= open(t, t + kWarp < threads ? t + kWarp : threads, State::kAtWarp);
    }
    const bool met = !opened && open(0, threads, State::kAtBlock);
    if (met) watch_barrier(index_);
    if (opened || met) continue;
    if (ran) continue;
    current = nullptr;
    return any;
  }
}

bool Fibers::done() const {
  for (const Fiber& fiber : fibers_) {
    if (fiber.state != State::kDone) return false;
  }
  return true;
}

void Fibers::run_block(int64_t index, uint64_t order) {
  begin(index, order);
  go_on();
  if (!done()) stuck();
}

}  // namespace mark1::gpu
