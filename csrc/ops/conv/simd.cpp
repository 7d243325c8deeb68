// The three products for one instruction set.
#include "ops/conv/conv.h"
#include "ops/conv/filter.h"
#include "ops/conv/product.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
void product(const ConvArgs& a, const Team& team) {
  const ProductPlan plan = make_plan<T>(a);
  ProductMember<T>(a, plan, team).run();
}

template <class T>
int64_t product_bytes(const ConvArgs& a, int members) {
  const ProductWorkspace<T> sizes(make_plan<T>(a));
  return (sizes.filter + members * sizes.member()) * static_cast<int64_t>(sizeof(T));
}

template <class T>
void filter(const ConvFilterArgs& a, const Team& team) {
  const FilterPlan plan = make_plan<T>(a);
  FilterMember<T>(a, plan, team).run();
}

template <class T>
int64_t filter_bytes(const ConvFilterArgs& a, int members) {
  const FilterWorkspace<T> sizes(make_plan<T>(a));
  return members * sizes.member() * static_cast<int64_t>(sizeof(T));
}

}  // namespace

extern const ConvKernels conv_kernels;
const ConvKernels conv_kernels = {
    {make_kernel<ConvArgs, &product<float>>(), make_kernel<ConvArgs, &product<double>>()},
    {make_kernel<ConvFilterArgs, &filter<float>>(), make_kernel<ConvFilterArgs, &filter<double>>()},
    {&product_bytes<float>, &product_bytes<double>},
    {&filter_bytes<float>, &filter_bytes<double>},
};

}  // namespace MARK1_ISA
}  // namespace mark1
