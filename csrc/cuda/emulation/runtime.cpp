// A device that is none: memory of the host, of which it has 1 GiB, and grids that run on the
// processor, as late as they may unless a test has it otherwise (queues.h).
#include "cuda/runtime.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "cuda/emulation/fault.h"
#include "cuda/emulation/grid.h"
#include "cuda/emulation/limits.h"
#include "cuda/emulation/log.h"
#include "cuda/emulation/queues.h"
#include "cuda/emulation/races.h"
#include "cuda/tables.h"
#include "ops/gemm/wgmma.h"

namespace {

using mark1::gpu::Graph;
using mark1::gpu::Mark;
using mark1::gpu::note;

constexpr size_t kPage = 4096;
// What a driver needs to make a graph, about.
constexpr size_t kGraph = size_t{64} << 10;

thread_local char error_text[256];
thread_local Graph* written = nullptr;

struct Memory {
  std::mutex mutex;
  std::unordered_map<void*, size_t> blocks;
  size_t used = 0;
  size_t total = size_t{1} << 30;
};

Memory& memory_of_device() {
  static auto* memory = new Memory;  // outlives tensors that die late
  return *memory;
}

int failed(const std::string& text, int status = 1) {
  std::snprintf(error_text, sizeof(error_text), "%s", text.c_str());
  return status;
}

// CUDA does worse than this in the child of a fork.
void refuse_child() {
  static const pid_t home = getpid();
  if (getpid() == home) return;
  std::fprintf(stderr, "emulated device: used in the child of a fork\n");
  std::abort();
}

int check(int device) {
  refuse_child();
  if (device != 0) return failed("choosing a device: there is no such device");
  if (!mark1::gpu::device_lost()) return 0;
  return failed("waiting for the device: emulated (cudaErrorIllegalAddress)", MARK1_DEVICE_LOST);
}

int device_count(int* count) {
  refuse_child();
  const std::string fault = mark1::gpu::counting_fault();
  *count = fault.empty() ? 1 : 0;
  return fault.empty() ? 0 : failed("counting devices: emulated (" + fault + ")");
}

int describe(int device, char* text, size_t capacity) {
  if (const int code = check(device)) return code;
  std::snprintf(text, capacity, "emulated on the processor, 1.0 GiB%s",
                mark1::cuda::warpgroups_state(device));
  return 0;
}

int memory(int device, size_t* free_bytes, size_t* total_bytes) {
  if (const int code = check(device)) return code;
  Memory& all = memory_of_device();
  const std::lock_guard lock(all.mutex);
  *free_bytes = all.used < all.total ? all.total - all.used : 0;
  *total_bytes = all.total;
  return 0;
}

// Blocks end at a page that nobody may touch, and begin with what is a NaN in every format.
int allocate(int device, size_t bytes, void** data) {
  if (const int code = check(device)) return code;
  Memory& all = memory_of_device();
  const std::lock_guard lock(all.mutex);
  if (all.used > all.total || bytes > all.total - all.used) {
    return failed("allocating " + std::to_string(bytes) + " bytes: out of memory");
  }
  const size_t rounded = (bytes + 63) / 64 * 64;
  const size_t pages = (rounded + kPage - 1) / kPage * kPage;
  void* area =
      mmap(nullptr, pages + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED) return failed("allocating: the host has no more memory");
  mprotect(static_cast<char*>(area) + pages, kPage, PROT_NONE);
  *data = static_cast<char*>(area) + (pages - rounded);
  std::memset(*data, 0xff, rounded);
  all.blocks[*data] = rounded;
  all.used += rounded;
  return 0;
}

// The memory can be had again at once, by who uses it later in the order of the work.
int release(int device, void* data) {
  if (const int code = check(device)) return code;
  Memory& all = memory_of_device();
  size_t rounded = 0;
  {
    const std::lock_guard lock(all.mutex);
    const auto found = all.blocks.find(data);
    if (found == all.blocks.end()) return failed("freeing memory: not a block of this device");
    rounded = found->second;
    all.used -= rounded;
    all.blocks.erase(found);
  }
  const size_t pages = (rounded + kPage - 1) / kPage * kPage;
  mark1::gpu::enqueue(MARK1_WORK,
                      [=] { munmap(static_cast<char*>(data) - (pages - rounded), pages + kPage); });
  return 0;
}

int allocate_host(int device, size_t bytes, void** data) {
  if (const int code = check(device)) return code;
  *data = std::aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  return *data ? 0 : failed("allocating: the host has no more memory");
}

int release_host(int device, void* data) {
  std::free(data);
  return check(device);
}

int no_race() {
  const std::string race = mark1::gpu::take_race();
  return race.empty() ? 0 : failed(race);
}

// What has been done by the time that the host waits for the work.
int finish_work(int device) {
  mark1::gpu::finish_work();
  const int code = no_race();
  return code ? code : check(device);
}

int copy(int device, void* target, const void* source, size_t bytes, int direction) {
  if (const int code = check(device)) return code;
  constexpr const char* kinds[] = {"to the device", "to the host", "on the device"};
  note(std::string("copy ") + kinds[direction] + ", " + std::to_string(bytes) + " bytes");
  mark1::gpu::enqueue(MARK1_WORK, [=] { std::memcpy(target, source, bytes); });
  return direction == MARK1_COPY_ON_DEVICE ? 0 : finish_work(device);
}

int synchronize(int device) {
  if (const int code = check(device)) return code;
  const int code = finish_work(device);
  note("the host waits for all work");
  return code;
}

int synchronize_all(int device) {
  mark1::gpu::finish_all();
  note("the host waits for all streams");
  return check(device);
}

// Whether kernels could be started: one that fails says so later.
int launched(int device) {
  const char* blocking = std::getenv("CUDA_LAUNCH_BLOCKING");
  if (!written && blocking && *blocking == '1') return finish_work(device);
  if (const int code = no_race()) return code;
  return device == 0 ? 0 : check(device);
}

int stream(int device, void** stream) {
  [[maybe_unused]] static const bool handed = [] {
    mark1::gpu::hand_over([](Graph grids) {
      mark1::gpu::enqueue(MARK1_WORK, [grids = std::move(grids)] { mark1::gpu::run(grids); });
    });
    return true;
  }();
  *stream = nullptr;
  return check(device);
}

int begin_graph(int device) {
  if (const int code = check(device)) return code;
  if (written) return failed("beginning a graph: one is being made");
  written = new Graph;
  mark1::gpu::write_down(written);
  return 0;
}

int end_graph(int device, void** graph) {
  if (const int code = check(device)) return code;
  if (!written) return failed("ending a graph: none was begun");
  mark1::gpu::write_down(nullptr);
  Graph* made = std::exchange(written, nullptr);
  Memory& all = memory_of_device();
  const std::lock_guard lock(all.mutex);
  if (all.used + kGraph > all.total) {
    delete made;
    return failed("building a graph: out of memory");
  }
  *graph = made;
  return 0;
}

int run_graph(int device, void* graph) {
  if (const int code = check(device)) return code;
  note("graph of " + std::to_string(static_cast<Graph*>(graph)->size()) + " kernels");
  const auto* nodes = static_cast<const Graph*>(graph);
  mark1::gpu::enqueue(MARK1_WORK, [nodes] { mark1::gpu::run(*nodes); });
  return no_race();
}

int release_graph(int device, void* graph) {
  auto* nodes = static_cast<Graph*>(graph);
  mark1::gpu::enqueue(MARK1_WORK, [nodes] { delete nodes; });
  return check(device);
}

int copy_aside(int device, void* target, const void* source, size_t bytes) {
  if (const int code = check(device)) return code;
  note("copy aside, " + std::to_string(bytes) + " bytes");
  mark1::gpu::enqueue(MARK1_COPIES, [=] { std::memcpy(target, source, bytes); });
  return 0;
}

int make_mark(int device, void** mark) {
  *mark = new Mark;
  return check(device);
}

int set_mark(int device, int queue, void* mark) {
  if (const int code = check(device)) return code;
  note(queue == MARK1_COPIES ? "mark in copies" : "mark in work");
  static_cast<Mark*>(mark)->set(queue);
  return 0;
}

int wait_for_mark(int device, int queue, void* mark) {
  if (const int code = check(device)) return code;
  note(queue == MARK1_COPIES ? "copies wait for a mark" : "work waits for a mark");
  static_cast<const Mark*>(mark)->hold(queue);
  return 0;
}

int mark_reached(int device, void* mark, int* reached) {
  if (const int code = check(device)) return code;
  *reached = static_cast<const Mark*>(mark)->reached() ? 1 : 0;
  return 0;
}

int host_waits_for_mark(int device, void* mark) {
  if (const int code = check(device)) return code;
  note("the host waits for a mark");
  static_cast<const Mark*>(mark)->await();
  const int code = no_race();
  return code ? code : check(device);
}

int release_mark(int device, void* mark) {
  delete static_cast<Mark*>(mark);
  return check(device);
}

int wait_for_stream(int device, void* other) {
  note("work waits for stream " + std::to_string(reinterpret_cast<uintptr_t>(other)));
  return check(device);
}

// What others have there runs at once: it sees what the work has left.
int stream_waits(int device, void* other) {
  mark1::gpu::finish_work();
  note("stream " + std::to_string(reinterpret_cast<uintptr_t>(other)) + " waits for work");
  return check(device);
}

const char* last_error() {
  return error_text;
}

}  // namespace

void mark1::gpu::set_memory(size_t bytes) {
  Memory& all = memory_of_device();
  const std::lock_guard lock(all.mutex);
  all.total = bytes;
}

#include "cuda/api_table.h"
