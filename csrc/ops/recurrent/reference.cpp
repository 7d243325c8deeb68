// The definition of recurrent: plain loops, row by row and step by step.
#include "ops/recurrent/row.h"

namespace mark1::MARK1_ISA {
namespace {

int64_t scratch_bytes(const RecurrentArgs& a, Cell, bool, int64_t item) {
  return row_scratch_bytes(a, item);
}

#define MARK1_CELL(f, cell)                             \
  {make_kernel<RecurrentArgs, &f<float, Cell::cell>>(), \
   make_kernel<RecurrentArgs, &f<double, Cell::cell>>()}
#define MARK1_CELLS(f) \
  {MARK1_CELL(f, kSimple), MARK1_CELL(f, kLstm), MARK1_CELL(f, kGru), MARK1_CELL(f, kGruBefore)}

}  // namespace

extern const RecurrentKernels recurrent_kernels;
const RecurrentKernels recurrent_kernels = {
    MARK1_CELLS(forward_rows),
    MARK1_CELLS(backward_rows),
    MARK1_CELLS(forward_rows),
    MARK1_CELLS(backward_rows),
    &scratch_bytes,
};

}  // namespace mark1::MARK1_ISA
