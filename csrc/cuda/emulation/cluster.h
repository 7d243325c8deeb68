// A cluster of blocks of the emulation that is running.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "cuda/boxes.h"
#include "cuda/emulation/fibers.h"
#include "cuda/emulation/warpgroups.h"

namespace mark1::gpu {

// Products that a thread has asked for and not awaited.
struct OpenProducts {
  struct One {
    GroupProductOf product;
    uint64_t group;
  };
  std::vector<One> open;
  uint64_t groups = 0, made = 0;  // groups that were closed, products that were made
  float* sums = nullptr;          // the thread's, while saved[] stands for them
  std::array<float, 128> saved;
  bool may_begin = false;
};

// Operands of products that a warp makes: 16 rows of a, and b by the lanes that need its columns.
struct WarpOperands {
  uint64_t number = UINT64_MAX;  // of the product
  uint64_t a_operand = 0, b_operand = 0;
  float a[16][16];
  float b[4][16][64];
};

class Cluster {
 public:
  Cluster(const Work& work, int size, const void* args);

  // Runs the blocks of one cluster.
  void run(int64_t index, uint64_t order);

  static Cluster& running();
  // The running thread's block, and what it has there.
  uint32_t rank() const;
  int size() const { return static_cast<int>(blocks_.size()); }
  void meet();
  unsigned char* shared(uint32_t rank) { return static_cast<unsigned char*>(block(rank).shared()); }
  OpenProducts& products();
  WarpOperands& operands(uint64_t number);

  // Boxes under way: to one block, and its barrier.
  struct Box {
    TensorMap map;
    uint32_t rank, to, barrier;  // places in shared memory
    int place[3];
  };
  void send(const Box& box);
  int64_t shared_bytes() const { return work_.shape.shared_bytes; }

 private:
  Fibers& block(uint32_t rank) { return *blocks_[rank].fibers; }
  bool deliver(uint64_t order);

  static constexpr size_t kKept = 8;  // products of a warp whose operands are kept
  struct Member {
    std::unique_ptr<Fibers> fibers;
    std::vector<OpenProducts> products;  // per thread
    std::vector<WarpOperands> operands;  // kKept per warp
  };
  Work work_;
  std::vector<Member> blocks_;
  std::vector<Box> under_way_;
  uint32_t come_ = 0;
};

// What a barrier's 8 bytes hold.
struct Phase {
  uint16_t missing, arrivals;  // that it waits for, of how many
  int32_t bytes : 31;          // that it waits for; fewer than none if they came early
  uint32_t parity : 1;

  static Phase of(const uint64_t* barrier);
  // Leaves this, or the next phase if nothing is missing.
  void leave(uint64_t* barrier);
};
static_assert(sizeof(Phase) == sizeof(uint64_t));

// What lies in the running block's shared memory, by shared_address().
const unsigned char* shared_place(uint32_t address, uint32_t bytes);

// Says what a kernel does wrong, and ends the program.
[[noreturn]] void wrong(const char* what);

}  // namespace mark1::gpu
