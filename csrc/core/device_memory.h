// Memory of devices, memory of the host that devices reach, and bytes on their way between them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/device.h"

namespace mark1 {

// A block of a device's memory or, pinned, of the host's that work on the device reads and writes
// in place; of the allocator's if the device is the CPU. A DeviceError names the sizes if there is
// no more. Pinned blocks that are given back are not used again before the device has been waited
// for, because queued work may need them.
void* take_block_of(Device device, size_t bytes, bool pinned = false);
void give_block_of(Device device, void* data, size_t bytes);
// Between two blocks of a device, queued like a kernel unless the host can do it.
void copy_block_of(Device device, void* to, const void* from, size_t bytes);
// Whether the host can read and write there.
bool reaches_host(Device device, const void* data);

namespace detail {
void wait_for_readers(Storage& storage);
}

// Storage of a device, whatever the current one is, outside of any program.
StoragePtr allocate_on(Device device, size_t bytes, bool pinned = false);

// Copies to the host wait for the work that was queued before. All are counted.
void copy_to_device(Device device, void* target, const void* source, size_t bytes);
void copy_to_host(Device device, void* target, const void* source, size_t bytes);
// From pinned memory to the device's, queued beside the work: marks say what it waits for.
void copy_aside(Device device, void* target, const void* source, size_t bytes);

// Waits for all work of the device, without the interpreter's lock.
void synchronize(Device device);
// Likewise, and for what other libraries have asked of it.
void synchronize_all(Device device);
// Before memory is written or given back that other libraries have had a pointer to: they have let
// go of it, but may have work queued on streams of their own, of which nobody can say whether they
// still exist. Throws nothing, because destructors call it.
inline void wait_for_readers(Storage& storage) {
  if (storage.exported) detail::wait_for_readers(storage);
}

struct CopyCounts {
  int64_t to_device, bytes_to_device;
  int64_t to_host, bytes_to_host;
};
CopyCounts copy_counts();
// One that was queued as a kernel.
void count_copy_to_host(size_t bytes);

// How often the host has waited until a device had done all its work, copies included, and until it
// had come near enough.
struct WaitCounts {
  int64_t until_done, until_near;
};
WaitCounts wait_counts();
void count_wait_for_mark();

struct DeviceMemoryStats {
  int64_t bytes_in_use;
  int64_t allocations;
  int64_t pinned_in_use;  // of the host
  int64_t pinned_cached;
};
DeviceMemoryStats device_memory_stats(Device device);

}  // namespace mark1
