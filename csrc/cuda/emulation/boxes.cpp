// The copy engine of the emulation, and the barriers at which boxes arrive.
#include "cuda/boxes.h"

#include <cstring>

#include "cuda/emulation/cluster.h"
#include "cuda/emulation/order.h"

namespace mark1::gpu {
namespace {

// Shared memory begins here in its window, so that kernels have to look for what is aligned.
constexpr uint32_t kWindow = 1024 + 16;

bool phase_is_over(const void* barrier, uint32_t parity) {
  return Phase::of(static_cast<const uint64_t*>(barrier)).parity != parity;
}

unsigned char* place(Cluster& cluster, uint32_t rank, uint32_t address, uint32_t bytes) {
  const uint32_t at = address - kWindow;
  if (at + bytes > cluster.shared_bytes()) wrong("an address outside of shared memory");
  return cluster.shared(rank) + at;
}

uint64_t* barrier_at(Cluster& cluster, uint32_t rank, uint32_t address) {
  return reinterpret_cast<uint64_t*>(place(cluster, rank, address, sizeof(uint64_t)));
}

void arrive(uint64_t* barrier, uint32_t bytes) {
  Phase phase = Phase::of(barrier);
  if (phase.arrivals == 0) wrong("an arrival at what is no barrier");
  if (phase.missing == 0) wrong("more arrivals at a barrier than it was made for");
  --phase.missing;
  phase.bytes += static_cast<int32_t>(bytes);
  phase.leave(barrier);
}

// Units of 16 bytes change places within 1,024 bytes: bits 4 to 6 of an address by bits 7 to 9.
uint32_t swizzled(uint32_t address) {
  return address ^ (address >> 7 & 7) << 4;
}

}  // namespace

Phase Phase::of(const uint64_t* barrier) {
  Phase phase;
  std::memcpy(&phase, barrier, sizeof(phase));
  return phase;
}

void Phase::leave(uint64_t* barrier) {
  if (missing == 0 && bytes == 0) {
    missing = arrivals;
    parity ^= 1;
  }
  std::memcpy(barrier, this, sizeof(*this));
}

// What cuTensorMapEncodeTiled refuses.
bool make_map(TensorMap& map, const BoxSource& source) {
  map.source = source;
  for (const uint64_t size : source.size) {
    if (size == 0 || size > uint64_t{1} << 32) return false;
  }
  for (const uint64_t step : source.step) {
    if (step == 0 || step % 16 != 0 || step >= uint64_t{1} << 40) return false;
  }
  return reinterpret_cast<uintptr_t>(source.first) % 16 == 0 && source.lines > 0 &&
         source.lines <= 256;
}

uint32_t shared_address(const void* memory) {
  const auto* first = static_cast<const unsigned char*>(Fibers::running().shared());
  return kWindow + static_cast<uint32_t>(static_cast<const unsigned char*>(memory) - first);
}

const unsigned char* shared_place(uint32_t address, uint32_t bytes) {
  Cluster& cluster = Cluster::running();
  return place(cluster, cluster.rank(), address, bytes);
}

void make_barrier(uint64_t* barrier, uint32_t arrivals) {
  Phase phase = {};
  phase.missing = phase.arrivals = static_cast<uint16_t>(arrivals);
  std::memcpy(barrier, &phase, sizeof(phase));
}

void arrive_expecting(uint64_t* barrier, uint32_t bytes) {
  arrive(barrier, bytes);
}

void arrive_at(uint64_t* barrier, uint32_t block) {
  arrive(barrier_at(Cluster::running(), block, shared_address(barrier)), 0);
}

void await_phase(uint64_t* barrier, uint32_t parity, uint32_t*) {
  if (phase_is_over(barrier, parity)) return;
  Fibers::running().wait_for(&phase_is_over, barrier, parity);
}

void copy_box_to_all(const TensorMap& map, void* to, uint64_t* barrier, int x, int y, int z,
                     uint16_t blocks) {
  Cluster& cluster = Cluster::running();
  for (uint32_t rank = 0; rank < 16; ++rank) {
    if (blocks >> rank & 1) {
      cluster.send({map, rank, shared_address(to), shared_address(barrier), {x, y, z}});
    }
  }
}

void copy_box(const TensorMap& map, void* to, uint64_t* barrier, int x, int y, int z) {
  copy_box_to_all(map, to, barrier, x, y, z, static_cast<uint16_t>(1 << Cluster::running().rank()));
}

void Cluster::send(const Box& box) {
  if (box.rank >= blocks_.size()) wrong("a box for a block that the cluster does not have");
  if (box.to % kBoxAlignment != 0) wrong("a box for a place that is not aligned");
  const uint32_t bytes = box.map.source.lines * kBoxLine;
  std::memset(place(*this, box.rank, box.to, bytes), 0xff, bytes);
  under_way_.push_back(box);
}

bool Cluster::deliver(uint64_t order) {
  if (under_way_.empty()) return false;
  const size_t chosen = order * 2654435761u % under_way_.size();
  const Box box = under_way_[chosen];
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(chosen));
  const BoxSource& source = box.map.source;
  const auto inside = [&](int axis, int64_t at) {
    return at >= 0 && at < static_cast<int64_t>(source.size[axis]);
  };
  for (uint32_t line = 0; line < source.lines; ++line) {
    for (uint32_t i = 0; i < kBoxLine / 2; ++i) {
      const int64_t x = int64_t{box.place[0]} + i, y = int64_t{box.place[1]} + line;
      uint16_t bits = 0;
      if (inside(0, x) && inside(1, y) && inside(2, box.place[2])) {
        const auto at = static_cast<uint64_t>(x) * 2 + static_cast<uint64_t>(y) * source.step[0] +
                        static_cast<uint64_t>(box.place[2]) * source.step[1];
        std::memcpy(&bits, static_cast<const unsigned char*>(source.first) + at, sizeof(bits));
      }
      const uint32_t to = swizzled(box.to + line * kBoxLine + i * 2);
      std::memcpy(place(*this, box.rank, to, 2), &bits, sizeof(bits));
    }
  }
  uint64_t* barrier = barrier_at(*this, box.rank, box.barrier);
  Phase phase = Phase::of(barrier);
  phase.bytes -= static_cast<int32_t>(source.lines * kBoxLine);
  phase.leave(barrier);
  return true;
}

}  // namespace mark1::gpu
