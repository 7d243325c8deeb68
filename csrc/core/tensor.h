// An immutable row-major array: a handle on storage. Reshape and leading-axis slices are views.
#pragma once

#include <memory>

#include "core/shape.h"
#include "core/storage.h"

namespace mark1 {

class Tensor {
 public:
  Tensor() = default;
  // Uninitialised; the kernel that is launched next fills it.
  Tensor(const Shape& shape, DType dtype);
  Tensor(StoragePtr storage, size_t byte_offset, const Shape& shape, DType dtype);
  explicit Tensor(const Spec& spec) : Tensor(spec.shape, spec.dtype) {}

  const Shape& shape() const { return shape_; }
  DType dtype() const { return dtype_; }
  Device device() const { return storage_->device; }
  Spec spec() const { return {shape_, dtype_}; }
  int rank() const { return shape_.rank(); }
  int64_t numel() const { return numel_; }
  size_t bytes() const { return static_cast<size_t>(numel_) * item_size(dtype_); }
  const StoragePtr& storage() const { return storage_; }
  size_t byte_offset() const { return byte_offset_; }

  void* data() const { return static_cast<char*>(storage_->data) + byte_offset_; }
  template <class T>
  T* as() const {
    return static_cast<T*>(data());
  }

  // What the tape knows a value by. Views and results get ids of their own, copies of a handle
  // share one, and every value of a variable carries the variable's.
  int64_t id() const { return id_; }
  void set_id(int64_t id) { id_ = id; }

  // Outputs of softmax and sigmoid remember what they were computed from, so that cross-entropy
  // can start from there.
  const std::shared_ptr<const Tensor>& logits() const { return logits_; }
  void set_logits(const Tensor& logits) { logits_ = std::make_shared<const Tensor>(logits); }

  // Same elements under another shape of as many elements.
  Tensor reshaped(const Shape& shape) const;
  // Rows [begin, end) of the first axis.
  Tensor rows(int64_t begin, int64_t end) const;

 private:
  StoragePtr storage_;
  size_t byte_offset_ = 0;
  Shape shape_;
  int64_t numel_ = 0;
  int64_t id_ = 0;
  DType dtype_ = DType::kF32;
  std::shared_ptr<const Tensor> logits_;
};

// A tensor that the host fills, not a kernel: constants, tables of addresses. A recorded program
// keeps it as it is, whereas the outputs of kernels are computed anew in every step.
Tensor host_tensor(const Shape& shape, DType dtype);

int64_t next_tensor_id();

// Calls f(T{}) with the element type of dtype.
template <class F>
auto visit_dtype(DType dtype, F f) {
  switch (dtype) {
    case DType::kBool:
      return f(bool{});
    case DType::kU8:
      return f(uint8_t{});
    case DType::kI32:
      return f(int32_t{});
    case DType::kI64:
      return f(int64_t{});
    case DType::kF32:
      return f(float{});
    case DType::kF64:
      break;
  }
  return f(double{});
}

}  // namespace mark1
