// The matrix product for one instruction set: which way it is computed, and which part by whom.
#include "ops/gemm/gemm.h"
#include "ops/gemm/member.h"
#include "ops/gemm/transposed.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

// A member's part of products of one shape.
template <class T>
class Products {
 public:
  Products(const Problem<T>& p, const Part& part, T* workspace)
      : part_(part),
        rows_(part.rows.end - part.rows.begin),
        transposes_(transposes(p)),
        plan_(make_plan(p, rows_, part.columns.end - part.columns.begin)),
        workspace_(workspace) {}

  void multiply(const Problem<T>& p) const { multiply(p, part_); }

  // y, by way of y^T: a block of its rows at a time.
  void multiply_exchanged(const Problem<T>& p) const {
    T* block = workspace_;
    for (int64_t i = part_.columns.begin; i < part_.columns.end; i += kExchangedRows) {
      const int64_t count = smaller(part_.columns.end - i, kExchangedRows);
      Problem<T> t = exchanged(p);
      t.b += i * t.b_col;
      t.y = block;
      t.y_row = kExchangedRows;
      t.n = count;
      multiply(t, {part_.rows, {0, count}});
      T* y = p.y + i * p.y_row;
      for (int64_t j = part_.rows.begin; j < part_.rows.end; ++j) {
        const T* from = block + j * kExchangedRows;
        const T bias = p.bias ? p.bias[j] : T(0);
        for (int64_t r = 0; r < count; ++r) y[r * p.y_row + j] = p.bias ? from[r] + bias : from[r];
      }
      if (p.activation) p.activation(y + part_.rows.begin, p.y_row, count, rows_, p.alpha);
    }
  }

 private:
  void multiply(const Problem<T>& p, const Part& part) const {
    if (transposes_) return multiply_transposed(p, part);
    T* workspace = workspace_ + (p.y == workspace_ ? kExchangedElements<T> : 0);
    Member<T>(p, plan_, workspace).run(part);
  }

  const Part part_;
  const int64_t rows_;
  const bool transposes_;
  const Plan plan_;
  T* const workspace_;
};

template <class T>
void gemm(const GemmArgs& g, const Team& team) {
  const bool exchanges = has_few_columns<T>(g);
  Problem<T> p = problem_of<T>(g);
  if (exchanges) p = exchanged(p);
  const Share share = share_of<T>(g.batch.count, p.m, p.n, team.rank, team.size);
  const Part& part = share.part;
  if (part.rows.begin == part.rows.end || part.columns.begin == part.columns.end) return;
  char* workspace = static_cast<char*>(g.workspace) + team.rank * g.workspace_bytes;
  const Products<T> products(p, part, reinterpret_cast<T*>(workspace));
  for (int64_t i = share.products.begin; i < share.products.end; ++i) {
    const Problem<T> one = problem_of<T>(g, place_of(g.batch, i));
    if (exchanges) {
      products.multiply_exchanged(one);
    } else {
      products.multiply(one);
    }
  }
}

template <class T>
int64_t workspace_bytes(const GemmArgs& g) {
  const Problem<T> p = problem_of<T>(g);
  const int64_t item = sizeof(T);
  if (!has_few_columns<T>(g)) return transposes(p) ? 0 : Workspace<T>(p).bytes();
  const Problem<T> t = exchanged(p);
  return kExchangedElements<T> * item + (transposes(t) ? 0 : Workspace<T>(t).bytes());
}

}  // namespace

extern const GemmKernels gemm_kernels;
const GemmKernels gemm_kernels = {
    {make_kernel<GemmArgs, &gemm<float>>(), make_kernel<GemmArgs, &gemm<double>>()},
    {&workspace_bytes<float>, &workspace_bytes<double>},
};

}  // namespace MARK1_ISA
}  // namespace mark1
