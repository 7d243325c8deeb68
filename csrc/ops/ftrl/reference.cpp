// The definition of ftrl: the formula, one element after the other.
#include "ops/ftrl/formula.h"
#include "ops/update/by_element.h"

namespace mark1 {
namespace MARK1_ISA {

extern const FtrlKernels ftrl_kernels;
const FtrlKernels ftrl_kernels = {{kernels_of<FtrlRule<true>>(), kernels_of<FtrlRule<false>>()}};

}  // namespace MARK1_ISA
}  // namespace mark1
