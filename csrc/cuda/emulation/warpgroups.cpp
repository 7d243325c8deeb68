// Matrix units of warpgroups of the emulation.
#include "cuda/warpgroups.h"

#include <cstring>
#include <limits>

#include "cuda/emulation/cluster.h"
#include "cuda/emulation/fault.h"
#include "cuda/emulation/matrix_units.h"

namespace mark1::gpu {
namespace {

// The fields of an operand (PTX ISA, "Matrix descriptor format").
struct Descriptor {
  uint32_t first, leading, stride;

  explicit Descriptor(uint64_t bits)
      : first(field(bits, 0)), leading(field(bits, 16)), stride(field(bits, 32)) {
    constexpr uint64_t kSwizzle128 = 1;
    if (bits >> 62 != kSwizzle128) wrong("an operand that is not in boxes");
    if ((bits >> 49 & 7) != 0) wrong("an operand with a base offset");
  }
  static uint32_t field(uint64_t bits, int from) {
    return static_cast<uint32_t>(bits >> from & 0x3fff) << 4;
  }

  // The number in line l, a row of a or column of b, and term k of 16. Along terms eight lines of
  // 128 bytes are a group; across them eight terms are, for 64 lines.
  uint16_t number(bool across, uint32_t l, uint32_t k) const {
    uint32_t at = first;
    at += across ? l / 64 * leading + k / 8 * stride + k % 8 * 128 + l % 64 * 2
                 : l / 8 * stride + l % 8 * 128 + k * 2;
    at ^= (at >> 7 & 7) << 4;
    uint16_t bits;
    std::memcpy(&bits, shared_place(at, sizeof(bits)), sizeof(bits));
    return bits;
  }
};

void read_operands(WarpOperands& to, const GroupProductOf& product, uint64_t number) {
  if (to.number == number) {
    if (to.a_operand != product.a || to.b_operand != product.b) {
      wrong("threads of a warp name different operands");
    }
    return;
  }
  to.number = number;
  to.a_operand = product.a;
  to.b_operand = product.b;
  const Descriptor a(product.a), b(product.b);
  const auto first_row = static_cast<uint32_t>(Fibers::running().thread()) / 32 % 4 * 16;
  for (uint32_t k = 0; k < 16; ++k) {
    for (uint32_t row = 0; row < 16; ++row) {
      to.a[row][k] = product.number(a.number(product.across_a, first_row + row, k));
    }
    // Lane t of four has columns 8 j + 2 t and the next.
    for (uint32_t column = 0; column < 256; ++column) {
      to.b[column / 2 % 4][k][column / 8 * 2 + column % 2] =
          product.number(b.number(product.across_b, column, k));
    }
  }
}

void make(OpenProducts& thread, const GroupProductOf& product) {
  static const bool wrong = units_fault() == "wgmma";
  WarpOperands& operands = Cluster::running().operands(thread.made);
  read_operands(operands, product, thread.made++);
  const int g = lane() / 4, t = lane() % 4;
  for (int half = 0; half < 2; ++half) {
    double sums[64];
    for (int c = 0; c < 64; ++c) {
      sums[c] = product.add ? thread.saved[static_cast<size_t>(c / 2 * 4 + 2 * half + c % 2)] : 0;
    }
    for (int k = 0; k < 16; ++k) {
      const double left = operands.a[g + 8 * half][k];
      for (int c = 0; c < 64; ++c) sums[c] += left * operands.b[t][k][c];
    }
    for (int c = 0; c < 64; ++c) {
      thread.saved[static_cast<size_t>(c / 2 * 4 + 2 * half + c % 2)] = cut(sums[c]);
    }
  }
  if (wrong) thread.saved[0] += 1;
}

}  // namespace

void multiply_group(float (&sums)[128], const GroupProductOf& product) {
  OpenProducts& thread = Cluster::running().products();
  if (!thread.may_begin) wrong("products begin before sums are open to them");
  if (thread.open.empty()) {
    thread.sums = sums;
    std::memcpy(thread.saved.data(), sums, sizeof(sums));
  }
  if (thread.sums != sums) wrong("products of one group have different sums");
  for (float& sum : sums) sum = std::numeric_limits<float>::quiet_NaN();
  thread.open.push_back({product, thread.groups});
}

void open_products() {
  Cluster::running().products().may_begin = true;
}

void close_products() {
  OpenProducts& thread = Cluster::running().products();
  ++thread.groups;
  thread.may_begin = false;
}

// A warp's threads wait together, and know that all of it has come.
void await_products(int open) {
  sync_warp();
  OpenProducts& thread = Cluster::running().products();
  size_t waiting = 0;
  for (const OpenProducts::One& one : thread.open) {
    if (one.group + static_cast<uint64_t>(open) >= thread.groups) {
      thread.open[waiting++] = one;
    } else {
      make(thread, one.product);
    }
  }
  thread.open.resize(waiting);
  if (thread.sums && waiting == 0) {
    std::memcpy(thread.sums, thread.saved.data(), sizeof(thread.saved));
    thread.sums = nullptr;
  }
  sync_warp();
}

}  // namespace mark1::gpu
