// A matrix product of 16-bit numbers by warpgroups of Hopper.
//
// A grid stays: as many blocks as multiprocessors walk over tiles of 128 x 256 sums. One thread
// has the copy engine bring 64 terms of both operands (48 KB) to each of four stages; two
// warpgroups multiply, 64 rows each, with the products of one stage under way while the next ones
// are queued. Two blocks of a cluster have tiles one below the other: each brings half of b's
// columns to both. Stages of the next tile arrive while a tile's sums are written.
//
// What bounds it: 64 terms of a tile are 1,024 cycles of the units, 2,048 multiply-adds each. In
// those a block of a cluster reads 32 KB from the second-level cache, 32 bytes per cycle; alone it
// would be 48, more than comes.
//
// A stage goes round: free (its barrier `free` has 4 arrivals per warpgroup that reads it, of both
// blocks, since either writes to both) - filling (`full` has one arrival, which expects 48 KB) -
// read by the units, whose end every warp awaits before it says so. Nobody but the copy engine
// writes operands and nobody but the units reads them, so that no fence between the two is missing.
#pragma once

#include "cuda/clusters.h"
#include "ops/gemm/wgmma_results.cuh"

namespace mark1::cuda {
namespace {

template <class NumberFormat, bool kAcrossA, bool kAcrossB>
struct GroupProduct {
  using Args = GroupArgs;
  using Format = NumberFormat;
  static constexpr int rows = kWarpgroupRows, columns = kWarpgroupColumns;
  static constexpr int depth = kWarpgroupDepth, stages = 4, group = 128;
  static constexpr int readers = rows / 64, most_threads = group * (1 + readers);
  static constexpr int line = gpu::kBoxLine, box = 64 * line;  // 64 lines
  static constexpr int a_bytes = rows * line, b_bytes = columns * line;
  static constexpr int stage_bytes = a_bytes + b_bytes;
  static constexpr int64_t shared_bytes =
      gpu::kBoxAlignment + stages * (stage_bytes + 2 * int64_t{sizeof(uint64_t)});

  // What the threads of a block have in common.
  struct Shared {
    unsigned char* operands;
    uint64_t *full, *free;
    MARK1_DEVICE unsigned char* a(int stage) const { return operands + stage * stage_bytes; }
    MARK1_DEVICE unsigned char* b(int stage) const { return a(stage) + a_bytes; }
  };
  // Stages follow one another, and after the last the first in its next phase.
  struct Turn {
    int stage = 0;
    uint32_t parity = 0;
    MARK1_DEVICE void next() {
      if (++stage < stages) return;
      stage = 0;
      parity ^= 1;
    }
  };

  static MARK1_DEVICE GroupItem item(const Args& args, int64_t index) {
    const WarpgroupProduct& job = args.job;
    const GemmArgs& g = job.product.gemm;
    // Clusters that run at a time make a square of tiles: eight rows of them, column after column.
    const auto down = static_cast<uint32_t>(args.tile_rows);
    const auto across = static_cast<uint32_t>(args.tile_columns);
    const auto count = static_cast<uint32_t>(g.batch.count);
    const uint32_t band = 8, at = static_cast<uint32_t>(index), tile = at % (down * across);
    const uint32_t matrix = at / (down * across), top = tile / (band * across) * band;
    const uint32_t within = tile % (band * across), high = down - top < band ? down - top : band;
    const int64_t part = matrix / count, first = part * job.terms;
    const int64_t terms = job.terms < g.k - first ? job.terms : g.k - first;
    return {static_cast<int>((top + within % high) * rows) * job.cluster,
            static_cast<int>(within / high) * columns,
            static_cast<int>(first),
            static_cast<int>((terms + depth - 1) / depth),
            matrix % count,
            part};
  }

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const auto cluster = static_cast<uint32_t>(args.job.cluster), rank = gpu::cluster_rank();
    auto* memory = block.shared<unsigned char>();
    memory += (0 - gpu::shared_address(memory)) & (gpu::kBoxAlignment - 1);
    auto* barriers = reinterpret_cast<uint64_t*>(memory + stages * stage_bytes);
    const Shared shared = {memory, barriers, barriers + stages};
    if (block.thread() == 0) {
      for (int s = 0; s < stages; ++s) {
        gpu::make_barrier(shared.full + s, 1);
        gpu::make_barrier(shared.free + s, cluster * readers * (group / 32));
      }
      gpu::publish_barriers();
    }
    gpu::meet_cluster();
    const int64_t clusters = block.blocks() / cluster, mine = block.index() / cluster;
    if (block.thread() < group) {
      gpu::keep_registers<40>();
      if (block.thread() == 0) fill(args, shared, rank, mine, clusters);
    } else {
      gpu::take_registers<232>();
      read(args, shared, rank, mine, clusters, block.thread() - group);
    }
    // Nobody leaves while the other block may still signal here, or write.
    gpu::meet_cluster();
  }

  // One thread: the copies of all stages.
  static MARK1_DEVICE void fill(const Args& args, const Shared& shared, uint32_t rank, int64_t mine,
                                int64_t clusters) {
    const WarpgroupProduct& job = args.job;
    const GemmArgs& g = job.product.gemm;
    const int64_t items = args.tile_rows * args.tile_columns * g.batch.count * job.parts;
    gpu::fetch_map(args.a);
    gpu::fetch_map(args.b);
    Turn turn;
    for (int64_t index = mine; index < items; index += clusters) {
      const GroupItem it = item(args, index);
      const int a_matrix = args.a_steps ? static_cast<int>(it.matrix) : 0;
      const int b_matrix = args.b_steps ? static_cast<int>(it.matrix) : 0;
      const int row = it.row + static_cast<int>(rank) * rows;
      for (int step = 0; step < it.steps; ++step, turn.next()) {
        const int stage = turn.stage, k = it.first + step * depth;
        uint64_t* full = shared.full + stage;
        gpu::await_phase(shared.free + stage, turn.parity ^ 1, job.gave_up);
        gpu::arrive_expecting(full, stage_bytes);
        if constexpr (kAcrossA) {
          gpu::copy_box(args.a, shared.a(stage), full, row, k, a_matrix);
          gpu::copy_box(args.a, shared.a(stage) + box, full, row + 64, k, a_matrix);
        } else {
          gpu::copy_box(args.a, shared.a(stage), full, k, row, a_matrix);
        }
        for (int half = 0; half < 2; ++half) {
          if (job.cluster == 2 && half != static_cast<int>(rank)) continue;
          fill_b(args, shared.b(stage) + half * 2 * box, full, it.column + half * (columns / 2), k,
                 b_matrix);
        }
      }
    }
  }
  // Half of b's columns.
  static MARK1_DEVICE void fill_b(const Args& args, unsigned char* to, uint64_t* full, int column,
                                  int k, int matrix) {
    for (int i = 0; i < (kAcrossB ? 2 : 1); ++i) {
      const int x = kAcrossB ? column + i * 64 : k, y = kAcrossB ? k : column;
      if (args.job.cluster == 2) {
        gpu::copy_box_to_all(args.b, to + i * box, full, x, y, matrix, 3);
      } else {
        gpu::copy_box(args.b, to + i * box, full, x, y, matrix);
      }
    }
  }
  // A warpgroup: the sums of 64 rows.
  static MARK1_DEVICE void read(const Args& args, const Shared& shared, uint32_t rank, int64_t mine,
                                int64_t clusters, int thread) {
    const WarpgroupProduct& job = args.job;
    const int64_t items =
        args.tile_rows * args.tile_columns * job.product.gemm.batch.count * job.parts;
    const int of_block = thread / group * 64, warp = thread % group / 32;
    // What begins 16 terms further on, in units of 16 bytes as operands have it.
    constexpr uint64_t kStage = stage_bytes / 16;
    constexpr uint64_t a_next = (kAcrossA ? 16 * line : 32) / 16;
    constexpr uint64_t b_next = (kAcrossB ? 16 * line : 32) / 16;
    const uint32_t operands = gpu::shared_address(shared.operands);
    const uint64_t a = gpu::unit_operand(operands + thread / group * box, box);
    const uint64_t b = gpu::unit_operand(operands + a_bytes, box);
    // Every warp tells both blocks, each by one of its threads.
    const auto release = [&](int stage) {
      if (gpu::lane() < job.cluster) {
        gpu::arrive_at(shared.free + stage, static_cast<uint32_t>(gpu::lane()));
      }
    };
    float sums[128];
    Turn turn;
    for (int64_t index = mine; index < items; index += clusters) {
      const GroupItem it = item(args, index);
      int last = 0;
      for (int step = 0; step < it.steps; ++step, turn.next()) {
        const uint64_t stage = static_cast<uint64_t>(turn.stage) * kStage;
        gpu::await_phase(shared.full + turn.stage, turn.parity, job.gave_up);
        gpu::open_products();
#pragma unroll
        for (uint64_t i = 0; i < depth / 16; ++i) {
          multiply(sums, a + stage + i * a_next, b + stage + i * b_next, step > 0 || i > 0);
        }
        gpu::close_products();
        gpu::await_products<1>();  // those of the stage before have been made
        if (step > 0) release(last);
        last = turn.stage;
      }
      gpu::await_products<0>();
      gpu::hold(sums);
      release(last);
      const int row = it.row + static_cast<int>(rank) * rows + of_block + warp * 16;
      write_sums<Format>(args, it, row, sums);
    }
  }
  static MARK1_DEVICE void multiply(float (&sums)[128], uint64_t a, uint64_t b, bool add) {
    if constexpr (__is_same(Format, Bf16Format)) {
      gpu::multiply_group_bf16<kAcrossA, kAcrossB>(sums, a, b, add);
    } else {
      gpu::multiply_group_f16<kAcrossA, kAcrossB>(sums, a, b, add);
    }
  }
};

}  // namespace
}  // namespace mark1::cuda
