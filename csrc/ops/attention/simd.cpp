// attention with queries along the lanes of vectors.
#include "ops/attention/backward.h"
#include "ops/attention/forward.h"

namespace mark1 {
namespace MARK1_ISA {

extern const AttentionKernels attention_kernels;
const AttentionKernels attention_kernels = {
    {make_kernel<AttentionArgs, &forward<float>>(), make_kernel<AttentionArgs, &forward<double>>()},
    {make_kernel<AttentionArgs, &backward<float>>(),
     make_kernel<AttentionArgs, &backward<double>>()},
    nullptr,
};

}  // namespace MARK1_ISA
}  // namespace mark1
