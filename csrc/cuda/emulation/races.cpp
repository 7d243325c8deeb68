#include "cuda/emulation/races.h"

#include <pthread.h>

#include <cstdio>
#include <memory>
#include <unordered_map>
#include <vector>

#include "cuda/emulation/block.h"
#include "cuda/emulation/log.h"

namespace mark1::gpu {
namespace {

// An access: by whom, after how many barriers of his block and meetings of his block with others.
struct Access {
  uint32_t grid = 0;
  uint32_t barriers = 0;
  int32_t block = 0;
  uint16_t meetings = 0;
  uint16_t thread = 0;
};

// What happened to a byte: the last write, and two reads that nothing orders.
struct Byte {
  Access write, reads[2];
};

constexpr uintptr_t kPage = 4096;
constexpr size_t kMostPages = 2048;
struct Page {
  Byte bytes[kPage];
};

using Meetings = std::vector<uint16_t>;  // per block, as far as somebody knows of them

struct State {
  const Work* work = nullptr;
  Access now;
  const char* stack = nullptr;
  const char* stack_end = nullptr;
  std::vector<uint32_t> barriers;                          // per block
  std::unordered_map<int64_t, Meetings> known;             // per block that ever met another
  std::unordered_map<const uint32_t*, Meetings> counters;  // of those who have come
  std::unordered_map<uintptr_t, std::unique_ptr<Page>> pages;
  uintptr_t last_number = 0;
  Page* last = nullptr;
  std::string race;
};

thread_local State state;
thread_local bool watching = false;
// Whether kernels tell of their accesses.
bool instrumented = false;

struct Stack {
  const char *begin, *end;
};

Stack processors_stack() {
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  void* begin = nullptr;
  size_t bytes = 0;
  pthread_attr_getstack(&attributes, &begin, &bytes);
  pthread_attr_destroy(&attributes);
  return {static_cast<const char*>(begin), static_cast<const char*>(begin) + bytes};
}

Byte& at(uintptr_t address) {
  const uintptr_t number = address / kPage;
  if (!state.last || number != state.last_number) {
    std::unique_ptr<Page>& page = state.pages[number];
    if (!page) page = std::make_unique<Page>();
    state.last = page.get();
    state.last_number = number;
  }
  return state.last->bytes[address % kPage];
}

// Whether the access is over, for all to see, when the running thread makes one.
bool ordered(const Access& before) {
  const Access& now = state.now;
  if (before.grid != now.grid) return true;
  if (before.block == now.block) {
    return before.thread == now.thread || before.barriers != now.barriers;
  }
  const auto known = state.known.find(now.block);
  return known != state.known.end() &&
         known->second[static_cast<size_t>(before.block)] > before.meetings;
}

void report(const Access& before, const char* did, const char* does, uintptr_t address) {
  if (!state.race.empty()) return;
  char text[256];
  std::snprintf(text, sizeof(text),
                ": thread %d of block %d %s what thread %d of block %d %s, at %#zx, and nothing "
                "orders the two",
                state.now.thread, state.now.block, does, before.thread, before.block, did,
                static_cast<size_t>(address));
  state.race = "race in " + kernel_name(state.work->name) + text;
}

void note_read(uintptr_t address) {
  Byte& byte = at(address);
  if (!ordered(byte.write)) report(byte.write, "has written", "reads", address);
  const bool first = ordered(byte.reads[0]);
  byte.reads[first ? 0 : 1] = state.now;
}

void note_write(uintptr_t address) {
  Byte& byte = at(address);
  if (!ordered(byte.write)) report(byte.write, "has written", "writes", address);
  for (const Access& read : byte.reads) {
    if (!ordered(read)) report(read, "has read", "writes", address);
  }
  byte.write = state.now;
}

void access(const void* memory, size_t bytes, void (*note_access)(uintptr_t)) {
  const char* first = static_cast<const char*>(memory);
  if (!watching || (first >= state.stack && first < state.stack_end)) return;
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  for (uintptr_t address = begin; address < begin + bytes; ++address) note_access(address);
}

}  // namespace

Watched::Watched(const Work& work) {
  if (!instrumented) return;
  state.work = &work;
  ++state.now.grid;
  state.barriers.assign(static_cast<size_t>(work.shape.blocks), 0);
  state.known.clear();
  state.counters.clear();
  if (state.pages.size() > kMostPages) state.pages.clear();
  state.last = nullptr;
}

Watched::~Watched() {
  watching = false;
}

void watch_shared(const void* memory, size_t bytes) {
  if (!instrumented) return;
  const auto begin = reinterpret_cast<uintptr_t>(memory);
  for (uintptr_t address = begin; address < begin + bytes; ++address) {
    const auto page = state.pages.find(address / kPage);
    if (page != state.pages.end()) page->second->bytes[address % kPage] = {};
  }
}

void watch_thread(int64_t block, int thread, const char* stack, size_t stack_bytes) {
  if (!instrumented) return;
  static thread_local const Stack processors = processors_stack();
  state.now.block = static_cast<int32_t>(block);
  state.now.thread = static_cast<uint16_t>(thread);
  state.now.barriers = state.barriers[static_cast<size_t>(block)];
  const auto known = state.known.find(block);
  state.now.meetings =
      known == state.known.end() ? uint16_t{0} : known->second[static_cast<size_t>(block)];
  state.stack = stack ? stack : processors.begin;
  state.stack_end = stack ? stack + stack_bytes : processors.end;
  watching = true;
}

void watch_barrier(int64_t block) {
  if (instrumented) ++state.barriers[static_cast<size_t>(block)];
}

namespace {

Meetings& known_to(int64_t block) {
  Meetings& known = state.known[block];
  known.resize(state.barriers.size());
  return known;
}

void learn(Meetings& known, const Meetings& more) {
  for (size_t i = 0; i < more.size(); ++i) {
    if (more[i] > known[i]) known[i] = more[i];
  }
}

}  // namespace

void watch_come(int64_t block, const uint32_t* counter) {
  if (!instrumented) return;
  Meetings& known = known_to(block);
  state.now.meetings = ++known[static_cast<size_t>(block)];
  Meetings& come = state.counters[counter];
  come.resize(known.size());
  learn(come, known);
}

void watch_await(int64_t block, const uint32_t* counter) {
  if (!instrumented) return;
  Meetings& known = known_to(block);
  learn(known, state.counters[counter]);
}

void watch_read(const void* memory, size_t bytes) {
  access(memory, bytes, &note_read);
}

void watch_write(const void* memory, size_t bytes) {
  access(memory, bytes, &note_write);
}

std::string take_race() {
  std::string race;
  race.swap(state.race);
  return race;
}

}  // namespace mark1::gpu

// What compilers call for the thread sanitizer.
using mark1::gpu::access;
using mark1::gpu::note_read;
using mark1::gpu::note_write;

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
    access(at, bytes, &note_read);               \
  }                                              \
  void __tsan_write##bytes(void* at) {           \
    access(at, bytes, &note_write);              \
  }                                              \
  void __tsan_unaligned_read##bytes(void* at) {  \
    access(at, bytes, &note_read);               \
  }                                              \
  void __tsan_unaligned_write##bytes(void* at) { \
    access(at, bytes, &note_write);              \
  }
MARK1_ACCESS(1)
MARK1_ACCESS(2)
MARK1_ACCESS(4)
MARK1_ACCESS(8)
MARK1_ACCESS(16)
void __tsan_read_range(void* at, size_t bytes) {
  access(at, bytes, &note_read);
}
void __tsan_write_range(void* at, size_t bytes) {
  access(at, bytes, &note_write);
}
}
