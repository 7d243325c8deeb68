// argsort and sort as rows.h defines them.
#include "ops/sort/rows.h"

namespace mark1 {
namespace MARK1_ISA {

extern const SortKernels sort_kernels;

const SortKernels sort_kernels = {
    .argsort = {make_kernel<SortArgs, &argsort<float>>(), make_kernel<SortArgs, &argsort<double>>(),
                make_kernel<SortArgs, &argsort<int32_t>>(),
                make_kernel<SortArgs, &argsort<int64_t>>()},
    .sort = {make_kernel<SortArgs, &sort<float>>(), make_kernel<SortArgs, &sort<double>>(),
             make_kernel<SortArgs, &sort<int32_t>>(), make_kernel<SortArgs, &sort<int64_t>>()},
};

}  // namespace MARK1_ISA
}  // namespace mark1
