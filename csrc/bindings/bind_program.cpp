// Recorded steps as Python sees them.
#include <pybind11/stl.h>

#include "bindings/bindings.h"
#include "bindings/convert.h"
#include "core/program.h"
#include "core/recorder.h"
#include "ops/gather/gather.h"

namespace mark1 {
namespace {

py::object obstacle_callback;

void tell_obstacle(const char* reason) {
  const py::gil_scoped_acquire gil;
  if (obstacle_callback) obstacle_callback(reason);
}

// The memory of a C-contiguous array for as long as the view lives.
class Memory {
 public:
  Memory(py::handle object, bool writable) {
    const int flags = PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object.ptr(), &view_, flags) != 0) throw py::error_already_set();
  }
  ~Memory() { PyBuffer_Release(&view_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  char* data() const { return static_cast<char*>(view_.buf); }
  size_t bytes() const { return static_cast<size_t>(view_.len); }

 private:
  Py_buffer view_;
};

size_t bytes_of(const Spec& spec) {
  return static_cast<size_t>(spec.shape.numel()) * item_size(spec.dtype);
}

void need(bool condition, const char* what) {
  if (!condition) fail<ValueError>("program", what);
}

void check_data(const Program& program, const Run& run) {
  need(run.data.size() == program.inputs().size(), "wrong number of inputs");
  for (size_t i = 0; i < run.data.size(); ++i) {
    const Spec& input = program.inputs()[i];
    need(run.data[i].dtype() == input.dtype, "an input has another dtype");
    if (run.whole) {
      need(run.data[i].shape() == input.shape, "an input has another shape");
      continue;
    }
    need(input.shape.rank() > 0 && run.data[i].rank() == input.shape.rank(), "rows are missing");
    for (int axis = 1; axis < input.shape.rank(); ++axis) {
      need(run.data[i].shape()[axis] == input.shape[axis], "rows have another shape");
    }
    const int64_t last = (run.begin + run.steps) * input.shape[0];
    const bool ordered = static_cast<bool>(run.order.storage());
    need(run.begin >= 0 && last <= (ordered ? run.order.numel() : run.data[i].shape()[0]),
         "there are not as many rows");
  }
}

int64_t run_steps(Program& program, const std::vector<Tensor>& data,
                  const std::optional<Tensor>& order, int64_t begin, int64_t steps, double seconds,
                  const std::vector<py::object>& results, bool awaited) {
  Run run;
  run.awaited = awaited;
  run.data = data;
  if (order) run.order = *order;
  run.begin = begin;
  run.steps = steps;
  run.seconds = seconds;
  run.load = &load_rows;
  check_data(program, run);
  std::vector<std::unique_ptr<Memory>> memory;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].is_none()) {
      run.results.push_back(nullptr);
      continue;
    }
    memory.push_back(std::make_unique<Memory>(results[i], true));
    need(memory.back()->bytes() >= bytes_of(program.outputs().at(i)) * static_cast<size_t>(steps),
         "a result has too little memory");
    run.results.push_back(memory.back()->data());
  }
  return program.run(run);
}

std::optional<std::vector<Tensor>> call(Program& program, const std::vector<Tensor>& inputs,
                                        bool awaited) {
  Run run;
  run.awaited = awaited;
  run.data = inputs;
  run.whole = true;
  run.host_results = false;
  check_data(program, run);
  std::vector<Tensor> out;
  const DeviceScope scope(program.device());
  for (const Spec& spec : program.outputs()) {
    out.push_back(Tensor(spec));
    run.results.push_back(out.back().as<char>());
  }
  if (program.run(run) == 0) return std::nullopt;
  return out;
}

// One input and one result, as arrays: the short way for a single row.
bool call_array(Program& program, py::handle x, py::handle y) {
  const Memory from(x, false);
  const Memory to(y, true);
  need(program.inputs().size() == 1 && from.bytes() == bytes_of(program.inputs()[0]) &&
           !program.outputs().empty() && to.bytes() == bytes_of(program.outputs()[0]),
       "arrays of other sizes than it was recorded with");
  Run run;
  run.whole = true;
  const Spec& spec = program.inputs()[0];
  const auto nothing = [](void*) {};
  run.data.push_back(
      Tensor(borrow(from.data(), from.bytes(), nothing, nullptr), 0, spec.shape, spec.dtype));
  run.results.push_back(to.data());
  check_data(program, run);
  return program.run(run) == 1;
}

py::list specs_of(const std::vector<Spec>& specs) {
  py::list out;
  for (const Spec& spec : specs) {
    out.append(py::make_tuple(to_tuple(spec.shape), name(spec.dtype)));
  }
  return out;
}

py::list times_of(const Program& program) {
  py::list out;
  for (const EntryTime& time : program.times()) {
    out.append(py::make_tuple(time.op, time.operands, time.microseconds));
  }
  return out;
}

}  // namespace

void bind_program(py::module_& module) {
  py::class_<Program, std::shared_ptr<Program>>(module, "Program")
      .def("fits", &Program::fits)
      .def("run", &run_steps, py::arg("data"), py::arg("order"), py::arg("begin"), py::arg("steps"),
           py::arg("seconds"), py::arg("results"), py::arg("awaited") = true)
      .def("settle", &Program::settle)
      .def("call", &call, py::arg("inputs"), py::arg("awaited") = true)
      .def("call_array", &call_array)
      .def_property_readonly("busy", &Program::busy)
      .def_property_readonly("device", [](const Program& p) { return name(p.device()); })
      .def_property_readonly("launches", &Program::launches)
      .def_property_readonly("nbytes", &Program::bytes)
      .def_property_readonly("steps", &Program::steps)
      .def_property_readonly("timed", &Program::timed)
      .def_property_readonly("outputs",
                             [](const Program& program) { return specs_of(program.outputs()); })
      .def("times", &times_of);

  py::class_<Recorder>(module, "Recorder")
      .def(py::init<>())
      .def("begin", &Recorder::begin)
      .def("end", &Recorder::end)
      .def("cancel", &Recorder::cancel)
      .def_property_readonly("program", &Recorder::program);

  module.def("recording", [] { return Recorder::current() != nullptr; });
  module.def("drop_recording", [](const std::string& reason) {
    if (Recorder* recorder = Recorder::current()) recorder->drop(reason);
  });
  module.def("set_obstacle_callback", [](py::object callback) {
    obstacle_callback = std::move(callback);
    obstacle_callback.inc_ref();  // never destroyed: the interpreter may be gone by then
    set_obstacle_hook(&tell_obstacle);
  });
}

}  // namespace mark1
