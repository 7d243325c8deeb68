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

// Few queries would leave most of a device idle.
template <class T>
bool splits_keys(const AttentionArgs& a) {
  return a.queries <= kSplitQueries && a.keys > (kSplitBlocks - 1) * kSide && a.value_depth > 0 &&
         AttentionForward<T, 1>::blocks(a) <= gpu::room().blocks;
}

template <class T>
void queue_split(const AttentionArgs& a, void* stream) {
  const SplitArgs<T> args(a);
  const int64_t queries = a.batch * a.heads * a.queries, pairs = queries * args.blocks;
  gpu::queue<SplitScores<T>>(args, {pairs, kSide, SplitScores<T>::shared_bytes}, stream);
  gpu::queue<SplitSums<T>>(args, {pairs, kSplitThreads, SplitSums<T>::shared_bytes}, stream);
  gpu::queue<SplitOutputs<T>>(args, threads_for(queries * a.value_depth), stream);
}

template <class T>
void queue_forward(const void* bytes, const Team& team) {
  using Large = AttentionForward<T, 4>;
  using Small = AttentionForward<T, 1>;
  const auto& a = *static_cast<const AttentionArgs*>(bytes);
  if (splits_keys<T>(a)) return queue_split<T>(a, team.sync);
  // Too few blocks of 64 queries leave much of a device idle: then they are cut in four.
  if (Large::blocks(a) < 2 * gpu::room().blocks) {
    queue_blocks<Small>(a, Small::blocks(a), team.sync);
  } else {
    queue_blocks<Large>(a, Large::blocks(a), team.sync);
  }
}

template <class T>
void queue_backward(const void* bytes, const Team& team) {
  const auto& a = *static_cast<const AttentionArgs*>(bytes);
  gpu::queue<AttentionMeans<T>>(a, threads_for(a.batch * a.heads * a.queries), team.sync);
  const auto blocks = [](int64_t n) { return (n + kSide - 1) / kSide; };
  const int64_t of_keys = a.batch * a.groups * blocks(a.keys);
  const int64_t of_queries = a.batch * a.heads * blocks(a.queries);
  if (of_keys > 0) queue_blocks<KeyGradients<T>>(a, of_keys, team.sync);
  if (of_queries > 0) queue_blocks<QueryGradients<T>>(a, of_queries, team.sync);
}

// Backward: a number for each query.
int64_t workspace_bytes(const AttentionArgs& a, bool backward, int64_t item) {
  if (backward) return a.batch * a.heads * a.queries * item;
  return splits_keys<float>(a) ? SplitArgs<float>::elements(a) * item : 0;
}

}  // namespace

extern const AttentionKernels attention_kernels;
const AttentionKernels attention_kernels = {
    {{&queue_forward<float>}, {&queue_forward<double>}},
    {{&queue_backward<float>}, {&queue_backward<double>}},
    &workspace_bytes,
};

}  // namespace mark1::cuda
