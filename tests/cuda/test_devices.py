"""Where tensors lie, how they get there, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import DeviceError, _core, devices, ops
from tests.cuda.conftest import DEVICE

X = np.arange(12, dtype=np.float32).reshape(3, 4)


def on_device(array=X) -> mark1.Tensor:
    return ops.convert_to_tensor(array).to(DEVICE)


def counted(action) -> tuple[object, dict[str, int]]:
    before = devices.copy_counts()
    result = action()
    after = devices.copy_counts()
    return result, {key: after[key] - before[key] for key in after}


def test_device_is_listed():
    assert devices.list_devices()[:2] == ["cpu:0", DEVICE]
    assert devices.require("cuda") == DEVICE


@pytest.mark.parametrize("dtype", ["float32", "int64", "bfloat16", "float16"])
def test_constants_are_made_on_the_device_in_use(dtype):
    with mark1.device(DEVICE):
        x = ops.full((2, 3), 2, dtype)
    assert x.device == "cuda:0"
    assert ops.cast(x, "float32").numpy().tolist() == [[2.0] * 3] * 2


def test_tensor_goes_there_and_back():
    x = on_device()
    assert x.device == DEVICE
    assert x.shape == (3, 4)
    assert x.to(DEVICE) is x
    back = x.to("cpu")
    assert back.device == "cpu:0"
    assert np.array_equal(back.numpy(), X)


def test_device_in_use_decides_where_tensors_are_made():
    assert devices.current_device() == "cpu:0"
    with mark1.device("cuda"):
        assert devices.current_device() == DEVICE
        made = [ops.zeros(3), ops.convert_to_tensor([1.0, 2.0]), ops.convert_to_tensor(3)]
        with mark1.device("cpu"):
            assert ops.zeros(3).device == "cpu:0"
        made.append(ops.ones((2, 2)))
    assert [x.device for x in made] == [DEVICE] * 4
    assert made[1].numpy().tolist() == [1.0, 2.0]
    assert int(made[2]) == 3
    assert ops.zeros(3).device == "cpu:0"


def test_device_in_use_is_restored_after_an_error():
    with pytest.raises(KeyError), mark1.device(DEVICE):
        raise KeyError
    assert devices.current_device() == "cpu:0"


def test_operations_run_where_operands_lie():
    x = on_device()
    y = ops.matmul(x, ops.transpose(x))
    assert y.device == DEVICE
    assert np.array_equal(y.numpy(), X @ X.T)
    assert devices.current_device() == "cpu:0"


@pytest.mark.parametrize("other", [2, 2.5, X, X.tolist()], ids=["int", "float", "array", "list"])
def test_numbers_and_arrays_follow_the_tensor(other):
    x = on_device()
    for y in (x * other, other * x if not isinstance(other, list) else x * other):
        assert y.device == DEVICE
        assert np.array_equal(y.numpy(), (X * np.asarray(other, np.float32)))


def test_operands_on_two_devices_are_refused():
    x = on_device()
    y = ops.convert_to_tensor(X)
    with pytest.raises(DeviceError) as error:
        ops.add(x, y)
    assert str(error.value) == (
        "[add] operands lie on cuda:0 and cpu:0. Move one with x.to('cpu:0')"
    )
    with pytest.raises(DeviceError, match=r"\[concatenate\] operands lie on cpu:0 and cuda:0"):
        ops.concatenate([y, x])
    assert np.array_equal(ops.add(y, y).numpy(), X + X)  # the CPU goes on
    assert np.array_equal(ops.add(x, x).numpy(), X + X)  # and so does the device


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cuda:", "", "cpu:"])
def test_unknown_names_are_refused(name):
    with pytest.raises(ValueError, match=r"\[device\] unknown device .*'cpu', 'cuda', 'cuda:N'"):
        devices.require(name)


@pytest.mark.parametrize("name", ["cuda:99", "cpu:1"])
def test_missing_devices_are_refused(name):
    with pytest.raises(DeviceError, match=rf"there is no '{name}'; this machine has cpu:0, cuda:0"):
        ops.ones(2).to(name)
    assert float(ops.sum(ops.ones(2))) == 2


def test_exhausted_memory_is_told_with_sizes_and_nothing_is_lost():
    x = on_device()
    total = devices.memory(DEVICE)["total"]
    rows = 2 * total // (4 * 1024)
    told = r"\[allocate\] out of memory on cuda:0: asked for"
    with mark1.device(DEVICE), pytest.raises(DeviceError, match=told) as error:
        ops.zeros((rows, 1024))
    text = str(error.value)
    assert f"asked for {rows * 4096} bytes" in text
    assert f"of {total} are free" in text
    assert np.array_equal((x + x).numpy(), X + X)


def test_memory_is_given_back():
    before = devices.memory(DEVICE)["bytes_in_use"]
    x = on_device(np.zeros(1 << 16, np.float32))
    assert devices.memory(DEVICE)["bytes_in_use"] == before + (1 << 18)
    y = x + x
    del x, y
    assert devices.memory(DEVICE)["bytes_in_use"] == before


def test_pinned_memory_is_used_again():
    x = on_device()
    for _ in range(1000):
        x = x * 1.0
    devices.synchronize(DEVICE)
    cached = devices.memory(DEVICE)["pinned_cached"]
    for _ in range(1000):
        x = x * 1.0
    assert np.array_equal(x.numpy(), X)
    devices.synchronize(DEVICE)
    assert devices.memory(DEVICE)["pinned_cached"] == cached


@pytest.mark.parametrize(
    "look",
    [
        np.asarray,
        np.array,
        lambda x: x.numpy(),
        lambda x: np.asarray(x, np.float64),
        repr,
        lambda x: float(x[0, 0]),
        lambda x: bool(x[1, 1]),
        lambda x: x[0, 0].item(),
    ],
    ids=["asarray", "array", "numpy", "dtype", "repr", "float", "bool", "item"],
)
def test_looking_at_contents_is_one_copy(look):
    x = on_device()
    y = ops.convert_to_tensor(X)
    result, copies = counted(lambda: look(x))
    expected = look(y)
    if isinstance(expected, str):
        assert "device=cuda:0" in result
        result = result.replace(", device=cuda:0", "")
    assert np.array_equal(result, expected)
    assert (copies["to_host"], copies["to_device"]) == (1, 0)


def test_operations_copy_nothing():
    x = on_device()
    _, copies = counted(lambda: ops.softmax(ops.matmul(x, ops.transpose(x)) * 2.0 + 1))
    assert set(copies.values()) == {0}


def test_array_without_a_copy_is_refused():
    with pytest.raises(ValueError, match="an array of what lies on cuda:0 needs a copy"):
        np.asarray(on_device(), copy=False) if np.__version__ >= "2" else on_device().__array__(
            copy=False
        )
    with pytest.raises(BufferError):
        memoryview(on_device())


def test_gradients_lie_where_the_tensors_do():
    x = on_device()
    with mark1.GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(ops.tanh(x) * 2.0)
    g = tape.gradient(y, x)
    assert g.device == DEVICE
    here = ops.convert_to_tensor(X)
    with mark1.GradientTape() as tape:
        tape.watch(here)
        y = ops.sum(ops.tanh(here) * 2.0)
    assert np.array_equal(g.numpy(), tape.gradient(y, here).numpy())


def test_gradient_passes_a_move():
    x = ops.convert_to_tensor(X)
    with mark1.GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(ops.square(x.to(DEVICE)))
    g = tape.gradient(y, x)
    assert g.device == "cpu:0"
    assert np.array_equal(g.numpy(), 2 * X)


def test_variables_move_and_stay():
    v = mark1.Variable(X)
    assert v.to(DEVICE) is v
    assert v.device == DEVICE
    v.assign(2 * X)
    assert v.device == DEVICE
    v.assign_add(on_device())
    assert np.array_equal(v.numpy(), 3 * X)
    assert "value=" in repr(v)
    v.to("cpu")
    assert v.device == "cpu:0"
    assert np.array_equal(np.asarray(v), 3 * X)


def test_variables_of_a_device_do_not_lie_in_memory_of_the_host():
    with mark1.device(DEVICE):
        pinned = devices.memory(DEVICE)["pinned_in_use"]
        v = mark1.Variable(1.0)
        assert devices.memory(DEVICE)["pinned_in_use"] == pinned
    assert v.device == DEVICE


def test_wrong_indices_and_labels_are_refused():
    x = on_device()
    with pytest.raises(ValueError, match="index 7 at position 1 is out of range for 3 rows"):
        ops.take(x, ops.convert_to_tensor([0, 7]).to(DEVICE), axis=0)
    labels = ops.convert_to_tensor([0, 9, 1]).to(DEVICE)
    loss = mark1.losses.SparseCategoricalCrossentropy(from_logits=True)
    with pytest.raises(ValueError, match="whole numbers from 0 to 3, the target is 9"):
        loss(labels, x)


def test_threads_begin_on_the_cpu():
    import threading

    found = []
    with mark1.device(DEVICE):
        thread = threading.Thread(target=lambda: found.append(devices.current_device()))
        thread.start()
        thread.join()
    assert found == ["cpu:0"]


def test_an_extension_of_another_version_is_refused():
    import ctypes

    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = (
        ctypes.py_object,
        [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p],
    )
    table = (ctypes.c_uint32 * 64)(1, 256)
    name = b"mark1.device_api"
    with pytest.raises(DeviceError, match="speaks version 1 of the device interface"):
        _core.attach_device_api(new(ctypes.addressof(table), name, None))
    assert np.array_equal(on_device().numpy(), X)
