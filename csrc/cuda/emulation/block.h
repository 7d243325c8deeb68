// A grid on the processor: threads are fibers that take turns, in an order that changes from block
// to block, so that a kernel whose result depends on the order does not pass its tests. Memory of
// the device is memory of the host. Same interface as in cuda/block.h.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>

#include "core/device_api.h"

namespace mark1::gpu {

struct Grid {
  int64_t blocks;
  int threads;
  int64_t shared_bytes;
  bool together = false;
};

// A small device: its limits are those of tests.
struct Room {
  int64_t blocks;
  int64_t shared_bytes;
};
inline Room room() {
  return {12, 32 << 10};
}
template <class Body>
int64_t most_together(int) {
  return 3;
}
// Memory for the largest tiles, and so few blocks that small problems are divided as large ones are
// on a device.
inline Room tile_room() {
  return {2, 227 << 10};
}

// What the threads of a block have in common.
struct Place {
  const Grid& shape;
  int64_t index;
};

class Block {
 public:
  Block(const Place& place, int thread) : place_(place), thread_(thread) {}

  int thread() const { return thread_; }
  int threads() const { return place_.shape.threads; }
  int64_t index() const { return place_.index; }
  bool together() const { return place_.shape.together; }
  int64_t blocks() const { return place_.shape.blocks; }
  void sync() const;
  void meet() const;
  void come(uint32_t* counter) const;
  void await(const uint32_t* counter, uint32_t count) const;

  template <class T>
  T* shared() const {
    return static_cast<T*>(shared_memory());
  }

 private:
  void* shared_memory() const;
  const Place& place_;
  int thread_;
};

// What the threads of a warp tell each other; all 32 must call. The running thread is meant.
int lane();
// Leaves bits for the warp, waits for it, and returns what `lane` left.
uint64_t exchange(uint64_t bits, int lane);
uint32_t ballot(bool mine);
void sync_warp();

template <class T>
T shuffle(T value, int lane) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  bits = exchange(bits, lane);
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}
// The value of the lane `by` further on; the own one where there is none.
template <class T>
T shuffle_down(T value, int by) {
  const int own = lane();
  return shuffle(value, own + by < 32 ? own + by : own);
}

// Nothing arrives before it is awaited: until then there is NaN, as nobody may look yet.
void copy_ahead(void* target, const void* source, int bytes, int size);
template <int kSize>
void copy_ahead(void* target, const void* source, int bytes) {
  copy_ahead(target, source, bytes, kSize);
}
void close_copies();
void await_copies(int open);
template <int kOpen>
void await_copies() {
  await_copies(kOpen);
}

// Puts the smaller of the two there, taken as numbers without a sign.
void atomic_min(int64_t* at, int64_t value);

// Every kernel of the extension is known from when it is loaded, whether it ever runs or not.
struct Kernel {
  explicit Kernel(const char* compilers_name);
  const char* name;
  std::atomic<int64_t> runs{0};
  Kernel* const next;  // of the list of all
};
// The last of the list.
const Kernel* last_kernel();
// From now on grids of this thread run in orders that follow from this.
void set_order(uint64_t order);

// Runs, or writes down while a graph is made, entry(args, block) for every thread of a grid.
struct Work {
  void (*entry)(const void* args, const Block& block);
  Kernel* kernel;
  Grid shape;
  bool alone;  // threads never wait for one another, and need no fibers
};
void run_grid(const Work& work, const void* args, size_t bytes, const Mark1Queue& queue);

namespace {

template <class Body>
void enter(const void* args, const Block& block) {
  Body::run(*static_cast<const typename Body::Args*>(args), block);
}

// For messages: the compiler's name of this function has the body's in it.
template <class Body>
const char* name_of() {
  return __PRETTY_FUNCTION__;
}

template <class Body>
Kernel kernel(name_of<Body>());

template <class Body>
void queue(const typename Body::Args& args, const Grid& shape, const void* to) {
  run_grid({&enter<Body>, &kernel<Body>, shape, Body::alone}, &args, sizeof(args),
           *static_cast<const Mark1Queue*>(to));
}

}  // namespace
}  // namespace mark1::gpu
