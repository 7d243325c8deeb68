#include "cuda/tables.h"

#include <cstring>

#include "core/device_kernels.h"
#include "ops/accumulate/accumulate.h"
#include "ops/accuracy/accuracy.h"
#include "ops/activation/activation.h"
#include "ops/adadelta/adadelta.h"
#include "ops/adagrad/adagrad.h"
#include "ops/adam/adam.h"
#include "ops/adamax/adamax.h"
#include "ops/affine_transform/affine_transform.h"
#include "ops/along/along.h"
#include "ops/attention/attention.h"
#include "ops/batch_norm/batch_norm.h"
#include "ops/bf16_gemm/bf16_gemm.h"
#include "ops/broadcast/broadcast.h"
#include "ops/cast/cast.h"
#include "ops/compare/compare.h"
#include "ops/concatenate/concatenate.h"
#include "ops/conv/conv.h"
#include "ops/copy/copy.h"
#include "ops/count/count.h"
#include "ops/cross_entropy/cross_entropy.h"
#include "ops/cumsum/cumsum.h"
#include "ops/dropout/dropout.h"
#include "ops/fill/fill.h"
#include "ops/ftrl/ftrl.h"
#include "ops/gather/gather.h"
#include "ops/gemm/double_units.h"
#include "ops/gemm/gemm.h"
#include "ops/layer_norm/layer_norm.h"
#include "ops/lion/lion.h"
#include "ops/mean_error/mean_error.h"
#include "ops/moments/moments.h"
#include "ops/nadam/nadam.h"
#include "ops/pad/pad.h"
#include "ops/pick/pick.h"
#include "ops/pool/pool.h"
#include "ops/random/random.h"
#include "ops/recurrent/recurrent.h"
#include "ops/reduce/reduce.h"
#include "ops/rmsprop/rmsprop.h"
#include "ops/schedule/schedule.h"
#include "ops/schedule_free/schedule_free.h"
#include "ops/sgd/sgd.h"
#include "ops/softmax/softmax.h"
#include "ops/sort/sort.h"
#include "ops/update/update.h"
#include "ops/where/where.h"

// Every operation that has kernels is listed here; a test compares the list with the folders.
// clang-format off
#define MARK1_TABLES(f) \
  f(AccumulateKernels, accumulate_kernels) \
  f(AccuracyKernels, accuracy_kernels) \
  f(ActivationKernels, activation_kernels) \
  f(AdadeltaKernels, adadelta_kernels) \
  f(AdagradKernels, adagrad_kernels) \
  f(AdamKernels, adam_kernels) \
  f(AdamaxKernels, adamax_kernels) \
  f(AffineTransformKernels, affine_transform_kernels) \
  f(AlongKernels, along_kernels) \
  f(AttentionKernels, attention_kernels) \
  f(BatchNormKernels, batch_norm_kernels) \
  f(NarrowGemmKernels, bf16_gemm_kernels) \
  f(BroadcastKernels, broadcast_kernels) \
  f(CastKernels, cast_kernels) \
  f(CompareKernels, compare_kernels) \
  f(ConcatenateKernels, concatenate_kernels) \
  f(ConvKernels, conv_kernels) \
  f(CopyKernels, copy_kernels) \
  f(CountKernels, count_kernels) \
  f(CrossEntropyKernels, cross_entropy_kernels) \
  f(CumsumKernels, cumsum_kernels) \
  f(DropoutKernels, dropout_kernels) \
  f(NarrowGemmKernels, f16_gemm_kernels) \
  f(FillKernels, fill_kernels) \
  f(FtrlKernels, ftrl_kernels) \
  f(GatherKernels, gather_kernels) \
  f(GemmKernels, gemm_kernels) \
  f(LayerNormKernels, layer_norm_kernels) \
  f(LionKernels, lion_kernels) \
  f(MeanErrorKernels, mean_error_kernels) \
  f(MomentsKernels, moments_kernels) \
  f(NadamKernels, nadam_kernels) \
  f(PadKernels, pad_kernels) \
  f(PickKernels, pick_kernels) \
  f(PoolKernels, pool_kernels) \
  f(RandomKernels, random_kernels) \
  f(RecurrentKernels, recurrent_kernels) \
  f(ReduceKernels, reduce_kernels) \
  f(RmspropKernels, rmsprop_kernels) \
  f(ScheduleFreeKernels, schedule_free_kernels) \
  f(ScheduleKernels, schedule_kernels) \
  f(SgdKernels, sgd_kernels) \
  f(SoftmaxKernels, softmax_kernels) \
  f(SortKernels, sort_kernels) \
  f(UpdateKernels, update_kernels) \
  f(WhereKernels, where_kernels)
// Of operations that have a table for a further precision or unit.
#define MARK1_PRECISIONS(f) \
  f(NarrowGemmKernels, tf32_gemm_kernels) \
  f(DoubleUnitsKernels, double_units_kernels)
// clang-format on

namespace mark1 {
namespace cuda {

#define MARK1_DECLARE(Table, table) extern const Table table;
MARK1_TABLES(MARK1_DECLARE)
extern const DeviceKernels device_kernels;
MARK1_PRECISIONS(MARK1_DECLARE)

}  // namespace cuda

namespace gpu {
namespace {

struct Named {
  const char* name;
  size_t bytes;
  const void* table;
};

#define MARK1_ENTRY(Table, table) {#table, sizeof(Table), &cuda::table},
constexpr Named entries[] = {MARK1_TABLES(MARK1_ENTRY) MARK1_PRECISIONS(MARK1_ENTRY)
                                 MARK1_ENTRY(DeviceKernels, device_kernels)};

}  // namespace

const void* kernel_table(const char* name, size_t bytes) {
  for (const Named& entry : entries) {
    if (entry.bytes == bytes && std::strcmp(entry.name, name) == 0) return entry.table;
  }
  return nullptr;
}

}  // namespace gpu
}  // namespace mark1
