// Sizes of a row-major array, held inline. A dimension of -1 is unknown (symbolic tensors).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "core/dtype.h"

namespace mark1 {

class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<int64_t> dims);
  Shape(const int64_t* dims, int rank);

  int rank() const { return rank_; }
  int64_t operator[](int axis) const { return dims_[axis]; }
  int64_t& operator[](int axis) { return dims_[axis]; }
  int64_t back() const { return dims_[rank_ - 1]; }
  const int64_t* begin() const { return dims_; }
  const int64_t* end() const { return dims_ + rank_; }

  void push_back(int64_t dim);
  // Dimensions [first, last).
  Shape slice(int first, int last) const;

  bool known() const;
  // Number of elements; a ValueError when it overflows or a dimension is unknown.
  int64_t numel() const;
  std::string str() const;

  bool operator==(const Shape& other) const;

 private:
  int64_t dims_[kMaxRank] = {};
  int rank_ = 0;
};

std::ostream& operator<<(std::ostream& out, const Shape& shape);

// What a shape rule sees and returns: everything about a tensor except its data.
struct Spec {
  Shape shape;
  DType dtype = DType::kF32;
};

// Turns a possibly negative axis into [0, rank); a ValueError names the op otherwise.
int normalize_axis(const char* op, int64_t axis, int rank);

}  // namespace mark1
