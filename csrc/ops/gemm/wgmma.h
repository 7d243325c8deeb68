// Products of 16 bits by Hopper's units (wgmma): what the kernel of all devices (matrix_units.cuh)
// asks before it makes a product itself. The kernels are in a file of their own, which is built for
// sm_90a alone.
#pragma once

#include "ops/gemm/narrow.h"

namespace mark1::cuda {

enum class NarrowNumber { kBFloat16, kHalf };

// Sums of `terms` terms per part; several blocks that share rows of b's tile are a cluster.
struct WarpgroupProduct {
  NarrowGemmArgs product;
  NarrowNumber number;
  int64_t parts, terms;  // of k; a whole number of steps, but of the last
  bool to_workspace;     // parts, which something else adds up and ends
  int cluster;           // 1 or 2 blocks
  int64_t blocks;        // at most, in whole clusters
  uint32_t* gave_up;     // where a kernel on trial says that it waited in vain; else null
};

inline constexpr int kWarpgroupRows = 128, kWarpgroupColumns = 256, kWarpgroupDepth = 64;

// Whether operands lie as the copy engine takes them.
bool fits_warpgroups(const GemmArgs& g);
// Whether the kernel applies such an activation itself.
bool ends_in_warpgroups(GemmActivation activation);
// Queues the product; false if the copy engine refuses an operand.
bool queue_warpgroups(const WarpgroupProduct& product, const void* stream);

// Whether the device in use has such units and they have passed their trial, a few products that
// are made when this is first asked: not while a graph is written down. MARK1_MATRIX_UNITS=mma in
// the environment is always no.
bool try_warpgroups();
// The same without a trial.
bool warpgroups_passed();
// Whether MARK1_MATRIX_UNITS=wgmma asks for them wherever operands allow it, as tests do.
bool only_warpgroups();
// For the description of a device; empty before the trial, and where there are no such units.
const char* warpgroups_state(int device);

}  // namespace mark1::cuda
