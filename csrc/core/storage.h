// Memory of tensors: reference-counted, 64-byte aligned, from a caching allocator.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace mark1 {

enum class DeviceType : uint8_t { kCpu, kCuda };

struct Device {
  DeviceType type = DeviceType::kCpu;
  int16_t index = 0;
  bool operator==(const Device&) const = default;
};

class BufferPool;

// A block of memory and the way it is given back: to the allocator, or to a foreign owner whose
// memory we borrow without a copy.
struct Storage {
  std::atomic<int64_t> references{0};
  void* data = nullptr;
  size_t bytes = 0;
  Device device;
  void (*release)(void* owner) = nullptr;
  void* owner = nullptr;
  bool exported = false;       // somebody may have a pointer to the contents, and still use it
  BufferPool* pool = nullptr;  // of the program that is being recorded, if it came from there
};

// Intrusive handle on a Storage.
class StoragePtr {
 public:
  StoragePtr() = default;
  explicit StoragePtr(Storage* storage) : storage_(storage) { acquire(); }
  StoragePtr(const StoragePtr& other) : storage_(other.storage_) { acquire(); }
  StoragePtr(StoragePtr&& other) noexcept : storage_(std::exchange(other.storage_, nullptr)) {}
  StoragePtr& operator=(StoragePtr other) noexcept {
    std::swap(storage_, other.storage_);
    return *this;
  }
  ~StoragePtr() { drop(); }

  Storage* operator->() const { return storage_; }
  explicit operator bool() const { return storage_ != nullptr; }
  Storage* get() const { return storage_; }
  bool unique() const { return storage_->references.load(std::memory_order_acquire) == 1; }

 private:
  void acquire() {
    if (storage_) storage_->references.fetch_add(1, std::memory_order_relaxed);
  }
  void drop();

  Storage* storage_ = nullptr;
};

// Uninitialised memory; throws ValueError naming the size when the machine has no more.
// While a program is recorded on this thread, the memory comes from the program's pool.
StoragePtr allocate(size_t bytes);

// Likewise for contents that the program must keep as they are.
StoragePtr allocate_kept(size_t bytes);

// The allocator's blocks, for those who keep books of their own. block_bytes tells how large a
// block for that many bytes is.
void* take_block(size_t bytes);
void give_block(void* data, size_t bytes);
size_t block_bytes(size_t bytes);

// Borrows memory; release(owner) is called once when the last handle goes.
StoragePtr borrow(void* data, size_t bytes, void (*release)(void*), void* owner);

struct AllocatorStats {
  int64_t bytes_in_use;
  int64_t bytes_cached;
  int64_t allocations;
};
AllocatorStats allocator_stats();

// Gives cached blocks back to the operating system.
void release_cached_memory();

}  // namespace mark1
