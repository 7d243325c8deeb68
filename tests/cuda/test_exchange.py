"""Memory that is shared with other libraries on a device."""

from __future__ import annotations

import gc
import importlib.util

import numpy as np
import pytest

import mark1
from mark1 import devices, ops
from tests.cuda.conftest import DEVICE
from tests.cuda.emulated import log, only_emulated

X = np.arange(6, dtype=np.float32).reshape(2, 3)
DTYPES = ["bool", "uint8", "int32", "int64", "float32", "float64"]


class Dlpack:
    """Another library's array, as DLPack shows it."""

    def __init__(self, tensor):
        self.tensor = tensor
        self.streams = []

    def __dlpack__(self, stream=None):
        self.streams.append(stream)
        return self.tensor.__dlpack__(stream=stream)

    def __dlpack_device__(self):
        return self.tensor.__dlpack_device__()


class Interface:
    """Another library's array, as the CUDA array interface shows it."""

    def __init__(self, tensor, **changes):
        self.facts = {**tensor.__cuda_array_interface__, **changes}
        self.tensor = tensor

    @property
    def __cuda_array_interface__(self):
        return self.facts


def on_device(array=X):
    return ops.convert_to_tensor(array).to(DEVICE)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("wrap", [Dlpack, Interface])
def test_import_shares_memory(wrap, dtype):
    x = on_device(X.astype(dtype))
    before = devices.copy_counts()
    y = ops.convert_to_tensor(wrap(x))
    assert devices.copy_counts() == before
    assert (y.device, y.shape, y.dtype) == (DEVICE, (2, 3), dtype)
    assert y._address() == x._address()
    del x
    gc.collect()
    assert np.array_equal(y.numpy(), X.astype(dtype))


@pytest.mark.parametrize("wrap", [Dlpack, Interface])
def test_foreign_arrays_are_operands(wrap):
    x = on_device()
    assert ops.add(wrap(x), 1).device == DEVICE
    assert np.array_equal(ops.add(x, wrap(x)).numpy(), X + X)


def test_memory_of_others_is_given_back():
    x = on_device(np.zeros(1 << 16, np.float32))
    used = devices.memory(DEVICE)["bytes_in_use"]
    y = ops.convert_to_tensor(Dlpack(x))
    capsule = x.__dlpack__()
    del x, capsule
    gc.collect()
    assert devices.memory(DEVICE)["bytes_in_use"] == used
    del y
    gc.collect()
    assert devices.memory(DEVICE)["bytes_in_use"] == used - (1 << 18)


def test_interface_says_what_it_must():
    x = on_device()
    facts = x.__cuda_array_interface__
    assert facts["shape"] == (2, 3)
    assert facts["typestr"] == "<f4"
    assert facts["data"] == (x._address(), True)
    assert facts["version"] == 3
    assert facts["stream"] != 0
    assert not hasattr(ops.ones(2), "__cuda_array_interface__")
    assert x.__dlpack_device__() == (2, 0)
    assert ops.ones(2).__dlpack_device__() == (1, 0)


@pytest.mark.parametrize("strides", [(4, 8), (24, 4)])
def test_other_layouts_are_refused(strides):
    with pytest.raises(ValueError, match="only if it is row-major"):
        ops.convert_to_tensor(Interface(on_device(), strides=strides))


def test_other_types_are_refused():
    with pytest.raises(TypeError, match="type '<c8' cannot be taken over"):
        ops.convert_to_tensor(Interface(on_device(), typestr="<c8"))


def test_numpy_reads_tensors_of_the_cpu():
    x = ops.convert_to_tensor(X)
    y = np.from_dlpack(x)
    assert np.array_equal(y, X)
    assert y.ctypes.data == x._address()
    with pytest.raises(ValueError, match="__dlpack__ shares memory and makes no copies"):
        x.__dlpack__(copy=True)


def test_cupy_shares_memory():
    if importlib.util.find_spec("cupy") is None:
        pytest.skip("CuPy is not installed")
    cupy = pytest.importorskip("cupy")
    x = on_device()
    y = cupy.asarray(x)
    assert y.data.ptr == x._address()
    assert ops.convert_to_tensor(y * 2).device == DEVICE


def asked(action) -> list[str]:
    """What the emulated device is asked for meanwhile."""
    log()
    action()
    return log()


@only_emulated
@pytest.mark.parametrize(("stream", "waits"), [(None, 1), (1, 1), (2, 2), (640, 640)])
def test_streams_of_readers_wait_for_the_work(stream, waits):
    x = on_device()
    lines = asked(lambda: x.__dlpack__(stream=stream))
    # The reader's stream may be gone when he lets go of the memory: nobody asks for it again.
    assert [line for line in lines if "stream" in line] == [f"stream {waits} waits for work"]


EVERYBODY = "the host waits for all streams"


@only_emulated
@pytest.mark.parametrize("stream", [None, 2, 640, -1])
@pytest.mark.parametrize("how", ["dlpack", "interface"])
def test_memory_that_was_shared_is_given_back_when_all_streams_are_done(how, stream):
    tensors = [on_device()]
    if how == "dlpack":
        shared = [tensors[0].__dlpack__(stream=stream)]
        assert asked(tensors.clear) == []  # the reader has it still
        assert asked(shared.clear) == [EVERYBODY]
    else:
        assert "stream" in tensors[0].__cuda_array_interface__
        assert asked(tensors.clear) == [EVERYBODY]
    tensors = [on_device()]
    assert asked(tensors.clear) == []  # nobody has seen it


@only_emulated
def test_a_variable_that_was_shared_is_written_when_all_streams_are_done():
    v = mark1.Variable(X).to(DEVICE)
    value = v.value
    capsule = value.__dlpack__(stream=640)
    assert EVERYBODY not in asked(lambda: v.assign(2 * X))  # readers keep the old value
    del capsule, value
    v.value.__dlpack__(stream=640)  # read and let go of
    assert EVERYBODY in asked(lambda: v.assign(3 * X))
    assert EVERYBODY not in asked(lambda: v.assign(4 * X))
    assert np.array_equal(v.numpy(), 4 * X)


@only_emulated
def test_readers_may_do_without_waiting_and_may_not_name_stream_0():
    x = on_device()
    assert asked(lambda: x.__dlpack__(stream=-1)) == []
    with pytest.raises(ValueError, match=r"stream must be None, -1, 1, 2 or a stream's address"):
        x.__dlpack__(stream=0)


@only_emulated
def test_work_waits_for_the_stream_of_the_owner():
    x = on_device()
    foreign = Dlpack(x)
    ops.convert_to_tensor(foreign)
    assert foreign.streams == [x.__cuda_array_interface__["stream"]]

    def taken(**changes):
        array = Interface(x, **changes)
        return [line for line in asked(lambda: ops.convert_to_tensor(array)) if "stream" in line]

    assert taken(stream=640) == ["work waits for stream 640"]
    assert taken(stream=None) == []
    del (older := Interface(x)).facts["stream"]
    lines = asked(lambda: ops.convert_to_tensor(older))
    assert "work waits for stream 1" in lines
    assert lines[-1] == "the host waits for all work"  # before the owner may use it again


class Unreadable(Interface):
    """As CuPy's arrays and PyTorch's on a device: NumPy is refused."""

    def __array__(self, *arguments, **options):
        raise TypeError("implicit conversion to a NumPy array is not allowed")

    def __iter__(self):
        raise AssertionError("not a stream of batches")


def test_models_take_arrays_of_other_libraries():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(70, 12)).astype(np.float32), rng.integers(0, 5, 70).astype(np.int32)

    def results(device, x, y):
        mark1.utils.set_random_seed(1)
        layers = [mark1.Input((12,)), mark1.layers.Dense(5, activation="softmax")]
        model = mark1.Sequential(layers)
        model.compile("adam", "sparse_categorical_crossentropy", device=device)
        history = model.fit(x, y, batch_size=16, epochs=2, validation_data=(x, y), verbose=0)
        found = [model.evaluate(x, y, verbose=0), model.train_on_batch(x, y)]
        predicted = model.predict(x, verbose=0).tobytes()
        return history.history, found, predicted, mark1.utils.weights_hash(model)

    foreign = [Unreadable(on_device(array)) for array in (x, y)]
    expected = results("cpu", x, y)
    assert results(DEVICE, *foreign) == expected
    assert results("cpu", *foreign) == expected


def test_asarray_shares_memory_with_other_libraries():
    x = on_device()
    y = mark1.asarray(Unreadable(x))
    assert (y.device, y._address()) == (DEVICE, x._address())
    assert mark1.asarray([1, 2], "float32").dtype == "float32"
