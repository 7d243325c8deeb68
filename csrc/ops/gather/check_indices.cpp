#include "ops/gather/check_indices.h"

#include "core/launch.h"

namespace mark1 {
namespace {

struct IndexCheck {
  const char* op;
  const char* things;
  int64_t n;
};

template <class Index>
void refuse_index(const IndexCheck& args, int64_t place, const void* value) {
  fail<ValueError>(args.op, "index ", *static_cast<const Index*>(value), " at position ", place,
                   " is out of range for ", args.n, " ", args.things);
}

}  // namespace

void check_indices(const char* op, const char* things, const Tensor& indices, const Tensor& wrong,
                   int64_t n) {
  const bool wide = indices.dtype() == DType::kI64;
  const auto refuse = wide ? &refuse_index<int64_t> : &refuse_index<int32_t>;
  launch_check("check_index", refuse, IndexCheck{op, things, n}, indices, wrong);
}

}  // namespace mark1
