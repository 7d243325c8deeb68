// The three products for one instruction set.
#include "ops/conv/conv.h"
#include "ops/conv/direct.h"
#include "ops/conv/filter.h"
#include "ops/conv/gathered.h"
#include "ops/conv/narrow_filter.h"
#include "ops/conv/narrow_product.h"
#include "ops/conv/thin.h"

namespace mark1 {
namespace MARK1_ISA {
namespace {

template <class T>
void product(const ConvArgs& a, const Team& team) {
  if (is_narrow<T>(a.windows, a.outputs)) return NarrowProduct<T>(a, team).run();
  const ThinPlan thin = make_thin_plan<T>(a);
  if (thin.vectors > 0) {
    ThinProduct<T>(a, thin, team).run();
    return;
  }
  const ProductPlan plan = make_plan<T>(a);
  const Product<T> member(a, plan, team);
  const Part part = part_of<T>(count_windows(a.windows), a.outputs, team.rank, team.size);
  for (int64_t group = 0; group < a.windows.groups; ++group) {
    if (group > 0) team.barrier();
    pack_filter(member, group, team);
    team.barrier();
    if (part.rows.begin >= part.rows.end || part.columns.begin >= part.columns.end) continue;
    if (plan.lines > 0) {
      DirectProduct<T>(member, group).run(part);
    } else {
      GatheredProduct<T>(member).run(part, group);
    }
  }
}

template <class T>
int64_t product_bytes(const ConvArgs& a, int members) {
  if (is_narrow<T>(a.windows, a.outputs)) return narrow_product_bytes<T>(a, members);
  const ThinPlan thin = make_thin_plan<T>(a);
  if (thin.vectors > 0) {
    return ThinWorkspace<T>(a, thin).elements(members) * static_cast<int64_t>(sizeof(T));
  }
  const ProductWorkspace<T> sizes(a, make_plan<T>(a));
  return (sizes.filter + members * sizes.member()) * static_cast<int64_t>(sizeof(T));
}

template <class T>
void filter(const ConvFilterArgs& a, const Team& team) {
  if (is_narrow<T>(a.windows, a.outputs)) return NarrowFilter<T>(a, team).run();
  const FilterPlan plan = make_plan<T>(a);
  FilterMember<T>(a, plan, team).run();
}

template <class T>
int64_t filter_bytes(const ConvFilterArgs& a, int members) {
  if (is_narrow<T>(a.windows, a.outputs)) return narrow_filter_bytes<T>(a, members);
  const FilterWorkspace<T> sizes(a, make_plan<T>(a));
  return (sizes.totals + members * sizes.member()) * static_cast<int64_t>(sizeof(T));
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
