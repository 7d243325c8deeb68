#include "core/buffer_pool.h"

#include <algorithm>
#include <cstring>

namespace mark1 {
namespace {

thread_local BufferPool* active = nullptr;

}  // namespace

BufferPool* BufferPool::current() {
  return active;
}

void BufferPool::set_current(BufferPool* pool) {
  active = pool;
}

BufferPool::~BufferPool() {
  let_go();
  for (auto& [size, shelf] : shelves_) {
    for (void* block : shelf.blocks) give_block(block, size);
  }
}

Storage* BufferPool::take(size_t bytes, bool keep) {
  std::lock_guard lock(mutex_);
  Shelf& shelf = shelves_[block_bytes(bytes)];
  void* block = nullptr;
  // A kept block must not have been anybody's before: a replay would write that over its contents.
  if (!keep && !shelf.free.empty()) {
    block = shelf.free.back();
    shelf.free.pop_back();
  } else {
    if (shelf.used == shelf.blocks.size()) shelf.blocks.push_back(take_block(bytes));
    block = shelf.blocks[shelf.used++];
  }
  auto* storage = new Storage;
  storage->data = block;
  storage->bytes = bytes;
  storage->pool = this;
  living_.emplace(storage, Taken{taken_++, keep});
  return storage;
}

bool BufferPool::give(Storage* storage) {
  std::lock_guard lock(mutex_);
  const auto found = living_.find(storage);
  if (found == living_.end()) return false;
  if (!found->second.kept) shelves_[block_bytes(storage->bytes)].free.push_back(storage->data);
  living_.erase(found);
  return true;
}

void BufferPool::rewind() {
  std::lock_guard lock(mutex_);
  taken_ = 0;
  for (auto& [size, shelf] : shelves_) {
    shelf.used = 0;
    shelf.free.clear();
  }
}

void BufferPool::copy_out() {
  std::lock_guard lock(mutex_);
  for (auto& [storage, taken] : living_) {
    void* copy = take_block(storage->bytes);
    std::memcpy(copy, storage->data, storage->bytes);
    storage->data = copy;
    storage->pool = nullptr;
  }
  living_.clear();
}

void BufferPool::let_go() {
  std::lock_guard lock(mutex_);
  for (auto& [storage, taken] : living_) {
    auto& blocks = shelves_[block_bytes(storage->bytes)].blocks;
    blocks.erase(std::find(blocks.begin(), blocks.end(), storage->data));
    storage->pool = nullptr;
  }
  living_.clear();
}

bool BufferPool::keeps(const Storage* storage) const {
  std::lock_guard lock(mutex_);
  const auto found = living_.find(const_cast<Storage*>(storage));
  return found != living_.end() && found->second.kept;
}

uint64_t BufferPool::number(const Storage* storage) const {
  std::lock_guard lock(mutex_);
  return living_.at(const_cast<Storage*>(storage)).number;
}

bool BufferPool::exported() const {
  std::lock_guard lock(mutex_);
  for (const auto& living : living_) {
    if (living.first->exported) return true;
  }
  return false;
}

bool BufferPool::owns(const void* address) const {
  std::lock_guard lock(mutex_);
  const auto* byte = static_cast<const char*>(address);
  for (const auto& [size, shelf] : shelves_) {
    for (void* block : shelf.blocks) {
      const auto* begin = static_cast<const char*>(block);
      if (byte >= begin && byte < begin + size) return true;
    }
  }
  return false;
}

size_t BufferPool::bytes() const {
  std::lock_guard lock(mutex_);
  size_t total = 0;
  for (const auto& [size, shelf] : shelves_) total += size * shelf.blocks.size();
  return total;
}

}  // namespace mark1
