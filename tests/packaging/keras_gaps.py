"""Why a public name of Keras is not in this package: what docs/keras-coverage.md says of each.

A name without an entry is "not yet". A reason for a module holds for all of its names.
"""

from __future__ import annotations

# The modules that are compared; "" is keras itself.
MODULES = (
    "", "activations", "callbacks", "config", "constraints", "dtype_policies", "initializers",
    "layers", "losses", "metrics", "mixed_precision", "models", "ops", "ops.image", "optimizers",
    "optimizers.schedules", "preprocessing", "preprocessing.image", "preprocessing.sequence",
    "random", "regularizers", "saving", "tree", "utils",
)  # fmt: skip

# Modules that are left out as a whole.
LEFT_OUT = {
    "applications": "networks with weights to download: the package has no network access in use",
    "datasets": "others: those of `mark1.datasets` are in the package or generated",
    "distribution": "one process, one device",
    "export": "formats of other runtimes",
    "legacy": "kept in Keras for old code",
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
RARER = "the rarer changes of pictures are for other packages"
FILES = "reading files of pictures, sounds and texts is for other packages"

REASONS: dict[str, dict[str, str]] = {
    "": {
        "Operation StatelessScope SymbolicScope": BACKEND,
        "Quantizer": QUANTISED,
        "RematScope remat": "no recomputation of activations",
    },
    "callbacks": {
        "OrbaxCheckpoint": "a format of JAX",
        "RemoteMonitor": "the package opens no network connections",
        "TensorBoard": "a format of TensorFlow",
    },
    "config": {
        "set_backend is_nnx_enabled": BACKEND,
        "set_epsilon": "a constant of the kernels of losses",
        "max_epochs set_max_epochs max_steps_per_epoch set_max_steps_per_epoch": (
            "settings of the process: these are arguments here"
        ),
        "disable_flash_attention enable_flash_attention is_flash_attention_enabled": (
            "attention never makes its matrix of scores"
        ),
        "disable_traceback_filtering enable_traceback_filtering is_traceback_filtering_enabled": (
            "nothing is cut out of tracebacks"
        ),
        "enable_unsafe_deserialization": "reading a file never runs code",
    },
    "dtype_policies": {
        "AWQDTypePolicy GPTQDTypePolicy Int4DTypePolicy QuantizedDTypePolicy "
        "QuantizedFloat8DTypePolicy": QUANTISED,
        "DTypePolicyMap": "layers are told their `dtype` themselves",
    },
    "layers": {
        "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper": "layers of other libraries",
        "MelSpectrogram": SOUND,
        "Hashing HashedCrossing": "the hash function of TensorFlow",
        "AugMix ContrastLimitedAdaptiveHistogramEqualization Equalization MaxNumBoundingBoxes "
        "RandAugment RandomElasticTransform": RARER,
        "ConvLSTM1D ConvLSTM2D ConvLSTM3D": "recurrent convolutions are not worth a kernel yet",
    },
    "ops": {
        "polar view_as_complex view_as_real": COMPLEX,
        "fft fft2 ifft2 irfft rfft stft istft": SOUND,
        "cholesky cholesky_inverse det eig eigh inv logdet lstsq lu_factor matrix_rank pinv qr "
        "slogdet solve solve_triangular svd": ALGEBRA,
        "ctc_decode ctc_loss": "`mark1.losses.ctc` has what losses need of it",
        "nonzero unique": "the shape of the result depends on values, which no step may read",
        "i0 kaiser": DIGITS,
        "view": BITS,
        "jvp": "derivatives here run backwards",
        "vectorize": "is about NumPy's signatures: `vectorized_map` calls a function with slices",
    },
    "ops.image": {"elastic_transform": RARER},
    "preprocessing": {"image_dataset_from_directory text_dataset_from_directory": FILES},
    "saving": {
        "KerasFileEditor": "files are zip archives of JSON and HDF5",
    },
    "utils": {
        "audio_dataset_from_directory image_dataset_from_directory "
        "text_dataset_from_directory": FILES,
        "get_file": "the package opens no network connections",
        "FeatureSpace": TEXTS,
        "model_to_dot plot_model": "drawing pictures is for other packages; `summary` prints",
        "get_source_inputs": BACKEND,
        "Config": "settings of programs: a dictionary does",
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


# What both have and mean differently: found by `make test-peers`, kept on purpose.
DIFFERENCES = {
    "float64": "computed in float64 throughout; Keras rounds some numbers of formulas (slopes, "
    "scales, `gelu`'s root) to float32, and TensorFlow some pictures",
    "`channels_first` with as many channels as columns": "the bias belongs to the channels; with "
    "TensorFlow Keras takes it for one of columns",
    "gradients by pictures that are turned, sheared, moved or zoomed": "the derivative; TensorFlow "
    "moves the gradient back by the inverse map. Those of hue and saturation, which it cuts, exist",
    "`RandomContrast(number)`": "less contrast or more, as its page in Keras says; its code only "
    "gives more",
    "`RandomShear(number)`": "one sign for both directions, as where a range is given",
    "`RandomCrop` outside of training": "the largest part in the middle, made as large as asked "
    "for, as its page in Keras says; its code returns the picture as it is",
    "`gaussian_blur`": "`kernel_size` and `sigma` are of height and width, as its page in Keras "
    "says; its code exchanges those of `sigma` and mixes up weights of kernels that are no squares",
    "`name_scope`": "changes nothing: paths of weights are made of the names of layers",
    "softmax and attention where a mask leaves nothing": "zeros; Keras averages what is masked",
    "symbolic shapes": "those of the results, also of `Bidirectional` with layers of two widths, "
    "of attention's scores and of `EinsumDense`, where Keras knows less or another",
    "`get_config`": "without what is None anyway (`quantization_config`, `activity_regularizer`)",
    "sample weights of losses": "belong to the first axes of what they weigh, in Keras the last",
    "`sparsemax`": "sums to 1",
    "sums and products of uint8": "int32; there is no uint32",
    "`cbrt`, `corrcoef`, `deg2rad`, `rad2deg`, `heaviside`, `hypot` of int64": "float32, as all "
    "functions of integers are; in Keras float64, others float32",
    "`relu`, `relu6`, `round` of integers": "float32",
    "`where` with a condition alone": "needs two values: the shape would depend on values",
    "`steps_per_epoch` that does not divide a pass": "the next pass begins within the epoch; Keras "
    "ends the epoch there, with a warning",
    "the order of logs": "the loss, then metrics as they were given; Keras sorts them",
    "products of matrices of integers": "refused: `cast` says in which precision",
    "`norm` of matrices": "not of orders 2, -2 and `nuc`, which need singular values",
    "`sparse` and `ragged`": "there are no such tensors",
}
