// attention on a device: blocks of 64 keys that pass by blocks of queries.
#include "ops/attention/backward.cuh"
#include "ops/attention/forward.cuh"
#include "ops/attention/split.cuh"

namespace mark1::cuda {
namespace {

template <class Body>
void queue_blocks(const typename Body::Args& args, int64_t blocks, void* stream) {
  gpu::queue<Body>(args, {blocks, kThreads, Body::shared_bytes}, stream);
}

// Few queries would leave most of a tile idle, if not most of a device.
bool splits_keys(const AttentionArgs& a) {
  return a.queries <= kSplitQueries && a.keys > (kSplitBlocks - 1) * kSide && a.value_depth > 0;
}

template <class T>
void queue_split(const AttentionArgs& a, void* stream) {
  const SplitArgs<T> args(a);
  const int64_t heads = a.batch * a.heads, blocks = heads * args.blocks;
  const int64_t outputs = heads * a.queries * SplitOutputs<T>::across(a);
  gpu::queue<SplitScores<T>>(args, {blocks, kSplitThreads, SplitScores<T>::shared_bytes}, stream);
  gpu::queue<SplitSums<T>>(args, {blocks, kSplitThreads, SplitSums<T>::shared_bytes}, stream);
  gpu::queue<SplitOutputs<T>>(args, {outputs, kSplitThreads, SplitOutputs<T>::shared_bytes},
                              stream);
}

template <class T>
void queue_forward(const void* bytes, const Team& team) {
  // Of doubles a thread has no registers for 8 x 4.
  using Larger = AttentionForward<T, sizeof(T) == 4 ? 8 : 4>;
  using Large = AttentionForward<T, 4>;
  using Small = AttentionForward<T, 1>;
  const auto& a = *static_cast<const AttentionArgs*>(bytes);
  if (splits_keys(a)) return queue_split<T>(a, team.sync);
  // Too few blocks of 128 or 64 queries leave much of a device idle: then they are of 64 or 16.
  const int64_t wanted = 2 * gpu::room().blocks;
  if (Larger::blocks(a) >= wanted) {
    queue_blocks<Larger>(a, Larger::blocks(a), team.sync);
  } else if (Large::blocks(a) >= wanted) {
    queue_blocks<Large>(a, Large::blocks(a), team.sync);
  } else {
    queue_blocks<Small>(a, Small::blocks(a), team.sync);
  }
}

template <class T>
void queue_backward(const void* bytes, const Team& team) {
  const auto& a = *static_cast<const AttentionArgs*>(bytes);
  gpu::queue<AttentionMeans<T>>(a, threads_for(a.batch * a.heads * a.queries * 32), team.sync);
  const auto blocks = [](int64_t n) { return (n + kSide - 1) / kSide; };
  const int64_t of_keys = a.batch * a.groups * blocks(a.keys);
  const int64_t of_queries = a.batch * a.heads * blocks(a.queries);
  if (of_keys > 0) queue_blocks<KeyGradients<T>>(a, of_keys, team.sync);
  if (of_queries > 0) queue_blocks<QueryGradients<T>>(a, of_queries, team.sync);
}

// Backward: a number for each query.
int64_t workspace_bytes(const AttentionArgs& a, bool backward, int64_t item) {
  if (backward) return a.batch * a.heads * a.queries * item;
  return splits_keys(a) ? SplitArgs<float>::elements(a) * item : 0;
}

}  // namespace

extern const AttentionKernels attention_kernels;
const AttentionKernels attention_kernels = {
    {{&queue_forward<float>}, {&queue_forward<double>}},
    {{&queue_backward<float>}, {&queue_backward<double>}},
    &workspace_bytes,
};

}  // namespace mark1::cuda
