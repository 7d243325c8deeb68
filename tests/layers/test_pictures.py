"""Layers that change pictures: turned, moved, cut out, resized, brighter."""

import numpy as np
import pytest

import mark1
from mark1 import layers

RNG = np.random.default_rng(0)
X = RNG.uniform(0, 255, (6, 9, 11, 3)).astype(np.float32)
LABELS = RNG.integers(0, 3, 6)

# Layers whose random numbers are known beforehand, so that they do what Keras' do.
FIXED = {
    "flip": lambda k: k.RandomFlip(seed=1),  # compared outside of training only
    "rotation": lambda k: k.RandomRotation((0.13, 0.13), "constant", fill_value=7.0),
    "rotation-nearest": lambda k: k.RandomRotation((0.13, 0.13), "nearest", "nearest"),
    "zoom": lambda k: k.RandomZoom((0.4, 0.4), (-0.3, -0.3)),
    "zoom-both": lambda k: k.RandomZoom((-0.2, -0.2)),
    "translation": lambda k: k.RandomTranslation((0.13, 0.13), (-0.3, -0.3), "reflect"),
    "brightness": lambda k: k.RandomBrightness((-0.3, -0.3)),
    "contrast": lambda k: k.RandomContrast((0.0, 0.0)),
    "center": lambda k: k.CenterCrop(4, 5),
    "center-resized": lambda k: k.CenterCrop(20, 5),
    "resizing": lambda k: k.Resizing(5, 20),
    "resizing-crop": lambda k: k.Resizing(5, 20, crop_to_aspect_ratio=True),
    "resizing-pad": lambda k: k.Resizing(5, 20, pad_to_aspect_ratio=True, fill_value=3.0),
    **{
        f"resizing-{method}{'-antialias' if antialias else ''}": (
            lambda k, m=method, a=antialias: k.Resizing(5, 20, m, antialias=a)
        )
        for method in ("nearest", "bicubic", "lanczos3", "lanczos5")
        for antialias in (False, True)
    },
}
FIRST = {
    "center": lambda k: k.CenterCrop(4, 5, data_format="channels_first"),
    "resizing": lambda k: k.Resizing(5, 20, data_format="channels_first"),
    "rotation": lambda k: k.RandomRotation((0.1, 0.1), data_format="channels_first"),
}
# Layers that draw.
RANDOM = {
    "flip": lambda: layers.RandomFlip(seed=3),
    "rotation": lambda: layers.RandomRotation(0.3, seed=3),
    "zoom": lambda: layers.RandomZoom(0.4, 0.2, seed=3),
    "shear": lambda: layers.RandomShear(0.4, 0.2, seed=3),
    "translation": lambda: layers.RandomTranslation(0.4, 0.2, "constant", seed=3),
    "crop": lambda: layers.RandomCrop(5, 7, seed=3),
    "brightness": lambda: layers.RandomBrightness(0.4, seed=3),
    "contrast": lambda: layers.RandomContrast(0.4, seed=3),
    "blur": lambda: layers.RandomGaussianBlur((0.9, 1.0), 5, seed=3),
    "perspective": lambda: layers.RandomPerspective((0.9, 1.0), 0.4, seed=3),
}


@pytest.mark.parametrize("name", FIXED)
def test_as_keras(name):
    keras = pytest.importorskip("keras")
    make = FIXED[name]
    ours = make(layers)
    # TensorFlow's cubic weights come from a table.
    tolerance = 0.2 if name == "resizing-bicubic" else 1e-3
    for training in (True, False):
        if training and name == "flip":
            continue
        want = np.asarray(make(keras.layers)(X, training=training))
        np.testing.assert_allclose(ours(X, training=training), want, atol=tolerance)
        single = ours(X[0], training=training)
        np.testing.assert_allclose(single, want[0], atol=tolerance)
    theirs = make(keras.layers)
    assert ours.get_config().keys() == theirs.get_config().keys()
    assert type(theirs).from_config(ours.get_config()).get_config().keys() == (
        theirs.get_config().keys()
    )
    again = type(ours).from_config(theirs.get_config())
    if name != "flip":
        np.testing.assert_array_equal(again(X), ours(X))


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Rescaling(1 / 255, 0.5, dtype="mixed_bfloat16"),
        lambda: layers.Normalization(mean=3.0, variance=9.0, dtype="mixed_bfloat16"),
        lambda: layers.Discretization([9.0], output_mode="one_hot", dtype="mixed_bfloat16"),
        lambda: layers.RandomRotation((0.1, 0.1), dtype="mixed_bfloat16"),
        lambda: layers.Resizing(4, 4, dtype="mixed_bfloat16"),
        lambda: layers.RandomSharpness((0.1, 0.1), dtype="mixed_bfloat16"),
    ],
)
def test_results_of_lower_precision(make):
    """Computed in float32, from what the inputs are in bfloat16."""
    layer = make()
    out = layer(X)
    assert out.dtype == "bfloat16"
    config = {**layer.get_config(), "dtype": "float32"}
    same = type(layer).from_config(config)(mark1.ops.cast(X, "bfloat16"))
    np.testing.assert_array_equal(
        mark1.ops.cast(out, "float32"),
        mark1.ops.cast(mark1.ops.cast(same, "bfloat16"), "float32"),
    )


@pytest.mark.parametrize("name", FIRST)
def test_channels_first(name):
    ours = FIRST[name](layers)
    config = {**ours.get_config(), "data_format": "channels_last"}
    last = type(ours).from_config(config)
    first = np.moveaxis(X, -1, 1)
    want = np.moveaxis(last(X).numpy(), -1, 1)
    np.testing.assert_array_equal(ours(first), want)
    assert ours.compute_output_shape((None, 3, 9, 11)) == (None, *want.shape[1:])
    np.testing.assert_array_equal(ours(first[0]), want[0])


@pytest.mark.parametrize("name", RANDOM)
def test_random_in_training_alone(name):
    layer = RANDOM[name]()
    first, second = layer(X).numpy(), layer(X).numpy()  # by itself a layer trains, as in Keras
    assert np.any(first != second)
    again = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(again(X, training=True), first)
    if name != "crop":
        np.testing.assert_array_equal(layer(X, training=False), X)
        model = mark1.Sequential([mark1.Input(X.shape[1:]), layer])
        np.testing.assert_array_equal(model.predict(X), X)
        np.testing.assert_array_equal(model(X), X)
    assert layer.compute_output_shape((None, 9, 11, 3)) == (None, *first.shape[1:])
    assert layer(X.astype(np.uint8)).dtype == "float32"
    wide = type(layer).from_config({**layer.get_config(), "dtype": "float64"})
    assert wide(X).dtype == "float64"


def test_flips_are_those_of_all_four_kinds():
    layer = layers.RandomFlip(seed=5)
    found = {"same": 0, "left": 0, "up": 0, "both": 0}
    for _ in range(100):
        for x, y in zip(X, layer(X).numpy(), strict=True):
            kinds = {"same": x, "left": x[:, ::-1], "up": x[::-1], "both": x[::-1, ::-1]}
            (kind,) = (name for name, z in kinds.items() if np.array_equal(y, z))
            found[kind] += 1
    assert min(found.values()) > 110, found
    sideways = layers.RandomFlip("horizontal", seed=5)(X).numpy()
    assert {np.array_equal(y, x) for x, y in zip(X, sideways, strict=True)} == {True, False}


def test_crops_are_windows():
    layer = layers.RandomCrop(5, 7, seed=1)
    windows = np.lib.stride_tricks.sliding_window_view(X, (6, 5, 7, 3))[0, :, :, 0]
    places = set()
    for _ in range(200):
        y = layer(X).numpy()
        (place,) = np.argwhere((windows == y).all(axis=(2, 3, 4, 5)))
        places.add(tuple(place))
    assert len(places) == 25
    np.testing.assert_array_equal(layers.RandomCrop(9, 11)(X), X)
    # Of what is too low, and outside of training, the middle.
    middle = layers.CenterCrop(20, 5)(X)
    np.testing.assert_array_equal(layers.RandomCrop(20, 5)(X), middle)
    np.testing.assert_array_equal(layers.RandomCrop(20, 5)(X, training=False), middle)


def test_contrast_and_brightness():
    layer = layers.RandomContrast((0.5, 0.25), value_range=(0, 1), seed=2)
    assert layer.factor == (0.25, 0.5)
    x = X / 255
    y = layer(x).numpy()
    mean = x.mean(axis=(1, 2), keepdims=True)
    inside = (y > 0) & (y < 1)
    shares = np.where(inside, (y - mean) / (x - mean), np.nan)
    spread = np.nanmax(shares, axis=(1, 2, 3)) - np.nanmin(shares, axis=(1, 2, 3))
    assert spread.max() < 1e-2
    assert np.nanmin(shares) > 0.75
    assert np.nanmax(shares) < 1.5
    bright = layers.RandomBrightness(0.2, seed=2)(X).numpy()
    assert bright.min() >= 0
    assert bright.max() <= 255
    inside = (bright > 0) & (bright < 255)
    steps = np.where(inside, bright - X, np.nan)
    assert np.nanmax(np.nanstd(steps, axis=(1, 2, 3))) < 1e-4
    assert np.nanmax(abs(steps)) < 51.01


def test_dictionaries():
    masks = (X[..., :1] > 128).astype(np.float32)
    for layer in (layers.RandomFlip(seed=4), layers.RandomRotation(0.2, seed=4)):
        out = layer({"images": X, "segmentation_masks": masks, "labels": LABELS})
        moved = type(layer).from_config(layer.get_config())(X)
        np.testing.assert_array_equal(out["images"], moved)
        assert set(np.unique(out["segmentation_masks"])) <= {0.0, 1.0}
        np.testing.assert_array_equal(out["labels"], LABELS)
        still = layer({"images": X, "segmentation_masks": masks}, training=False)
        np.testing.assert_array_equal(still["segmentation_masks"], masks)
    small = layers.Resizing(3, 4)({"images": X, "segmentation_masks": masks})
    assert small["segmentation_masks"].shape == (6, 3, 4, 1)


def make(run_eagerly):
    mark1.utils.set_random_seed(4)
    model = mark1.Sequential(
        [
            mark1.Input((9, 11, 3)),
            layers.Rescaling(1 / 255),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.2),
            layers.RandomTranslation(0.1, 0.1),
            layers.RandomContrast(0.2, value_range=(0, 1)),
            layers.RandomBrightness(0.2, value_range=(0, 1)),
            layers.RandomCrop(8, 8),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ]
    )
    loss = mark1.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, run_eagerly=run_eagerly)
    return model


def test_recorded_steps_give_the_bits_of_eager_ones(recwarn, tmp_path):
    models = [make(False), make(True)]
    options = {"batch_size": 2, "epochs": 4, "verbose": 0, "shuffle": False}
    histories = [m.fit(X, LABELS, **options).history for m in models]
    assert histories[0] == histories[1]
    assert mark1.utils.weights_hash(models[0]) == mark1.utils.weights_hash(models[1])
    assert not [w for w in recwarn if issubclass(w.category, mark1.EagerStepWarning)]
    models[0].save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(X), models[0].predict(X))


def test_shears_of_keras_files_are_read():
    layer = layers.RandomShear([-0.2, 0.2], (0.1, 0.3))
    assert (layer.x_factor, layer.y_factor) == ((0.0, 0.2), (0.1, 0.3))
    moved = layers.RandomShear((0.5, 0.5), interpolation="nearest", seed=1)(X).numpy()
    for x, y in zip(X, moved, strict=True):  # row i is moved by half of i, here or there
        left = [np.array_equal(y[i, : 11 - (i + 1) // 2], x[i, (i + 1) // 2 :]) for i in range(9)]
        right = [np.array_equal(y[i, i // 2 :], x[i, : 11 - i // 2]) for i in range(9)]
        assert all(left) != all(right)


def test_gradients_go_through():
    x = mark1.Variable(X[:2])
    with mark1.GradientTape() as tape:
        y = mark1.ops.sum(layers.RandomRotation(0.1, "constant", seed=1)(x))
    dx = tape.gradient(y, x).numpy()
    assert dx.shape == X[:2].shape
    assert 0.5 < dx[:, 3:6, 4:7].mean() < 1.5


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_keras_reads_and_writes_them(tmp_path):
    keras = pytest.importorskip("keras")
    k = keras.layers
    parts = [k.RandomFlip(), k.RandomRotation(0.1), k.RandomZoom(0.2, 0.1), k.RandomContrast(0.2)]
    parts += [k.RandomTranslation(0.1, (0.2, 0.3)), k.RandomBrightness(0.1), k.CenterCrop(8, 8)]
    parts += [k.RandomShear(0.2, 0.1), k.Resizing(7, 6)]
    theirs = keras.Sequential([keras.Input((9, 11, 3)), *parts])
    theirs.save(tmp_path / "theirs.keras")
    ours = mark1.saving.load_model(tmp_path / "theirs.keras")
    want = theirs.predict(X, verbose=0)
    np.testing.assert_allclose(ours.predict(X), want, atol=1e-3)
    ours.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), want, atol=1e-3)


def test_affine_transform_as_keras():
    keras = pytest.importorskip("keras")
    noise = RNG.normal(0, 0.3, (6, 8)) * [1, 1, 1, 1, 1, 1, 0, 0]
    transform = np.add(noise, [1, 0, 0, 0, 1, 0, 0, 0]).astype(np.float32)
    for mode in ("constant", "nearest", "reflect"):
        want = keras.ops.image.affine_transform(X, transform, fill_mode=mode, fill_value=3.0)
        ours = mark1.ops.image.affine_transform(X, transform, fill_mode=mode, fill_value=3.0)
        np.testing.assert_allclose(ours, want, atol=2e-3)


def test_margins_as_keras():
    keras = pytest.importorskip("keras")
    for module in (mark1.ops.image, keras.ops.image):
        padded = module.pad_images(X, 1, 2, target_height=13, target_width=17)
        cropped = module.crop_images(X, 1, 2, target_height=3, target_width=4)
        if module is mark1.ops.image:
            ours = (padded, cropped)
    for mine, theirs in zip(ours, (padded, cropped), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_operations_in_functional_models(tmp_path):
    given = mark1.Input((9, 11, 3))
    small = mark1.ops.image.resize(given, (4, 5))
    model = mark1.Model(given, mark1.ops.image.rgb_to_grayscale(small))
    assert model.output.shape == (None, 4, 5, 1)
    want = mark1.ops.image.rgb_to_grayscale(mark1.ops.image.resize(X, (4, 5)))
    np.testing.assert_array_equal(model.predict(X), want)
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(X), want)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.RandomFlip("sideways"), r"\[RandomFlip\] mode must be one of 'horizontal'"),
        (lambda: layers.RandomRotation(2.0), "factor must be a number from -1 to 1, or two of"),
        (lambda: layers.RandomRotation(0.1, "mirror"), "fill_mode must be one of 'reflect'"),
        (lambda: layers.RandomRotation(0.1, interpolation="cubic"), "must be 'bilinear' or 'near"),
        (lambda: layers.RandomZoom("a"), r"\[RandomZoom\] height_factor must be a number"),
        (lambda: layers.RandomTranslation(0.1, (1, 2, 3)), "width_factor must be a number"),
        (lambda: layers.RandomShear(-0.1), "x_factor must be a number from 0 to 1"),
        (lambda: layers.RandomBrightness(0.1, (3, 3)), "value_range must be two different numbers"),
        (lambda: layers.RandomContrast(1.5), "factor must be a number from 0 to 1"),
        (lambda: layers.RandomGaussianBlur(kernel_size=4), "kernel_size must be an odd number, or"),
        (lambda: layers.RandomGaussianBlur(sigma=-1.0), "sigma must be a number from 0 to inf"),
        (lambda: layers.RandomPerspective(scale=2.0), "scale must be a number from 0 to 1"),
        (lambda: layers.RandomPerspective(interpolation="x"), "must be 'bilinear' or 'nearest'"),
        (lambda: layers.RandomCrop(0, 3), r"\[RandomCrop\] height must be a positive integer"),
        (lambda: layers.CenterCrop(3, 2.5), r"\[CenterCrop\] width must be a positive integer"),
        (lambda: layers.Resizing(3, 3, "cubic"), "interpolation must be one of 'bilinear'"),
        (
            lambda: layers.Resizing(3, 3, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
            "either crops or pads",
        ),
        (lambda: layers.Resizing(3, 3, fill_mode="wrap"), "fill_mode must be 'constant'"),
        (lambda: layers.RandomFlip(data_format="first"), "data_format must be 'channels_last'"),
        (lambda: layers.RandomFlip(bounding_box_format="xyxy"), "bounding boxes are not supported"),
        (
            lambda: layers.RandomFlip(name="f")({"images": X, "bounding_boxes": X}),
            r'\[RandomFlip "f"\] bounding boxes are not supported',
        ),
        (lambda: layers.RandomFlip(name="f")(X[0, 0]), r'\[RandomFlip "f"\] expected pictures'),
        (lambda: mark1.ops.image.affine_transform(X, [1.0] * 7), "needs eight numbers for each"),
        (
            lambda: mark1.ops.image.affine_transform(X, np.ones((2, 8))),
            r"images: \(6, 9, 11, 3\), transform: \(2, 8\)",
        ),
        (lambda: mark1.ops.image.affine_transform(X[0, 0], [1.0] * 8), r"needs pictures \(N, H"),
        (lambda: mark1.ops.image.affine_transform(X[:, :0], [1.0] * 8), "1 to 1048576 pixels a"),
        (lambda: mark1.ops.image.affine_transform(X, [1.0] * 8, "cubic"), "must be 'bilinear'"),
        (lambda: mark1.ops.image.affine_transform(X, [1.0] * 8, fill_mode="x"), "fill_mode must"),
        (lambda: mark1.ops.image.affine_transform(X, [1.0] * 8, data_format="x"), "data_format"),
        (
            lambda: mark1.ops.image.map_coordinates(X[0, 0], np.ones((3, 2)), 1),
            r"\[map_coordinates\] needs coordinates of each axis, got 3 \(inputs: \(11, 3\)\)",
        ),
        (lambda: mark1.ops.image.map_coordinates([1.0], [[0.5]], 2), "order must be 0 or 1, got 2"),
        (lambda: mark1.ops.image.map_coordinates([1.0], [[0.5]], 1, "x"), "fill_mode must be one"),
        (lambda: mark1.ops.image.map_coordinates(X[0, 0, :0], np.ones((2, 1)), 1), "one element"),
        (
            lambda: mark1.ops.image.scale_and_translate(X, (6, 3), [1.0], [0.0], (0,), "linear"),
            r"\[scale_and_translate\] output_shape has the sizes of all axes",
        ),
        (
            lambda: mark1.ops.image.scale_and_translate([1.0], (3,), [1.0], 0.0, (0,), "linear"),
            r"needs a number for each of 1 axes \(scale: \(1,\), translation: \(\)\)",
        ),
        (
            lambda: mark1.ops.image.scale_and_translate([1.0], (3,), [1.0], [0.0], (0,), "spline"),
            r"method must be one of .*, got 'spline'",
        ),
        (lambda: mark1.ops.image.resize(X, (0, 3)), "needs pictures of at least one pixel"),
        (lambda: mark1.ops.image.rgb_to_hsv(X[..., :2]), "needs pictures of three channels"),
        (lambda: mark1.ops.image.rgb_to_hsv(X, "x"), "data_format must be"),
        (
            lambda: mark1.ops.image.extract_patches(X, 10),
            r"no patch of \(10, 10\) lies within \(9, 11\)",
        ),
        (lambda: mark1.ops.image.extract_patches(X[0, 0], 2), "needs a batch of 2 axes and chann"),
        (lambda: mark1.ops.image.extract_patches(X, 2, data_format="x"), "data_format must be"),
        (lambda: mark1.ops.image.gaussian_blur(X, sigma=(1.0,)), r"sigma must be two numbers"),
        (lambda: mark1.ops.image.sobel_edges(X[:, :1]), "needs pictures of two rows and columns"),
        (
            lambda: mark1.ops.image.perspective_transform(X, np.ones((3, 2)), np.ones((3, 2))),
            r"needs four points of each picture.* \(start_points: \(1, 3, 2\)",
        ),
        (
            lambda: mark1.ops.image.perspective_transform(X, np.ones((4, 2)), np.ones((4, 2)), "x"),
            "interpolation must be 'bilinear' or 'nearest', got 'x'",
        ),
        (lambda: mark1.ops.image.ssim(X, X[:1]), r"needs pictures of one shape, got \(6, 9, 11, 3"),
        (lambda: mark1.ops.image.ssim(X, X), "needs pictures of 11 rows and columns or more"),
        (lambda: mark1.ops.image.pad_images(X, 1, 1, 1), "takes two of what is before, what is"),
        (lambda: mark1.ops.image.pad_images(X, 1, 1, -1, 1), "margins must not be negative"),
        (lambda: mark1.ops.image.crop_images(X, 9, 0, 0, 0), "nothing is left of pictures of 9 x"),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()
