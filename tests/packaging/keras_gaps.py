"""Why a public name of Keras is not in this package: what docs/keras-coverage.md says of each.

A name without an entry is "not yet". A reason for a module holds for all of its names.
"""

from __future__ import annotations

# The modules that are compared; "" is keras itself.
MODULES = (
    "", "activations", "callbacks", "config", "constraints", "dtype_policies", "initializers",
    "layers", "losses", "metrics", "mixed_precision", "models", "ops", "ops.image", "optimizers",
    "optimizers.schedules", "random", "regularizers", "saving", "tree", "utils",
)  # fmt: skip

# Modules that are left out as a whole.
LEFT_OUT = {
    "applications": "networks with weights to download: the package has no network access in use",
    "backend": "there is one backend, mark1 itself",
    "datasets": "others: those of `mark1.datasets` are in the package or generated",
    "distribution": "one process, one device",
    "export": "formats of other runtimes",
    "legacy": "kept in Keras for old code",
    "preprocessing": "reading files of images, texts and series is for other packages",
    "quantizers": "no quantisation",
    "visualization": "drawing pictures is for other packages",
    "wrappers": "scikit-learn's interface",
}

BACKEND = "there is one backend, mark1 itself"
TEXTS = "vocabularies and texts are for other packages"
SOUND = "needs Fourier transforms"
COMPLEX = "no complex numbers"
ALGEBRA = "decompositions of matrices are not worth a kernel of their own yet"
DIGITS = "needs a kernel: made of other functions it would lose digits"
BITS = "works on bits, for which there is no kernel"
QUANTISED = "no quantisation"
FILES = "reading files of pictures, sounds and texts is for other packages"
REGISTRY = "classes come from closed registries and `custom_objects`, never by name from a file"
TREES = "nests are an inner matter (`mark1.utils.nest`)"

REASONS: dict[str, dict[str, str]] = {
    "": {
        "Operation StatelessScope SymbolicScope name_scope": BACKEND,
        "Quantizer": QUANTISED,
        "RematScope remat": "no recomputation of activations",
        "version": "`mark1.__version__`",
    },
    "callbacks": {
        "OrbaxCheckpoint": "a format of JAX",
        "RemoteMonitor": "the package opens no network connections",
        "TensorBoard": "a format of TensorFlow",
    },
    "config": {
        "backend set_backend is_nnx_enabled": BACKEND,
        "floatx set_floatx epsilon set_epsilon image_data_format set_image_data_format max_epochs "
        "set_max_epochs max_steps_per_epoch set_max_steps_per_epoch": (
            "settings of the process: these are arguments here"
        ),
        "disable_flash_attention enable_flash_attention is_flash_attention_enabled": (
            "attention never makes its matrix of scores"
        ),
        "disable_interactive_logging enable_interactive_logging is_interactive_logging_enabled": (
            "`verbose` says what is shown"
        ),
        "disable_traceback_filtering enable_traceback_filtering is_traceback_filtering_enabled": (
            "nothing is cut out of tracebacks"
        ),
        "enable_unsafe_deserialization": "reading a file never runs code",
    },
    "dtype_policies": {
        "AWQDTypePolicy GPTQDTypePolicy Int4DTypePolicy QuantizedDTypePolicy "
        "QuantizedFloat8DTypePolicy": QUANTISED,
    },
    "mixed_precision": {
        "LossScaleOptimizer": "bfloat16 has float32's range: nothing has to be scaled"
    },
    "initializers": {
        "STFT STFTInitializer stft": "makes kernels of spectrogram layers; see layers"
    },
    "layers": {
        "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper": "layers of other libraries",
        "MelSpectrogram STFTSpectrogram": SOUND,
        "IntegerLookup Hashing HashedCrossing": TEXTS,
        "CutMix MixUp": "needs numbers of a beta distribution, which generators find by rejection",
        "AugMix ContrastLimitedAdaptiveHistogramEqualization Equalization MaxNumBoundingBoxes "
        "RandAugment RandomElasticTransform RandomErasing RandomGaussianBlur RandomPerspective": (
            "the rarer changes of pictures are for other packages"
        ),
        "StringLookup TextVectorization": "there are no tensors of strings",
        "ConvLSTM1D ConvLSTM2D ConvLSTM3D": "recurrent convolutions are not worth a kernel yet",
    },
    "ops": {
        "angle conj conjugate imag isreal real polar view_as_complex view_as_real": COMPLEX,
        "fft fft2 ifft2 irfft rfft stft istft": SOUND,
        "cholesky cholesky_inverse det eig eigh inv logdet lstsq lu_factor matrix_rank pinv qr "
        "slogdet solve solve_triangular svd": ALGEBRA,
        "ctc_decode ctc_loss": "`mark1.losses.ctc` has what losses need of it",
        "nonzero unique": "the shape of the result depends on values, which no step may read",
        "arccos arcsin arctan arctan2 erfinv i0 kaiser": DIGITS,
        "bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or "
        "bitwise_right_shift bitwise_xor left_shift nextafter right_shift view": BITS,
        "jvp": "derivatives here run backwards",
        "vectorize": "is about NumPy's signatures: `vectorized_map` calls a function with slices",
    },
    "optimizers": {"LossScaleOptimizer": "`loss_scale_factor` is an argument of every optimizer"},
    "saving": {
        "deserialize_keras_object serialize_keras_object": REGISTRY,
        "KerasFileEditor": "files are zip archives of JSON and HDF5",
    },
    "tree": {
        "MAP_TO_NONE assert_same_paths assert_same_structure flatten flatten_with_path is_nested "
        "lists_to_tuples map_shape_structure map_structure map_structure_up_to pack_sequence_as "
        "traverse": TREES,
    },
    "utils": {
        "deserialize_keras_object serialize_keras_object": REGISTRY,
        "array_to_img audio_dataset_from_directory get_file image_dataset_from_directory "
        "img_to_array load_img save_img text_dataset_from_directory": FILES,
        "FeatureSpace": TEXTS,
        "split_dataset": "returns data sets of TensorFlow; `validation_split` parts arrays",
        "model_to_dot plot_model": "drawing pictures is for other packages; `summary` prints",
        "disable_interactive_logging enable_interactive_logging is_interactive_logging_enabled": (
            "`verbose` says what is shown"
        ),
        "is_keras_tensor get_source_inputs standardize_dtype": BACKEND,
    },
}


def reason(module: str, name: str) -> str:
    """Why a name is missing.

    >>> reason("callbacks", "TensorBoard")
    'a format of TensorFlow'
    """
    for names, why in REASONS.get(module, {}).items():
        if name in names.split():
            return why
    return "not yet"
