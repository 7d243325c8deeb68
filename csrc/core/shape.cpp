#include "core/shape.h"

#include <ostream>
#include <sstream>

namespace mark1 {

Shape::Shape(std::initializer_list<int64_t> dims)
    : Shape(dims.begin(), static_cast<int>(dims.size())) {}

Shape::Shape(const int64_t* dims, int rank) {
  for (int i = 0; i < rank; ++i) push_back(dims[i]);
}

void Shape::push_back(int64_t dim) {
  if (rank_ == kMaxRank)
    fail<ValueError>("shape", "at most ", kMaxRank, " dimensions are supported");
  dims_[rank_++] = dim;
}

Shape Shape::slice(int first, int last) const {
  return Shape(dims_ + first, last - first);
}

bool Shape::known() const {
  for (int64_t dim : *this) {
    if (dim < 0) return false;
  }
  return true;
}

int64_t Shape::numel() const {
  if (!known()) fail<ValueError>("shape", "the shape ", *this, " has unknown dimensions");
  int64_t count = 1;
  bool overflow = false;
  for (int64_t dim : *this) {
    if (dim == 0) return 0;
    overflow = overflow || __builtin_mul_overflow(count, dim, &count);
  }
  // Eight bytes an element must still be addressable.
  if (overflow || count > INT64_MAX / 8) fail<ValueError>("shape", *this, " has too many elements");
  return count;
}

std::string Shape::str() const {
  std::ostringstream out;
  out << *this;
  return out.str();
}

bool Shape::operator==(const Shape& other) const {
  if (rank_ != other.rank_) return false;
  for (int i = 0; i < rank_; ++i) {
    if (dims_[i] != other.dims_[i]) return false;
  }
  return true;
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  out << '(';
  for (int i = 0; i < shape.rank(); ++i) {
    if (i > 0) out << ", ";
    if (shape[i] < 0) {
      out << "None";
    } else {
      out << shape[i];
    }
  }
  return out << (shape.rank() == 1 ? ",)" : ")");
}

int normalize_axis(const char* op, int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    fail<ValueError>(op, "axis ", axis, " is out of range for ", rank, " dimensions");
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace mark1
