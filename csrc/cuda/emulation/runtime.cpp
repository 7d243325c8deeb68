// A device that is none: memory of the host, of which it has 1 GiB, and grids that run at once.
#include "cuda/runtime.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "cuda/emulation/grid.h"
#include "cuda/tables.h"

namespace {

using mark1::gpu::Graph;

constexpr size_t kMemory = size_t{1} << 30;
constexpr size_t kPage = 4096;

thread_local char error_text[256];

struct Memory {
  std::mutex mutex;
  std::unordered_map<void*, size_t> blocks;
  size_t used = 0;
};

Memory& memory_of_device() {
  static auto* memory = new Memory;  // outlives tensors that die late
  return *memory;
}

int failed(const char* text) {
  std::snprintf(error_text, sizeof(error_text), "%s", text);
  return 1;
}

int check(int device) {
  return device == 0 ? 0 : failed("choosing a device: there is no such device");
}

int device_count(int* count) {
  *count = 1;
  return 0;
}

int describe(int device, char* text, size_t capacity) {
  if (const int code = check(device)) return code;
  std::snprintf(text, capacity, "emulated on the processor, 1.0 GiB");
  return 0;
}

int memory(int device, size_t* free_bytes, size_t* total_bytes) {
  if (const int code = check(device)) return code;
  Memory& all = memory_of_device();
  const std::lock_guard lock(all.mutex);
  *free_bytes = kMemory - all.used;
  *total_bytes = kMemory;
  return 0;
}

// Blocks end at a page that nobody may touch, and begin with what is a NaN in every format.
int allocate(int device, size_t bytes, void** data) {
  if (const int code = check(device)) return code;
  Memory& all = memory_of_device();
  const std::lock_guard lock(all.mutex);
  if (bytes > kMemory - all.used) {
    char text[128];
    std::snprintf(text, sizeof(text), "allocating %zu bytes: out of memory", bytes);
    return failed(text);
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

int release(int device, void* data) {
  if (const int code = check(device)) return code;
  Memory& all = memory_of_device();
  const std::lock_guard lock(all.mutex);
  const auto found = all.blocks.find(data);
  if (found == all.blocks.end()) return failed("freeing memory: not a block of this device");
  const size_t rounded = found->second;
  const size_t pages = (rounded + kPage - 1) / kPage * kPage;
  munmap(static_cast<char*>(data) - (pages - rounded), pages + kPage);
  all.used -= rounded;
  all.blocks.erase(found);
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

int copy(int device, void* target, const void* source, size_t bytes, int) {
  if (const int code = check(device)) return code;
  std::memcpy(target, source, bytes);
  return 0;
}

int stream(int device, void** stream) {
  *stream = nullptr;
  return check(device);
}

thread_local Graph* written = nullptr;

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
  *graph = std::exchange(written, nullptr);
  return 0;
}

int run_graph(int device, void* graph) {
  if (const int code = check(device)) return code;
  mark1::gpu::run(*static_cast<Graph*>(graph));
  return 0;
}

int release_graph(int device, void* graph) {
  delete static_cast<Graph*>(graph);
  return check(device);
}

const char* last_error() {
  return error_text;
}

}  // namespace

extern "C" const Mark1DeviceApi* mark1_cuda_device_api(void) {
  static const Mark1DeviceApi api = {
      .version = MARK1_DEVICE_API_VERSION,
      .size = sizeof(Mark1DeviceApi),
      .device_count = device_count,
      .describe = describe,
      .memory = memory,
      .allocate = allocate,
      .release = release,
      .allocate_host = allocate_host,
      .release_host = release_host,
      .copy = copy,
      .synchronize = check,
      .kernels = mark1::gpu::kernel_table,
      .stream = stream,
      .launched = check,
      .begin_graph = begin_graph,
      .end_graph = end_graph,
      .run_graph = run_graph,
      .release_graph = release_graph,
      .last_error = last_error,
  };
  return &api;
}
