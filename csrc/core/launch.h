// The one way to call a kernel. Everything that must see every launch - choice of the team,
// floating-point environment, the lock of the interpreter, verbose output - hangs here.
#pragma once

#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <vector>

#include "core/isa.h"
#include "core/kernel.h"
#include "core/tensor.h"

namespace mark1 {

// Operands of one launch, seen for as long as it lasts: `{&x, &y}` or a vector's worth.
class TensorList {
 public:
  // The braces' array outlives the call that takes the list.
  TensorList(std::initializer_list<const Tensor*> tensors)
      : first_(std::data(tensors)), size_(tensors.size()) {}
  TensorList(const std::vector<const Tensor*>& tensors)
      : first_(tensors.data()), size_(tensors.size()) {}

  const Tensor* const* begin() const { return first_; }
  const Tensor* const* end() const { return first_ + size_; }
  size_t size() const { return size_; }

 private:
  const Tensor* const* first_;
  size_t size_;
};

struct LaunchLimits {
  int most_members = 0;  // of the team; 0: any number
  // An update in place must be over before another thread can ask for the value.
  bool keep_interpreter = false;
};

// A check looks at what kernels have found, and throws if that must be refused.
enum class LaunchKind : uint8_t { kKernel, kCheck };

// A launch as an observer sees it. Arguments are plain bytes: copied, they can be launched again.
struct Launch {
  const char* op;
  void (*run)(const void* args, const Team& team);
  const void* args;
  size_t args_size;
  double work;  // estimated nanoseconds on one thread
  TensorList inputs;
  TensorList outputs;
  LaunchLimits limits;
  void (*clear_padding)(void* args);  // so that equal arguments have equal bytes
  LaunchKind kind = LaunchKind::kKernel;
};

void launch(const Launch& call);

template <class Args>
void clear_padding(void* args) {
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
  __builtin_clear_padding(static_cast<Args*>(args));
#endif
#endif
  (void)args;
}

// `work` decides the size of the team; outputs must be allocated. Operands are named so that
// whoever observes launches knows which storage they read and write. An op with scratch memory per
// member says for how many: another thread may raise the number of threads in between.
template <class Args>
void launch(const char* op, Kernel<Args> kernel, const Args& args, double work, TensorList inputs,
            TensorList outputs, LaunchLimits limits = {}) {
  static_assert(std::is_trivially_copyable_v<Args>, "kernel arguments are copied as bytes");
  launch(Launch{op, kernel.run, &args, sizeof(Args), work, inputs, outputs, limits,
                &clear_padding<Args>});
}

// What the arguments of every check begin with.
struct Check {
  void (*refuse)(const void* args, int64_t place, const void* value);  // throws
  const void* values;
  const int64_t* wrong;  // the place of the first bad value; -1 if there is none
  int64_t value_size;
};

// Calls the check's refuse() if need be, for values on the CPU.
void run_check(const void* args, const Team& team);

// Refuses values by throwing, such as class numbers out of range: if a kernel has left in `wrong`
// (int64, one element) that there is a bad one, refuse(args, place, value) throws. That happens
// now, and a recorded program does it again at this place of every step, before anything later. A
// program on a device does not wait for the answer: nothing after the check writes a variable, and
// the error is raised when the host next waits.
template <class Args>
void launch_check(const char* op, void (*refuse)(const Args&, int64_t place, const void* value),
                  const Args& args, const Tensor& values, const Tensor& wrong) {
  static_assert(std::is_trivially_copyable_v<Args>, "check arguments are copied as bytes");
  struct Checked {
    Check check;
    void (*refuse)(const Args&, int64_t place, const void* value);
    Args args;
  };
  const auto unpack = [](const void* bytes, int64_t place, const void* value) {
    const auto& it = *static_cast<const Checked*>(bytes);
    it.refuse(it.args, place, value);
  };
  const auto size = static_cast<int64_t>(item_size(values.dtype()));
  const Checked checked = {
      {unpack, values.data(), static_cast<const int64_t*>(wrong.data()), size}, refuse, args};
  launch(Launch{op,
                &run_check,
                &checked,
                sizeof(Checked),
                0,
                {&values, &wrong},
                {},
                {.most_members = 1},
                &clear_padding<Checked>,
                LaunchKind::kCheck});
}

// Largest team a launch of this much work would get: ops that need scratch memory per member ask.
int team_size(double work);
// Least work that a member of a team must have; 0 restores the default. Tests set it to almost
// nothing, so that arrays of a few elements are cut at every place a large one could be.
void set_work_per_member(double nanoseconds);

}  // namespace mark1
