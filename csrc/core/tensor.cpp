#include "core/tensor.h"

#include <atomic>

#include "core/device_memory.h"
#include "core/launch.h"
#include "core/narrow.h"

namespace mark1 {

namespace {

std::atomic<bool> seen{false};

}  // namespace

bool narrow_seen() {
  return seen.load(std::memory_order_relaxed);
}

int64_t next_tensor_id() {
  static std::atomic<int64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

Tensor::Tensor(const Shape& shape, DType dtype)
    : shape_(shape), numel_(shape.numel()), id_(next_tensor_id()), dtype_(dtype) {
  storage_ = allocate(bytes());
  if (is_narrow(dtype)) seen.store(true, std::memory_order_relaxed);
}

Tensor::Tensor(StoragePtr storage, size_t byte_offset, const Shape& shape, DType dtype)
    : storage_(std::move(storage)),
      byte_offset_(byte_offset),
      shape_(shape),
      numel_(shape.numel()),
      id_(next_tensor_id()),
      dtype_(dtype) {
  if (is_narrow(dtype)) seen.store(true, std::memory_order_relaxed);
}

Tensor host_tensor(const Shape& shape, DType dtype) {
  const size_t bytes = static_cast<size_t>(shape.numel()) * item_size(dtype);
  return Tensor(allocate_kept(bytes), 0, shape, dtype);
}

Tensor Tensor::reshaped(const Shape& shape) const {
  if (shape.numel() != numel_) {
    fail<ValueError>("reshape", "cannot reshape ", shape_, " of ", numel_, " elements into ",
                     shape);
  }
  return Tensor(storage_, byte_offset_, shape, dtype_);
}

Tensor Tensor::rows(int64_t begin, int64_t end) const {
  Shape shape = shape_;
  const int64_t row = shape_[0] == 0 ? 0 : numel_ / shape_[0];
  shape[0] = end - begin;
  const size_t offset = static_cast<size_t>(begin * row) * item_size(dtype_);
  return Tensor(storage_, byte_offset_ + offset, shape, dtype_);
}

}  // namespace mark1
