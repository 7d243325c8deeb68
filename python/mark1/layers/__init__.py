"""What models are made of."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from mark1.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from mark1.layers.activity_regularization import ActivityRegularization
from mark1.layers.attention import AdditiveAttention, Attention
from mark1.layers.batch_normalization import BatchNormalization, GroupNormalization
from mark1.layers.conv import Conv1D, Conv2D, Conv3D, Convolution1D, Convolution2D, Convolution3D
from mark1.layers.conv_transpose import (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
    Convolution1DTranspose,
    Convolution2DTranspose,
    Convolution3DTranspose,
)
from mark1.layers.dense import Dense
from mark1.layers.depthwise_conv import DepthwiseConv1D, DepthwiseConv2D
from mark1.layers.dropout import Dropout
from mark1.layers.embedding import Embedding
from mark1.layers.flatten import Flatten
from mark1.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from mark1.layers.grouped_query_attention import GroupedQueryAttention, GroupQueryAttention
from mark1.layers.input import Input, InputLayer
from mark1.layers.layer import Layer
from mark1.layers.layer import registry as _registry
from mark1.layers.masking import Masking
from mark1.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from mark1.layers.multi_head_attention import MultiHeadAttention
from mark1.layers.noise import (
    AlphaDropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from mark1.layers.normalization import LayerNormalization, RMSNormalization, UnitNormalization
from mark1.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from mark1.layers.prelu import PReLU
from mark1.layers.recurrent import GRU, LSTM, SimpleRNN
from mark1.layers.recurrent_cells import GRUCell, LSTMCell, SimpleRNNCell
from mark1.layers.reshaping import Permute, RepeatVector, Reshape
from mark1.layers.resizing import (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
from mark1.layers.rnn import RNN
from mark1.layers.separable_conv import (
    SeparableConv1D,
    SeparableConv2D,
    SeparableConvolution1D,
    SeparableConvolution2D,
)
from mark1.layers.stacked_rnn_cells import StackedRNNCells
from mark1.layers.wrapper import Bidirectional, TimeDistributed, Wrapper

if _TYPE_CHECKING:
    from mark1.layers.adaptive_pooling import (
        AdaptiveAveragePooling1D,
        AdaptiveAveragePooling2D,
        AdaptiveAveragePooling3D,
        AdaptiveMaxPooling1D,
        AdaptiveMaxPooling2D,
        AdaptiveMaxPooling3D,
    )
    from mark1.layers.augmentation.colors import (
        RandomColorDegeneration,
        RandomColorJitter,
        RandomGrayscale,
        RandomHue,
        RandomSaturation,
    )
    from mark1.layers.augmentation.crops import CenterCrop, RandomCrop, Resizing
    from mark1.layers.augmentation.distortions import RandomGaussianBlur, RandomPerspective
    from mark1.layers.augmentation.flip import RandomFlip
    from mark1.layers.augmentation.geometry import (
        RandomRotation,
        RandomShear,
        RandomTranslation,
        RandomZoom,
    )
    from mark1.layers.augmentation.light import RandomBrightness, RandomContrast
    from mark1.layers.augmentation.mixing import CutMix, MixUp, RandomErasing
    from mark1.layers.augmentation.tones import (
        AutoContrast,
        RandomInvert,
        RandomPosterization,
        RandomSharpness,
        Solarization,
    )
    from mark1.layers.descriptions import deserialize, serialize
    from mark1.layers.einsum_dense import EinsumDense
    from mark1.layers.identity import Identity
    from mark1.layers.input_spec import InputSpec
    from mark1.layers.lambda_layer import Lambda
    from mark1.layers.maxout import Maxout
    from mark1.layers.preprocessing.categories import CategoryEncoding
    from mark1.layers.preprocessing.discretization import Discretization
    from mark1.layers.preprocessing.integer_lookup import IntegerLookup
    from mark1.layers.preprocessing.normalization import Normalization
    from mark1.layers.preprocessing.pipeline import Pipeline
    from mark1.layers.preprocessing.rescaling import Rescaling
    from mark1.layers.preprocessing.stft_spectrogram import STFTSpectrogram
    from mark1.layers.preprocessing.string_lookup import StringLookup
    from mark1.layers.preprocessing.text_vectorization import TextVectorization
    from mark1.layers.reversible_embedding import ReversibleEmbedding
    from mark1.layers.spectral_normalization import SpectralNormalization

# Seldom wanted: each module is imported when one of its names is asked for, also by a file.
_LATER = {
    "adaptive_pooling": (
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
        "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D"
    ),
    "augmentation.colors": (
        "RandomColorDegeneration RandomColorJitter RandomGrayscale RandomHue RandomSaturation"
    ),
    "augmentation.crops": "CenterCrop RandomCrop Resizing",
    "augmentation.distortions": "RandomGaussianBlur RandomPerspective",
    "augmentation.flip": "RandomFlip",
    "augmentation.geometry": "RandomRotation RandomShear RandomTranslation RandomZoom",
    "augmentation.light": "RandomBrightness RandomContrast",
    "augmentation.mixing": "CutMix MixUp RandomErasing",
    "augmentation.tones": (
        "AutoContrast RandomInvert RandomPosterization RandomSharpness Solarization"
    ),
    "descriptions": "deserialize serialize",
    "einsum_dense": "EinsumDense",
    "identity": "Identity",
    "input_spec": "InputSpec",
    "lambda_layer": "Lambda",
    "maxout": "Maxout",
    "preprocessing.categories": "CategoryEncoding",
    "preprocessing.discretization": "Discretization",
    "preprocessing.integer_lookup": "IntegerLookup",
    "preprocessing.normalization": "Normalization",
    "preprocessing.pipeline": "Pipeline",
    "preprocessing.rescaling": "Rescaling",
    "preprocessing.stft_spectrogram": "STFTSpectrogram",
    "preprocessing.string_lookup": "StringLookup",
    "preprocessing.text_vectorization": "TextVectorization",
    "reversible_embedding": "ReversibleEmbedding",
    "spectral_normalization": "SpectralNormalization",
}
_MODULES = {name: module for module, names in _LATER.items() for name in names.split()}
for _name, _module in _MODULES.items():
    if _name[0].isupper() and _name != "InputSpec":
        _registry.add_later(f"mark1.layers.{_module}", [_name])


def __getattr__(name: str) -> _Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'mark1.layers' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"mark1.layers.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "AutoContrast",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "CutMix",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Discretization",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "GroupedQueryAttention",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Maxout",
    "Minimum",
    "MixUp",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "Pipeline",
    "RMSNormalization",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "ReversibleEmbedding",
    "STFTSpectrogram",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "Solarization",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
