// The memory of a recorded step: blocks of its own, given out in the same order whenever the same
// step is recorded, so that the addresses in its launches stay right in every replay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/storage.h"

namespace mark1 {

class BufferPool {
 public:
  // What a storage is for: contents that launches make anew in every step; inputs of the step;
  // contents that the host wrote. The last two are kept.
  enum class Use { kKernels, kInput, kKept };

  BufferPool() = default;
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // The pool that this thread allocates from, or null: the ordinary allocator.
  static BufferPool* current();
  static void set_current(BufferPool* pool);

  // Where the blocks lie. Changes only while there are none.
  Device device() const { return device_; }
  void set_device(Device device);

  // A storage that gives its block back to the pool, in the order in which storages die; a kept
  // one does not, so that nothing is written over its contents.
  Storage* take(size_t bytes, Use use);
  // For the last handle of a storage; false if the storage has left the pool.
  bool give(Storage* storage);

  // Every block is free again and will be given out in the same order.
  void rewind();
  // Storages that are still alive get copies of their blocks outside, which the pool keeps.
  void copy_out();
  // Storages that are still alive take their blocks with them.
  void let_go();
  // Gives all blocks back; no storage is alive.
  void give_back();

  // Whether a living storage was asked to be kept.
  bool keeps(const Storage* storage) const;
  // Which of those taken since the last rewind a living storage is: the same whenever the same step
  // is recorded, whereas its block depends on when the garbage collector gave others back.
  uint64_t number(const Storage* storage) const;
  // Whether somebody may have a pointer to the contents of a living storage.
  bool exported() const;
  // Whether an address lies in one of the blocks.
  bool owns(const void* address) const;
  size_t bytes() const;

 private:
  // Blocks of one size, of the device's own memory or of the host's that it reaches.
  using Kind = std::pair<bool, size_t>;
  Kind kind_of(size_t bytes, Use use) const;

  struct Shelf {
    std::vector<void*> blocks;  // in the order in which they were first asked for
    size_t used = 0;            // of them, since the last rewind
    std::vector<void*> free;
  };
  struct Taken {
    uint64_t number;
    Use use;
  };

  void free_blocks();

  mutable std::mutex mutex_;
  Device device_;
  std::map<Kind, Shelf> shelves_;
  std::unordered_map<Storage*, Taken> living_;
  uint64_t taken_ = 0;
};

}  // namespace mark1
