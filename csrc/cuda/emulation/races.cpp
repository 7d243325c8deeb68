#include "cuda/emulation/races.h"

#include <pthread.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

#include "cuda/emulation/block.h"
#include "cuda/emulation/epochs.h"
#include "cuda/emulation/log.h"
#include "cuda/emulation/shadow.h"

namespace mark1::gpu {
namespace {

constexpr uint32_t kAtomic = 1u << 31;  // beside the number of a span

struct Area {
  uintptr_t begin = 0, bytes = 0;
  bool holds(uintptr_t address) const { return address - begin < bytes; }
};

// What nobody else touches, or nobody writes: stacks, and arguments of kernels.
struct Private {
  Area stack, processors_stack, args;
};

struct State {
  const char* kernel = nullptr;
  Epochs epochs;
  Shadow shadow;
  Private own;
};

// Of the thread of the processor. Apart from the rest because it is looked at with every access.
struct Running {
  State* state;
  Span now;
  bool watching;
};
[[gnu::tls_model("initial-exec")]] constinit thread_local Running running = {};
bool instrumented = false;

// Whoever asks need not be the thread of the processor that ran the grid.
std::mutex mutex;
std::string race;

State& state() {
  static thread_local const std::unique_ptr<State> own = std::make_unique<State>();
  running.state = own.get();
  return *own;
}

Area processors_stack() {
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  void* begin = nullptr;
  size_t bytes = 0;
  pthread_attr_getstack(&attributes, &begin, &bytes);
  pthread_attr_destroy(&attributes);
  return {reinterpret_cast<uintptr_t>(begin), bytes};
}

void report(State& s, Span before, const char* did, const char* does, uintptr_t address) {
  const std::lock_guard lock(mutex);
  if (!race.empty()) return;
  const auto now = s.epochs.place(running.now), then = s.epochs.place(before & ~kAtomic);
  char text[256];
  std::snprintf(text, sizeof(text),
                ": thread %d of block %lld %s what thread %d of block %lld %s, at %#zx, and "
                "nothing orders the two",
                now.thread, static_cast<long long>(now.block), does, then.thread,
                static_cast<long long>(then.block), did, static_cast<size_t>(address));
  race = "race in " + kernel_name(s.kernel) + text;
}

enum class Kind { kRead, kWrite, kAtomic };

template <int kBytes>
bool all(const uint32_t* spans, uint32_t one) {
  uint32_t differ = 0;
  for (int i = 0; i < kBytes; ++i) differ |= spans[i] ^ one;
  return differ == 0;
}
template <int kBytes>
void fill(uint32_t* spans, uint32_t one) {
  for (int i = 0; i < kBytes; ++i) spans[i] = one;
}

// Of kBytes bytes of a page to which the same happened before.
template <int kBytes, Kind kind>
void note(State& s, ShadowPage& page, uintptr_t at, uintptr_t address) {
  const Span now = running.now;
  const uint32_t write = page.write[at];
  const uint32_t read = page.read[at], other = page.other_read[at];
  const bool both_atomic = kind == Kind::kAtomic && (write & kAtomic) != 0;
  constexpr const char* does = kind == Kind::kRead ? "reads" : "writes";
  if (!both_atomic && !s.epochs.over(write & ~kAtomic)) {
    report(s, write, "has written", does, address);
  }
  if (kind == Kind::kRead) {
    fill<kBytes>((s.epochs.over(read) ? page.read : page.other_read) + at, now);
    return;
  }
  if (!s.epochs.over(read)) report(s, read, "has read", does, address);
  if (!s.epochs.over(other)) report(s, other, "has read", does, address);
  fill<kBytes>(page.write + at, kind == Kind::kAtomic ? now | kAtomic : now);
}

template <int kBytes, Kind kind>
[[gnu::noinline]] void note_all(State& s, uintptr_t address) {
  if (s.own.args.holds(address)) return;
  ShadowPage& page = s.shadow.page(address);
  const uintptr_t at = address % ShadowPage::kBytes;
  if (kBytes == 1 ||
      (all<kBytes>(page.write + at, page.write[at]) && all<kBytes>(page.read + at, page.read[at]) &&
       all<kBytes>(page.other_read + at, page.other_read[at]))) {
    return note<kBytes, kind>(s, page, at, address);
  }
  for (uintptr_t i = 0; i < kBytes; ++i) note<1, kind>(s, page, at + i, address + i);
}

template <int kBytes, Kind kind>
void access(const void* memory) {
  if (!running.watching) return;
  State& s = *running.state;
  const auto address = reinterpret_cast<uintptr_t>(memory);
  if (s.own.stack.holds(address) || s.own.processors_stack.holds(address)) return;
  const uintptr_t at = address % ShadowPage::kBytes;
  if (at + kBytes > ShadowPage::kBytes) {
    for (uintptr_t i = 0; i < kBytes; ++i) note_all<1, kind>(s, address + i);
    return;
  }
  // Nothing that happened in between went unnoticed.
  const ShadowPage& page = s.shadow.page(address);
  if (kind == Kind::kWrite) {
    if (all<kBytes>(page.write + at, running.now)) return;
  } else if (kind == Kind::kRead) {
    if (all<kBytes>(page.read + at, running.now)) return;
    if (all<kBytes>(page.other_read + at, running.now)) return;
  }
  note_all<kBytes, kind>(s, address);
}

template <Kind kind>
void access_range(const void* memory, size_t bytes) {
  const auto* at = static_cast<const char*>(memory);
  for (; bytes >= 16; bytes -= 16, at += 16) access<16, kind>(at);
  for (; bytes >= 4; bytes -= 4, at += 4) access<4, kind>(at);
  for (; bytes > 0; --bytes, ++at) access<1, kind>(at);
}

}  // namespace

void Shadow::forget(const void* memory, size_t bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  for (uintptr_t address = begin; address < begin + bytes;) {
    const uintptr_t at = address % ShadowPage::kBytes;
    const uintptr_t left = begin + bytes - address, room = ShadowPage::kBytes - at;
    const uintptr_t count = left < room ? left : room;
    ShadowPage& touched = page(address);
    for (uint32_t* spans : {touched.write, touched.read, touched.other_read}) {
      for (uintptr_t i = 0; i < count; ++i) spans[at + i] = 0;
    }
    address += count;
  }
}

bool races_are_found() {
  return instrumented;
}

Watched::Watched(const Work& work, const void* args, size_t bytes) {
  if (!instrumented) return;
  State& s = state();
  s.kernel = work.kernel->name;
  if (s.shadow.large() || s.epochs.full()) s.shadow.forget();
  s.epochs.begin(work.shape, work.alone);
  s.own.args = {reinterpret_cast<uintptr_t>(args), bytes};
  static thread_local const Area processors = processors_stack();
  s.own.processors_stack = processors;
}

Watched::~Watched() {
  running.watching = false;
}

void watch_shared(const void* memory, size_t bytes) {
  if (instrumented) running.state->shadow.forget(memory, bytes);
}

void watch_thread(int64_t block, int thread, const char* stack, size_t stack_bytes) {
  if (!instrumented) return;
  State& s = *running.state;
  running.now = s.epochs.run(block, thread);
  s.own.stack = {reinterpret_cast<uintptr_t>(stack), stack_bytes};
  running.watching = true;
}

void watch_barrier(int64_t block) {
  if (instrumented) running.state->epochs.barrier(block);
}

void watch_warp() {
  if (instrumented) running.now = running.state->epochs.warp();
}

void watch_come(const uint32_t* counter, uint32_t value) {
  if (instrumented) running.now = running.state->epochs.come(counter, value);
}

void watch_await(const uint32_t* counter, uint32_t value) {
  if (instrumented) running.state->epochs.await(counter, value);
}

void watch_read(const void* memory, size_t bytes) {
  access_range<Kind::kRead>(memory, bytes);
}

void watch_write(const void* memory, size_t bytes) {
  access_range<Kind::kWrite>(memory, bytes);
}

void watch_atomic(const void* memory, size_t bytes) {
  access_range<Kind::kAtomic>(memory, bytes);
}

std::string take_race() {
  const std::lock_guard lock(mutex);
  return std::exchange(race, {});
}

}  // namespace mark1::gpu

// What compilers call for the thread sanitizer.
using mark1::gpu::access;
using mark1::gpu::access_range;
using mark1::gpu::Kind;

extern "C" {
void __tsan_init() {
  mark1::gpu::instrumented = true;
}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}

#define MARK1_ACCESS(bytes)                      \
  void __tsan_read##bytes(void* at) {            \
    access<bytes, Kind::kRead>(at);              \
  }                                              \
  void __tsan_write##bytes(void* at) {           \
    access<bytes, Kind::kWrite>(at);             \
  }                                              \
  void __tsan_unaligned_read##bytes(void* at) {  \
    access<bytes, Kind::kRead>(at);              \
  }                                              \
  void __tsan_unaligned_write##bytes(void* at) { \
    access<bytes, Kind::kWrite>(at);             \
  }
MARK1_ACCESS(1)
MARK1_ACCESS(2)
MARK1_ACCESS(4)
MARK1_ACCESS(8)
MARK1_ACCESS(16)
// The host's atomics, between kernels: nothing to watch.
#define MARK1_ATOMICS(bits)                                                                        \
  uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t* at, int) {              \
    return __atomic_load_n(at, __ATOMIC_SEQ_CST);                                                  \
  }                                                                                                \
  void __tsan_atomic##bits##_store(volatile uint##bits##_t* at, uint##bits##_t value, int) {       \
    __atomic_store_n(at, value, __ATOMIC_SEQ_CST);                                                 \
  }                                                                                                \
  uint##bits##_t __tsan_atomic##bits##_exchange(volatile uint##bits##_t* at, uint##bits##_t value, \
                                                int) {                                             \
    return __atomic_exchange_n(at, value, __ATOMIC_SEQ_CST);                                       \
  }                                                                                                \
  uint##bits##_t __tsan_atomic##bits##_fetch_add(volatile uint##bits##_t* at,                      \
                                                 uint##bits##_t value, int) {                      \
    return __atomic_fetch_add(at, value, __ATOMIC_SEQ_CST);                                        \
  }                                                                                                \
  int __tsan_atomic##bits##_compare_exchange_strong(                                               \
      volatile uint##bits##_t* at, uint##bits##_t* expected, uint##bits##_t value, int, int) {     \
    return __atomic_compare_exchange_n(at, expected, value, false, __ATOMIC_SEQ_CST,               \
                                       __ATOMIC_SEQ_CST);                                          \
  }
MARK1_ATOMICS(8)
MARK1_ATOMICS(16)
MARK1_ATOMICS(32)
MARK1_ATOMICS(64)
void __tsan_read_range(void* at, size_t bytes) {
  access_range<Kind::kRead>(at, bytes);
}
void __tsan_write_range(void* at, size_t bytes) {
  access_range<Kind::kWrite>(at, bytes);
}
}
