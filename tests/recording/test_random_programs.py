"""Random steps: whatever they do with tensors and variables, replays do what Python does."""

import numpy as np
import pytest

import mark1
from mark1 import ops

SHAPE = (3, 4)


class World:
    """Variables, and what a caller has seen of them: one for Python, one for replays."""

    def __init__(self, seed, dtype):
        rng = np.random.default_rng(seed)
        self.variables = [
            mark1.Variable(rng.uniform(0.5, 1.5, SHAPE).astype(dtype), name=f"v{i}")
            for i in range(3)
        ]
        self.optimizers = [mark1.optimizers.SGD(0.01), mark1.optimizers.Adam(0.01)]
        for optimizer in self.optimizers:
            optimizer.build(self.variables)
        self.generator = mark1.random.SeedGenerator(seed)
        self.call = 0
        self.kept = {}


def make_step(seed, world, dtype):
    """A function of two tensors whose operations are drawn from the seed, the same each time."""

    def step(x, y):
        rng = np.random.default_rng(seed)
        live, olds, tapes = [x, y], [], []
        variables = world.variables

        def pick():
            return live[rng.integers(len(live))]

        def put(tensor):
            # Drops at random places: later tensors get the memory of earlier ones.
            if len(live) > 3 and rng.random() < 0.6:
                live[rng.integers(len(live))] = tensor
            else:
                live.append(tensor)

        for _ in range(int(rng.integers(8, 40))):
            v = variables[rng.integers(len(variables))]
            kind = rng.integers(16)
            if kind == 0:
                put(pick() + pick())
            elif kind == 1:
                put(pick() * float(np.round(rng.uniform(-1, 1), 2)))
            elif kind == 2:
                put(ops.tanh(pick()) - rng.uniform(size=SHAPE).astype(dtype))
            elif kind == 3:
                put(ops.softmax(pick()))
            elif kind == 4:
                put(pick() - ops.mean(pick(), axis=0))
            elif kind == 5:
                put(ops.take(pick(), rng.integers(0, SHAPE[0], SHAPE[0]), axis=0))
            elif kind == 6:
                put(v * pick())
            elif kind == 7:
                v.assign(ops.tanh(pick()))
            elif kind == 8:
                v.assign_add(rng.uniform(0, 0.1, SHAPE).astype(dtype))
            elif kind == 9:
                olds.append(v.value)
            elif kind == 10:
                put(mark1.random.normal(SHAPE, seed=world.generator, dtype=str(dtype)))
            elif kind == 11 and olds:
                put(olds.pop(rng.integers(len(olds))) + 1.0)
            elif kind == 12:
                tape = mark1.GradientTape(persistent=True)
                with tape:
                    loss = ops.sum(ops.tanh(v * pick()) * variables[0])
                tapes.append((tape, loss, v))
            elif kind == 13 and tapes:
                tape, loss, v = tapes[rng.integers(len(tapes))]
                gradient = tape.gradient(loss, v)
                world.optimizers[rng.integers(2)].apply_gradients([(gradient, v)])
                put(gradient)
            elif kind == 14 and tapes:
                tapes.pop(rng.integers(len(tapes)))
            elif kind == 15:
                put(ops.reshape(ops.reshape(pick(), (4, 3)), SHAPE))
        if rng.random() < 0.3:
            world.kept[world.call] = pick()
        results = {"some": [pick() for _ in range(rng.integers(1, 4))], "old": olds}
        if rng.random() < 0.5:
            results["values"] = [v.value for v in variables]
        return results

    return step


def arrays(results):
    return [np.array(t) for part in results.values() for t in part]


def same(a, b):
    return len(a) == len(b) and all(
        x.dtype == y.dtype and x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("first", range(0, 60, 10))
def test_replays_do_what_python_does(first, dtype):
    for seed in range(first, first + 10):
        eager, native = World(seed, dtype), World(seed, dtype)
        python = make_step(seed, eager, dtype)
        function = mark1.function(make_step(seed, native, dtype))
        rng = np.random.default_rng(seed + 1000)
        held = []
        for call in range(7):
            eager.call = native.call = call
            x, y = (rng.normal(size=SHAPE).astype(dtype) for _ in range(2))
            if call == 4:  # a caller changes a variable in between
                for world in (eager, native):
                    world.variables[1].assign(x * 0.5)
            if call == 5:  # and holds old values
                for world in (eager, native):
                    held.append([v.value for v in world.variables])
            want = arrays(python(ops.convert_to_tensor(x), ops.convert_to_tensor(y)))
            results = function(x, y)
            assert same(arrays(results), want), (seed, call)
            if call % 2:
                held.append((results, want))
            a, b = ([v.numpy() for v in w.variables] for w in (eager, native))
            assert same(a, b), (seed, call)
        assert [replay.last_program is not None for _, replay in function._cache.items()] == [True]
        for results, want in held[:2] + held[4:]:
            assert same(arrays(results), want), seed
        assert same([np.array(t) for t in held[2]], [np.array(t) for t in held[3]]), seed
        for call, tensor in native.kept.items():
            assert same([np.array(tensor)], [np.array(eager.kept[call])]), (seed, call)
