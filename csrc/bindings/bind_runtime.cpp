// Instruction set, threads, allocator, build.
#include <pybind11/stl.h>
#include <unistd.h>

#include "bindings/bindings.h"
#include "core/cpu_limit.h"
#include "core/interpreter.h"
#include "core/isa.h"
#include "core/launch.h"
#include "core/storage.h"
#include "core/thread_pool.h"

#ifndef MARK1_VERSION
#define MARK1_VERSION ""
#endif

namespace mark1 {
namespace {

void* release_interpreter() {
  return PyGILState_Check() ? PyEval_SaveThread() : nullptr;
}

// Python before 3.14 ends a daemon thread that asks for the lock at exit by unwinding its stack,
// and the first destructor on the way turns that into an abort of the process. Such a thread rests
// here.
void reacquire_interpreter(void* token) {
  try {
    PyEval_RestoreThread(static_cast<PyThreadState*>(token));
  } catch (...) {
    while (true) pause();
  }
}

py::dict build_info() {
  py::dict info;
  info["version"] = MARK1_VERSION;
  info["compiler"] =
#if defined(__clang__)
      "clang " __clang_version__;
#else
      "gcc " __VERSION__;
#endif
#ifdef NDEBUG
  info["build_type"] = "release";
#else
  info["build_type"] = "debug";
#endif
  info["pybind11"] = py::str(PYBIND11_TOSTRING(PYBIND11_VERSION_MAJOR) "." PYBIND11_TOSTRING(
      PYBIND11_VERSION_MINOR) "." PYBIND11_TOSTRING(PYBIND11_VERSION_PATCH));
  return info;
}

}  // namespace

void bind_runtime(py::module_& module) {
  set_blocking_hooks({release_interpreter, reacquire_interpreter});
  module.def("isa", [] { return name(isa()); });
  module.def("set_isa", &set_isa);
  module.def("available_isas", &available_isas);
  module.def("get_num_threads", &num_threads);
  module.def("set_num_threads", [](py::handle count) {
    if (!PyIndex_Check(count.ptr())) {
      fail<TypeError>("set_num_threads", "needs a whole number, got ",
                      py::repr(count).cast<std::string>());
    }
    set_num_threads(count.cast<int>());
  });
  module.def("set_work_per_member", &set_work_per_member);
  module.def("available_cpus", &available_cpus);
  module.def("build_info", &build_info);
  module.def("release_cached_memory", &release_cached_memory);
  module.def("allocator_stats", [] {
    const AllocatorStats stats = allocator_stats();
    py::dict out;
    out["bytes_in_use"] = stats.bytes_in_use;
    out["bytes_cached"] = stats.bytes_cached;
    out["allocations"] = stats.allocations;
    return out;
  });
}

}  // namespace mark1
