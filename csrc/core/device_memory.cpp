#include "core/device_memory.h"

#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/interpreter.h"
#include "core/storage.h"

namespace mark1 {
namespace {

// Pinning is a call of the driver that takes as long as a step, so small blocks share one.
constexpr size_t kSlab = size_t{1} << 20;
constexpr size_t kSlabBlock = kSlab / 16;
// Blocks given back that may wait for the device before it is waited for because of them.
constexpr int64_t kMostWaiting = int64_t{32} << 20;

struct Counters {
  std::atomic<int64_t> to_device{0}, bytes_to_device{0}, to_host{0}, bytes_to_host{0};
} counters;

struct Waits {
  std::atomic<int64_t> until_done{0}, until_near{0};
} waits;

// The pinned memory of one device.
class Pinned {
 public:
  explicit Pinned(Device device) : device_(device) {}

  void* take(size_t bytes) {
    const size_t size = block_bytes(bytes);
    if (void* data = reuse(size)) return data;
    if (waiting() > kMostWaiting) {
      wait(false);
      if (void* data = reuse(size)) return data;
    }
    return size <= kSlabBlock ? carve(size) : fresh(size);
  }

  bool owns(const void* data) {
    const std::lock_guard lock(mutex_);
    const auto after = regions_.upper_bound(static_cast<const char*>(data));
    if (after == regions_.begin()) return false;
    const auto& [begin, bytes] = *std::prev(after);
    return data < begin + bytes;
  }

  void give(void* data, size_t bytes) {
    const size_t size = block_bytes(bytes);
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(data, size);
    waiting_bytes_ += static_cast<int64_t>(size);
    in_use_ -= static_cast<int64_t>(size);
  }

  // What was given back before the wait began is free after it. Whoever holds a lock, as a pool
  // that allocates does, keeps the interpreter's too: others may hold the two in the other order.
  void wait(bool unblocked) {
    const Mark1DeviceApi& api = device_api();
    std::vector<std::pair<void*, size_t>> passed;
    {
      const std::lock_guard lock(mutex_);
      passed.swap(waiting_);
      waiting_bytes_ = 0;
    }
    int status = 0;
    {
      const Unblocked others(unblocked);
      waits.until_done++;
      status = api.synchronize(device_.index);
    }
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [data, size] : passed) free_[size].push_back(data);
      for (const auto& [data, size] : passed) cached_ += static_cast<int64_t>(size);
    }
    check_device("synchronize", status);
  }

  void tell(DeviceMemoryStats& stats) {
    const std::lock_guard lock(mutex_);
    stats.pinned_in_use = in_use_;
    stats.pinned_cached = cached_ + waiting_bytes_;
  }

 private:
  int64_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_bytes_;
  }

  void* reuse(size_t size) {
    const std::lock_guard lock(mutex_);
    auto& blocks = free_[size];
    if (blocks.empty()) return nullptr;
    void* data = blocks.back();
    blocks.pop_back();
    cached_ -= static_cast<int64_t>(size);
    in_use_ += static_cast<int64_t>(size);
    return data;
  }

  void* carve(size_t size) {
    const std::lock_guard lock(mutex_);
    if (rest_ < size) {
      slab_ = pin(kSlab);
      rest_ = kSlab;
    }
    char* data = slab_;
    slab_ += size;
    rest_ -= size;
    in_use_ += static_cast<int64_t>(size);
    return data;
  }

  void* fresh(size_t size) {
    const std::lock_guard lock(mutex_);
    void* data = pin(size);
    in_use_ += static_cast<int64_t>(size);
    return data;
  }

  char* pin(size_t size) {
    void* data = nullptr;
    if (device_api().allocate_host(device_.index, size, &data) != 0) {
      fail<DeviceError>("allocate", "cannot pin ", size, " bytes of the host's memory for ",
                        name(device_), ": ", device_api().last_error());
    }
    regions_.emplace(static_cast<const char*>(data), size);
    return static_cast<char*>(data);
  }

  Device device_;
  std::mutex mutex_;
  std::map<const char*, size_t> regions_;          // all that is pinned
  std::map<size_t, std::vector<void*>> free_;      // by size
  std::vector<std::pair<void*, size_t>> waiting_;  // given back since the last wait
  char* slab_ = nullptr;
  size_t rest_ = 0;
  int64_t in_use_ = 0, cached_ = 0, waiting_bytes_ = 0;
};

struct DeviceBooks {
  explicit DeviceBooks(Device device) : pinned(device) {}
  Pinned pinned;
  std::atomic<int64_t> bytes_in_use{0}, allocations{0};
};

// Leaked on purpose: tensors may be destroyed after static destructors have run.
DeviceBooks& books(Device device) {
  static std::mutex mutex;
  static auto* all = new std::map<int, std::unique_ptr<DeviceBooks>>;
  const std::lock_guard lock(mutex);
  auto& found = (*all)[device.index];
  if (!found) found = std::make_unique<DeviceBooks>(device);
  return *found;
}

void copy(Device device, void* target, const void* source, size_t bytes, int direction) {
  int status = 0;
  {
    const Unblocked others(direction == MARK1_COPY_TO_HOST);
    if (direction != MARK1_COPY_ON_DEVICE) waits.until_done++;
    status = device_api().copy(device.index, target, source, bytes, direction);
  }
  check_device("copy", status);
}

void* take_device_block(Device device, size_t bytes) {
  const Mark1DeviceApi& api = device_api();
  DeviceBooks& of = books(device);
  void* data = nullptr;
  int status = api.allocate(device.index, bytes, &data);
  if (status != 0) {
    of.pinned.wait(false);  // what was released is free when the work that used it is over
    status = api.allocate(device.index, bytes, &data);
  }
  if (status != 0) {
    const std::string reason = api.last_error();
    size_t free_bytes = 0, total = 0;
    api.memory(device.index, &free_bytes, &total);
    fail<DeviceError>("allocate", "out of memory on ", name(device), ": asked for ", bytes,
                      " bytes, ", free_bytes, " of ", total, " are free (", reason,
                      "). Smaller batches need less");
  }
  of.bytes_in_use += static_cast<int64_t>(block_bytes(bytes));
  of.allocations++;
  return data;
}

}  // namespace

bool reaches_host(Device device, const void* data) {
  return device.type == DeviceType::kCpu || books(device).pinned.owns(data);
}

void* take_block_of(Device device, size_t bytes, bool pinned) {
  if (device.type == DeviceType::kCpu) return take_block(bytes);
  return pinned ? books(device).pinned.take(bytes) : take_device_block(device, bytes);
}

void give_block_of(Device device, void* data, size_t bytes) {
  if (device.type == DeviceType::kCpu) return give_block(data, bytes);
  DeviceBooks& of = books(device);
  if (of.pinned.owns(data)) return of.pinned.give(data, bytes);
  // Called by destructors: a release that fails leaves a block lost and nothing wrong.
  if (devices_work()) device_api().release(device.index, data);
  of.bytes_in_use -= static_cast<int64_t>(block_bytes(bytes));
}

void copy_block_of(Device device, void* to, const void* from, size_t bytes) {
  if (reaches_host(device, to)) {
    std::memcpy(to, from, bytes);
  } else if (reaches_host(device, from)) {
    if (bytes > 0) copy(device, to, from, bytes, MARK1_COPY_TO_DEVICE);
  } else if (bytes > 0) {
    copy(device, to, from, bytes, MARK1_COPY_ON_DEVICE);
  }
}

void copy_to_device(Device device, void* target, const void* source, size_t bytes) {
  if (bytes > 0) copy(device, target, source, bytes, MARK1_COPY_TO_DEVICE);
  counters.to_device++;
  counters.bytes_to_device += static_cast<int64_t>(bytes);
}

void copy_to_host(Device device, void* target, const void* source, size_t bytes) {
  if (bytes > 0) copy(device, target, source, bytes, MARK1_COPY_TO_HOST);
  counters.to_host++;
  counters.bytes_to_host += static_cast<int64_t>(bytes);
}

void synchronize(Device device) {
  if (device.type != DeviceType::kCpu) books(device).pinned.wait(true);
}

void copy_aside(Device device, void* target, const void* source, size_t bytes) {
  check_device("copy", device_api().copy_aside(device.index, target, source, bytes));
  counters.to_device++;
  counters.bytes_to_device += static_cast<int64_t>(bytes);
}

void synchronize_all(Device device) {
  if (device.type == DeviceType::kCpu) return;
  int status = 0;
  {
    const Unblocked others(true);
    waits.until_done++;
    status = device_api().synchronize_all(device.index);
  }
  check_device("synchronize", status);
}

void detail::wait_for_readers(Storage& storage) {
  if (storage.device.type == DeviceType::kCpu || !devices_work()) return;
  if (!storage.pool) storage.exported = false;
  const Unblocked others(true);
  waits.until_done++;
  device_api().synchronize_all(storage.device.index);
}

WaitCounts wait_counts() {
  return {waits.until_done, waits.until_near};
}

void count_copy_to_host(size_t bytes) {
  counters.to_host++;
  counters.bytes_to_host += static_cast<int64_t>(bytes);
}

void count_wait_for_mark() {
  waits.until_near++;
}

CopyCounts copy_counts() {
  return {counters.to_device, counters.bytes_to_device, counters.to_host, counters.bytes_to_host};
}

DeviceMemoryStats device_memory_stats(Device device) {
  DeviceBooks& of = books(device);
  DeviceMemoryStats stats = {of.bytes_in_use, of.allocations, 0, 0};
  of.pinned.tell(stats);
  return stats;
}

}  // namespace mark1
