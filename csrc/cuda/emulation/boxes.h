// The copy engine and its barriers on the processor. A barrier's state is in its 8 bytes of shared
// memory. Where a box goes there is NaN from the moment it is asked for; it comes when nobody in
// the cluster can go on without, one box at a time, in any order.
#pragma once

#include "cuda/emulation/block.h"

namespace mark1::gpu {

struct TensorMap {
  BoxSource source;
};
bool make_map(TensorMap& map, const BoxSource& source);

// Where memory lies in its block's shared memory, counted from what is no multiple of 1,024.
uint32_t shared_address(const void* memory);

void make_barrier(uint64_t* barrier, uint32_t arrivals);
inline void publish_barriers() {}
void arrive_expecting(uint64_t* barrier, uint32_t bytes);
void arrive_at(uint64_t* barrier, uint32_t block);
// Whoever waits in vain is found by the scheduler.
void await_phase(uint64_t* barrier, uint32_t parity, uint32_t* gave_up);

inline void fetch_map(const TensorMap&) {}
void copy_box_to_all(const TensorMap& map, void* to, uint64_t* barrier, int x, int y, int z,
                     uint16_t blocks);
void copy_box(const TensorMap& map, void* to, uint64_t* barrier, int x, int y, int z);

}  // namespace mark1::gpu
