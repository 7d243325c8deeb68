// Activations on a device, packet by packet (cuda/packets.h). Bound by memory where the formula
// takes fewer than some 50 instructions per element: beyond, arithmetic takes longer.
#include "cuda/packets.h"
#include "ops/activation/loops.h"

namespace mark1::cuda {
namespace {

// A light formula waits for memory, and so should have much on the way; packets of a heavy one are
// code and registers.
constexpr int packets_for(double cost) {
  return cost < 0.2 ? 4 : 1;
}

template <class T>
MARK1_DEVICE inline gpu::Operand<T> operand(const void* data) {
  return {static_cast<const T*>(data)};
}

template <class A, class T>
struct Forward {
  static constexpr bool alone = true;
  static constexpr int packets = packets_for(A::cost), share = packets * gpu::packet_of<T>;
  using Args = ActivationArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const auto parameters = broadcast_parameters<Vec<T>>(args.parameters);
    gpu::map<packets>(
        block, args.n, static_cast<T*>(args.out),
        [&](T x) { return A::value(Vec<T>(x), parameters).v; }, operand<T>(args.saved));
  }
};

template <class A, class T>
struct Backward {
  static constexpr bool alone = true;
  static constexpr int packets = (packets_for(A::slope_cost) + 1) / 2;
  static constexpr int share = packets * gpu::packet_of<T>;
  using Args = ActivationArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const auto parameters = broadcast_parameters<Vec<T>>(args.parameters);
    gpu::map<packets>(
        block, args.n, static_cast<T*>(args.out),
        [&](T saved, T dy) { return (Vec<T>(dy) * A::slope(Vec<T>(saved), parameters)).v; },
        operand<T>(args.saved), operand<T>(args.dy));
  }
};

template <class A, class T>
struct Second {
  static constexpr bool alone = true;
  static constexpr int packets = 1, share = gpu::packet_of<T>;
  using Args = ActivationArgs;

  static MARK1_DEVICE void run(const Args& args, const gpu::Block& block) {
    const auto parameters = broadcast_parameters<Vec<T>>(args.parameters);
    gpu::map<packets>(
        block, args.n, static_cast<T*>(args.out),
        [&](T saved, T dy, T g) {
          return (Vec<T>(g) * Vec<T>(dy) * A::bend(Vec<T>(saved), parameters)).v;
        },
        operand<T>(args.saved), operand<T>(args.dy), operand<T>(args.g));
  }
};

template <class Body>
void queue_map(const void* bytes, const Team& team) {
  const auto& args = *static_cast<const ActivationArgs*>(bytes);
  gpu::queue_map<Body>(args, args.n, team.sync);
}

template <class A>
constexpr ActivationEntry make_entry() {
  return {A::name,
          A::over_y,
          A::cost,
          A::slope_cost,
          {{&queue_map<Forward<A, float>>}, {&queue_map<Forward<A, double>>}},
          {{&queue_map<Backward<A, float>>}, {&queue_map<Backward<A, double>>}},
          {{&queue_map<Second<A, float>>}, {&queue_map<Second<A, double>>}},
          {nullptr, nullptr}};  // see epilogue.h
}

#define MARK1_ENTRY(name) make_entry<name>(),
constexpr ActivationEntry entries[] = {MARK1_ACTIVATIONS(MARK1_ENTRY)};
#undef MARK1_ENTRY

}  // namespace

extern const ActivationKernels activation_kernels;
const ActivationKernels activation_kernels = {entries, int(sizeof(entries) / sizeof(entries[0]))};

}  // namespace mark1::cuda
