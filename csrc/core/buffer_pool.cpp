#include "core/buffer_pool.h"

#include <algorithm>

#include "core/device_memory.h"

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
  free_blocks();
}

void BufferPool::free_blocks() {
  for (auto& [kind, shelf] : shelves_) {
    for (void* block : shelf.blocks) give_block_of(device_, block, kind.second);
  }
  shelves_.clear();
}

void BufferPool::give_back() {
  std::lock_guard lock(mutex_);
  free_blocks();
}

void BufferPool::set_device(Device device) {
  std::lock_guard lock(mutex_);
  if (device == device_) return;
  free_blocks();
  device_ = device;
}

BufferPool::Kind BufferPool::kind_of(size_t bytes, Use use) const {
  return {use == Use::kKept && device_.type != DeviceType::kCpu, block_bytes(bytes)};
}

Storage* BufferPool::take(size_t bytes, Use use) {
  std::lock_guard lock(mutex_);
  const bool keep = use != Use::kKernels;
  const Kind kind = kind_of(bytes, use);
  Shelf& shelf = shelves_[kind];
  void* block = nullptr;
  // A kept block must not have been anybody's before: a replay would write that over its contents.
  if (!keep && !shelf.free.empty()) {
    block = shelf.free.back();
    shelf.free.pop_back();
  } else {
    if (shelf.used == shelf.blocks.size()) {
      shelf.blocks.push_back(take_block_of(device_, kind.second, kind.first));
    }
    block = shelf.blocks[shelf.used++];
  }
  auto* storage = new Storage;
  storage->data = block;
  storage->bytes = bytes;
  storage->device = device_;
  storage->pool = this;
  living_.emplace(storage, Taken{taken_++, use});
  return storage;
}

bool BufferPool::give(Storage* storage) {
  std::lock_guard lock(mutex_);
  const auto found = living_.find(storage);
  if (found == living_.end()) return false;
  const Use use = found->second.use;
  if (use == Use::kKernels) shelves_[kind_of(storage->bytes, use)].free.push_back(storage->data);
  living_.erase(found);
  return true;
}

void BufferPool::rewind() {
  std::lock_guard lock(mutex_);
  taken_ = 0;
  for (auto& [kind, shelf] : shelves_) {
    shelf.used = 0;
    shelf.free.clear();
  }
}

void BufferPool::copy_out() {
  std::lock_guard lock(mutex_);
  for (auto& [storage, taken] : living_) {
    const bool pinned = kind_of(storage->bytes, taken.use).first;
    void* copy = take_block_of(device_, storage->bytes, pinned);
    copy_block_of(device_, copy, storage->data, storage->bytes);
    storage->data = copy;
    storage->pool = nullptr;
  }
  living_.clear();
}

void BufferPool::let_go() {
  std::lock_guard lock(mutex_);
  for (auto& [storage, taken] : living_) {
    auto& blocks = shelves_[kind_of(storage->bytes, taken.use)].blocks;
    blocks.erase(std::find(blocks.begin(), blocks.end(), storage->data));
    storage->pool = nullptr;
  }
  living_.clear();
}

bool BufferPool::keeps(const Storage* storage) const {
  std::lock_guard lock(mutex_);
  const auto found = living_.find(const_cast<Storage*>(storage));
  return found != living_.end() && found->second.use != Use::kKernels;
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
  for (const auto& [kind, shelf] : shelves_) {
    for (void* block : shelf.blocks) {
      const auto* begin = static_cast<const char*>(block);
      if (byte >= begin && byte < begin + kind.second) return true;
    }
  }
  return false;
}

size_t BufferPool::bytes() const {
  std::lock_guard lock(mutex_);
  size_t total = 0;
  for (const auto& [kind, shelf] : shelves_) total += kind.second * shelf.blocks.size();
  return total;
}

}  // namespace mark1
