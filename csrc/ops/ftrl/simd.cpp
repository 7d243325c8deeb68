// ftrl by the vector.
#include "ops/ftrl/formula.h"
#include "ops/update/by_vector.h"

namespace mark1 {
namespace MARK1_ISA {

extern const FtrlKernels ftrl_kernels;
const FtrlKernels ftrl_kernels = {{kernels_of<FtrlRule<true>>(), kernels_of<FtrlRule<false>>()}};

}  // namespace MARK1_ISA
}  // namespace mark1
