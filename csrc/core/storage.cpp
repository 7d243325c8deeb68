#include "core/storage.h"

#include <pthread.h>
#include <sys/mman.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "core/buffer_pool.h"
#include "core/device_memory.h"
#include "core/error.h"
#include "core/recorder.h"

namespace mark1 {
namespace {

// Four size classes per power of two: at most 25 % of a block is unused, and a training step finds
// the blocks of the step before. Fresh pages cost a fault per 4 KB, more than most kernels that
// fill them.
constexpr int kClasses = 4 * 48;
constexpr size_t kAlignment = 64;
// Blocks of whole pages begin at a page: at equal indices all operands of an element-wise loop then
// lie at equal offsets in their pages. A processor takes a load for dependent on an earlier store
// whose address has the same low 12 bits, which costs up to 40 % where an output begins a few lines
// behind an input.
constexpr size_t kPage = 4096;
constexpr size_t kPageBlock = 4 * kPage;
// From here on blocks are aligned to huge pages and ask for them: GEMM operands then need 512 times
// fewer TLB entries.
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kHugeBlock = 2 * kHugePage;
// Cached blocks above this total go back to the operating system at once.
constexpr int64_t kCacheLimit = int64_t{1} << 30;

int size_class(size_t bytes) {
  if (bytes <= 256) return static_cast<int>((bytes + 63) / 64);
  const int log = std::bit_width(bytes - 1) - 1;  // 2^log < bytes <= 2^(log+1)
  const int quarter = static_cast<int>((bytes - 1) >> (log - 2)) & 3;
  return 4 * (log - 7) + quarter + 1;
}

size_t class_bytes(int index) {
  if (index <= 4) return static_cast<size_t>(index) * 64;
  const int log = (index - 1) / 4 + 7;
  const int quarter = (index - 1) % 4;
  return (size_t{1} << log) + (static_cast<size_t>(quarter) + 1) * (size_t{1} << (log - 2));
}

struct Block {
  Block* next;
};

// Leaked on purpose: tensors may be destroyed after static destructors have run.
struct Allocator {
  std::mutex mutex;
  Block* free_lists[kClasses] = {};
  AllocatorStats stats = {};

  void* take(int index) {
    std::lock_guard lock(mutex);
    stats.allocations++;
    const auto size = static_cast<int64_t>(class_bytes(index));
    stats.bytes_in_use += size;
    Block* block = free_lists[index];
    if (!block) return nullptr;
    free_lists[index] = block->next;
    stats.bytes_cached -= size;
    return block;
  }

  // False when the cache is full and the caller must free the block.
  bool give(void* data, int index) {
    std::lock_guard lock(mutex);
    const auto size = static_cast<int64_t>(class_bytes(index));
    stats.bytes_in_use -= size;
    if (stats.bytes_cached + size > kCacheLimit) return false;
    auto* block = static_cast<Block*>(data);
    block->next = free_lists[index];
    free_lists[index] = block;
    stats.bytes_cached += size;
    return true;
  }

  void trim() {
    std::lock_guard lock(mutex);
    for (Block*& head : free_lists) {
      while (head) {
        Block* block = head;
        head = block->next;
        std::free(block);
      }
    }
    stats.bytes_cached = 0;
  }
};

Allocator& allocator() {
  // Around a fork the lock is held, so that the child never inherits it from a thread it lacks.
  static auto* instance = [] {
    pthread_atfork([] { allocator().mutex.lock(); }, [] { allocator().mutex.unlock(); },
                   [] { allocator().mutex.unlock(); });
    return new Allocator;
  }();
  return *instance;
}

void* fresh(size_t bytes) {
  const bool huge = bytes >= kHugeBlock;
  const size_t alignment = huge ? kHugePage : bytes >= kPageBlock ? kPage : kAlignment;
  void* data = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
#ifdef MADV_HUGEPAGE
  if (data && huge) madvise(data, bytes, MADV_HUGEPAGE);
#endif
  return data;
}

}  // namespace

void StoragePtr::drop() {
  if (!storage_ || storage_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  wait_for_readers(*storage_);
  if (storage_->release) {
    storage_->release(storage_->owner);
  } else if (storage_->data && !(storage_->pool && storage_->pool->give(storage_))) {
    give_block_of(storage_->device, storage_->data, storage_->bytes);
  }
  delete storage_;
}

size_t block_bytes(size_t bytes) {
  return class_bytes(size_class(bytes));
}

void* take_block(size_t bytes) {
  const int index = size_class(bytes);
  if (index >= kClasses) fail<ValueError>("allocate", "cannot allocate ", bytes, " bytes");
  void* data = allocator().take(index);
  if (!data) data = fresh(class_bytes(index));
  if (!data) {
    release_cached_memory();
    data = fresh(class_bytes(index));
  }
  if (!data) {
    std::lock_guard lock(allocator().mutex);
    allocator().stats.bytes_in_use -= static_cast<int64_t>(class_bytes(index));
    fail<ValueError>("allocate", "out of memory: cannot allocate ", bytes, " bytes");
  }
  return data;
}

void give_block(void* data, size_t bytes) {
  if (!allocator().give(data, size_class(bytes))) std::free(data);
}

namespace {

StoragePtr allocate(size_t bytes, BufferPool::Use use) {
  if (bytes == 0) bytes = 1;
  const Device device = current_device();
  if (BufferPool* pool = BufferPool::current()) {
    if (pool->device() == device) return StoragePtr(pool->take(bytes, use));
    Recorder::current()->drop("works on " + name(device) + ", too");
  }
  return allocate_on(device, bytes, use != BufferPool::Use::kKernels);
}

}  // namespace

StoragePtr allocate(size_t bytes) {
  return allocate(bytes, BufferPool::Use::kKernels);
}

StoragePtr allocate_kept(size_t bytes) {
  return allocate(bytes, BufferPool::Use::kKept);
}

StoragePtr allocate_on(Device device, size_t bytes, bool pinned) {
  if (bytes == 0) bytes = 1;
  void* data = take_block_of(device, bytes, pinned);
  auto* storage = new Storage;
  storage->data = data;
  storage->bytes = bytes;
  storage->device = device;
  return StoragePtr(storage);
}

StoragePtr borrow(void* data, size_t bytes, void (*release)(void*), void* owner) {
  auto* storage = new Storage;
  storage->data = data;
  storage->bytes = bytes;
  storage->release = release;
  storage->owner = owner;
  return StoragePtr(storage);
}

AllocatorStats allocator_stats() {
  std::lock_guard lock(allocator().mutex);
  return allocator().stats;
}

void release_cached_memory() {
  allocator().trim();
}

}  // namespace mark1
