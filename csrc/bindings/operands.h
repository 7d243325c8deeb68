// Bound functions run where their operands lie. Numbers and arrays go there with them.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "bindings/convert.h"
#include "core/device.h"
#include "core/variable.h"

namespace mark1 {

// Looks at the arguments of one call for where its tensors lie.
class OperandPlace {
 public:
  explicit OperandPlace(const char* op) : op_(op) {}

  // That of the tensors, or the current device if there is none among the arguments.
  Device device() const { return found_.value_or(current_device()); }

  void see(const Tensor& x) {
    if (x.storage()) see(x.device());
  }
  void see(const Variable& variable) { see(variable.device()); }
  // Tensors, variables, lists and tuples of them.
  void see(py::handle object);
  template <class T>
  void see(const std::optional<T>& maybe) {
    if (maybe) see(*maybe);
  }
  template <class T>
  void see(const std::vector<T>& all) {
    if constexpr (!std::is_arithmetic_v<T>) {
      for (const T& one : all) see(one);
    }
  }
  template <class T>
  void see(T* pointer) {
    if constexpr (std::is_same_v<std::remove_const_t<T>, Variable>) {
      if (pointer) see(*pointer);
    }
  }
  template <class T>
    requires(!std::is_base_of_v<py::handle, T>)
  void see(const T&) {}

 private:
  void see(Device device);

  const char* op_;
  std::optional<Device> found_;
};

// The function, run where its operands lie.
template <class F, class R, class... Args>
auto on_operands(const char* op, F f, R (*)(Args...)) {
  return [op, f = std::move(f)](Args... args) -> R {
    if (!has_devices()) return f(std::forward<Args>(args)...);
    OperandPlace place(op);
    (place.see(args), ...);
    const DeviceScope scope(place.device());
    return f(std::forward<Args>(args)...);
  };
}

// The extension module as ops see it: what they define in it runs where its operands lie.
class OpModule : public py::module_ {
 public:
  explicit OpModule(const py::module_& module) : py::module_(module) {}

  // `name` is a literal, or lives as long as the module.
  template <class F, class... Extra>
  OpModule& def(const char* name, F f, const Extra&... extra) {
    using Signature = py::detail::function_signature_t<F>;
    auto placed = on_operands(name, std::move(f), static_cast<Signature*>(nullptr));
    py::module_::def(name, std::move(placed), extra...);
    return *this;
  }
};

}  // namespace mark1
