"""Operations on tensors. Names and semantics are those of `keras.ops` where Keras has the thing."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from mark1.ops.accumulate import accumulate as accumulate
from mark1.ops.accuracy import binary_matches as binary_matches
from mark1.ops.accuracy import categorical_matches as categorical_matches
from mark1.ops.accuracy import sparse_categorical_matches as sparse_categorical_matches
from mark1.ops.aliases import absolute as absolute
from mark1.ops.aliases import amax as amax
from mark1.ops.aliases import amin as amin
from mark1.ops.aliases import array as array
from mark1.ops.aliases import copy as copy
from mark1.ops.aliases import empty as empty
from mark1.ops.aliases import empty_like as empty_like
from mark1.ops.aliases import get_item as get_item
from mark1.ops.aliases import hard_swish as hard_swish
from mark1.ops.aliases import swish as swish
from mark1.ops.aliases import true_divide as true_divide
from mark1.ops.along import take_along_axis as take_along_axis
from mark1.ops.attention import attention_scores as attention_scores
from mark1.ops.attention import dot_product_attention as dot_product_attention
from mark1.ops.averages import average as average
from mark1.ops.averages import cdist as cdist
from mark1.ops.averages import corrcoef as corrcoef
from mark1.ops.averages import diff as diff
from mark1.ops.averages import moments as moments
from mark1.ops.averages import psnr as psnr
from mark1.ops.averages import ptp as ptp
from mark1.ops.averages import trapezoid as trapezoid
from mark1.ops.batch_norm import batch_normalization as batch_normalization
from mark1.ops.batch_norm import group_normalization as group_normalization
from mark1.ops.batch_norm import train_batch_normalization as train_batch_normalization
from mark1.ops.binary import floor_divide as floor_divide
from mark1.ops.binary import maximum as maximum
from mark1.ops.binary import minimum as minimum
from mark1.ops.binary import mod as mod
from mark1.ops.binary import power as power
from mark1.ops.broadcast import add as add
from mark1.ops.broadcast import divide as divide
from mark1.ops.broadcast import multiply as multiply
from mark1.ops.broadcast import negative as negative
from mark1.ops.broadcast import subtract as subtract
from mark1.ops.cast import cast as cast
from mark1.ops.cast import convert_to_numpy as convert_to_numpy
from mark1.ops.cast import convert_to_tensor as convert_to_tensor
from mark1.ops.compare import equal as equal
from mark1.ops.compare import greater as greater
from mark1.ops.compare import greater_equal as greater_equal
from mark1.ops.compare import isfinite as isfinite
from mark1.ops.compare import isinf as isinf
from mark1.ops.compare import isnan as isnan
from mark1.ops.compare import less as less
from mark1.ops.compare import less_equal as less_equal
from mark1.ops.compare import logical_and as logical_and
from mark1.ops.compare import logical_not as logical_not
from mark1.ops.compare import logical_or as logical_or
from mark1.ops.compare import logical_xor as logical_xor
from mark1.ops.compare import not_equal as not_equal
from mark1.ops.concatenate import concatenate as concatenate
from mark1.ops.concatenate import roll as roll
from mark1.ops.concatenate import stack as stack
from mark1.ops.conv import conv as conv
from mark1.ops.conv import conv_transpose as conv_transpose
from mark1.ops.conv import depthwise_conv as depthwise_conv
from mark1.ops.conv import separable_conv as separable_conv
from mark1.ops.copy import broadcast_to as broadcast_to
from mark1.ops.copy import moveaxis as moveaxis
from mark1.ops.copy import swapaxes as swapaxes
from mark1.ops.copy import transpose as transpose
from mark1.ops.count import all as all
from mark1.ops.count import any as any
from mark1.ops.count import count_nonzero as count_nonzero
from mark1.ops.cross_entropy import binary_crossentropy as binary_crossentropy
from mark1.ops.cross_entropy import categorical_crossentropy as categorical_crossentropy
from mark1.ops.cross_entropy import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)
from mark1.ops.cumsum import cumprod as cumprod
from mark1.ops.cumsum import cumsum as cumsum
from mark1.ops.dense import dense as dense
from mark1.ops.dropout import dropout as dropout
from mark1.ops.einsum import einsum as einsum
from mark1.ops.fill import full as full
from mark1.ops.fill import full_like as full_like
from mark1.ops.fill import ones as ones
from mark1.ops.fill import ones_like as ones_like
from mark1.ops.fill import zeros as zeros
from mark1.ops.fill import zeros_like as zeros_like
from mark1.ops.gather import take as take
from mark1.ops.layer_norm import layer_normalization as layer_normalization
from mark1.ops.layer_norm import normalize as normalize
from mark1.ops.layer_norm import rms_normalization as rms_normalization
from mark1.ops.matmul import matmul as matmul
from mark1.ops.mean_error import mean_absolute_error as mean_absolute_error
from mark1.ops.mean_error import mean_squared_error as mean_squared_error
from mark1.ops.moments import logsumexp as logsumexp
from mark1.ops.moments import norm as norm
from mark1.ops.moments import prod as prod
from mark1.ops.moments import std as std
from mark1.ops.moments import var as var
from mark1.ops.one_hot import one_hot as one_hot
from mark1.ops.operation import make_operations as _make_operations
from mark1.ops.pad import pad as pad
from mark1.ops.piecewise import general_relu as general_relu
from mark1.ops.piecewise import hard_shrink as hard_shrink
from mark1.ops.piecewise import hard_sigmoid as hard_sigmoid
from mark1.ops.piecewise import hard_silu as hard_silu
from mark1.ops.piecewise import hard_tanh as hard_tanh
from mark1.ops.piecewise import leaky_relu as leaky_relu
from mark1.ops.piecewise import linear as linear
from mark1.ops.piecewise import relu as relu
from mark1.ops.piecewise import relu6 as relu6
from mark1.ops.piecewise import soft_shrink as soft_shrink
from mark1.ops.piecewise import step as step
from mark1.ops.piecewise import threshold as threshold
from mark1.ops.pool import average_pool as average_pool
from mark1.ops.pool import max_pool as max_pool
from mark1.ops.pooled_relu import join_rules as _join_rules
from mark1.ops.rearrange import rearrange as rearrange
from mark1.ops.recurrent import gru as gru
from mark1.ops.recurrent import lstm as lstm
from mark1.ops.recurrent import simple_rnn as simple_rnn
from mark1.ops.reduce import argmax as argmax
from mark1.ops.reduce import argmin as argmin
from mark1.ops.reduce import max as max
from mark1.ops.reduce import mean as mean
from mark1.ops.reduce import min as min
from mark1.ops.reduce import sum as sum
from mark1.ops.reshape import expand_dims as expand_dims
from mark1.ops.reshape import ravel as ravel
from mark1.ops.reshape import reshape as reshape
from mark1.ops.reshape import shape as shape
from mark1.ops.reshape import squeeze as squeeze
from mark1.ops.rounding import abs as abs
from mark1.ops.rounding import ceil as ceil
from mark1.ops.rounding import clip as clip
from mark1.ops.rounding import floor as floor
from mark1.ops.rounding import round as round
from mark1.ops.rounding import sign as sign
from mark1.ops.rounding import square as square
from mark1.ops.slice import flip as flip
from mark1.ops.slice import slice as slice
from mark1.ops.smooth import celu as celu
from mark1.ops.smooth import elu as elu
from mark1.ops.smooth import exponential as exponential
from mark1.ops.smooth import gelu as gelu
from mark1.ops.smooth import log_sigmoid as log_sigmoid
from mark1.ops.smooth import mish as mish
from mark1.ops.smooth import selu as selu
from mark1.ops.smooth import sigmoid as sigmoid
from mark1.ops.smooth import silu as silu
from mark1.ops.smooth import softplus as softplus
from mark1.ops.smooth import softsign as softsign
from mark1.ops.smooth import squareplus as squareplus
from mark1.ops.smooth import tanh as tanh
from mark1.ops.smooth import tanh_shrink as tanh_shrink
from mark1.ops.softmax import log_softmax as log_softmax
from mark1.ops.softmax import softmax as softmax
from mark1.ops.sort import argsort as argsort
from mark1.ops.sort import sort as sort
from mark1.ops.sort import top_k as top_k
from mark1.ops.split import split as split
from mark1.ops.stop_gradient import stop_gradient as stop_gradient
from mark1.ops.tile import repeat as repeat
from mark1.ops.tile import tile as tile
from mark1.ops.unary import cos as cos
from mark1.ops.unary import erf as erf
from mark1.ops.unary import erfc as erfc
from mark1.ops.unary import exp as exp
from mark1.ops.unary import expm1 as expm1
from mark1.ops.unary import log as log
from mark1.ops.unary import log1p as log1p
from mark1.ops.unary import reciprocal as reciprocal
from mark1.ops.unary import rsqrt as rsqrt
from mark1.ops.unary import sin as sin
from mark1.ops.unary import sqrt as sqrt
from mark1.ops.unary import tan as tan
from mark1.ops.where import where as where
from mark1.tape import custom_gradient as custom_gradient

if _TYPE_CHECKING:
    from mark1.ops import image as image
    from mark1.ops.adaptive import adaptive_average_pool as adaptive_average_pool
    from mark1.ops.adaptive import adaptive_max_pool as adaptive_max_pool
    from mark1.ops.angles import arccos as arccos
    from mark1.ops.angles import arcsin as arcsin
    from mark1.ops.angles import arctan as arctan
    from mark1.ops.angles import arctan2 as arctan2
    from mark1.ops.angles import erfinv as erfinv
    from mark1.ops.bits import bitwise_and as bitwise_and
    from mark1.ops.bits import bitwise_invert as bitwise_invert
    from mark1.ops.bits import bitwise_left_shift as bitwise_left_shift
    from mark1.ops.bits import bitwise_not as bitwise_not
    from mark1.ops.bits import bitwise_or as bitwise_or
    from mark1.ops.bits import bitwise_right_shift as bitwise_right_shift
    from mark1.ops.bits import bitwise_xor as bitwise_xor
    from mark1.ops.bits import left_shift as left_shift
    from mark1.ops.bits import nextafter as nextafter
    from mark1.ops.bits import right_shift as right_shift
    from mark1.ops.choosing import deg2rad as deg2rad
    from mark1.ops.choosing import fabs as fabs
    from mark1.ops.choosing import fmax as fmax
    from mark1.ops.choosing import fmin as fmin
    from mark1.ops.choosing import heaviside as heaviside
    from mark1.ops.choosing import nan_to_num as nan_to_num
    from mark1.ops.choosing import rad2deg as rad2deg
    from mark1.ops.choosing import saturate_cast as saturate_cast
    from mark1.ops.choosing import select as select
    from mark1.ops.choosing import trunc as trunc
    from mark1.ops.closeness import allclose as allclose
    from mark1.ops.closeness import isclose as isclose
    from mark1.ops.closeness import isneginf as isneginf
    from mark1.ops.closeness import isposinf as isposinf
    from mark1.ops.closeness import signbit as signbit
    from mark1.ops.complex_parts import angle as angle
    from mark1.ops.complex_parts import conj as conj
    from mark1.ops.complex_parts import conjugate as conjugate
    from mark1.ops.complex_parts import imag as imag
    from mark1.ops.complex_parts import isreal as isreal
    from mark1.ops.complex_parts import real as real
    from mark1.ops.control import associative_scan as associative_scan
    from mark1.ops.control import cond as cond
    from mark1.ops.control import fori_loop as fori_loop
    from mark1.ops.control import map as map
    from mark1.ops.control import scan as scan
    from mark1.ops.control import switch as switch
    from mark1.ops.control import vectorized_map as vectorized_map
    from mark1.ops.control import while_loop as while_loop
    from mark1.ops.counting import bincount as bincount
    from mark1.ops.counting import histogram as histogram
    from mark1.ops.counting import multi_hot as multi_hot
    from mark1.ops.cutting import array_split as array_split
    from mark1.ops.cutting import dsplit as dsplit
    from mark1.ops.cutting import hsplit as hsplit
    from mark1.ops.cutting import unstack as unstack
    from mark1.ops.cutting import vsplit as vsplit
    from mark1.ops.divisors import gcd as gcd
    from mark1.ops.divisors import lcm as lcm
    from mark1.ops.facts import dtype as dtype
    from mark1.ops.facts import is_tensor as is_tensor
    from mark1.ops.facts import ndim as ndim
    from mark1.ops.facts import size as size
    from mark1.ops.hyperbolic import arccosh as arccosh
    from mark1.ops.hyperbolic import arcsinh as arcsinh
    from mark1.ops.hyperbolic import arctanh as arctanh
    from mark1.ops.hyperbolic import cosh as cosh
    from mark1.ops.hyperbolic import sinh as sinh
    from mark1.ops.joining import append as append
    from mark1.ops.joining import dstack as dstack
    from mark1.ops.joining import hstack as hstack
    from mark1.ops.joining import vstack as vstack
    from mark1.ops.logarithms import exp2 as exp2
    from mark1.ops.logarithms import ldexp as ldexp
    from mark1.ops.logarithms import log2 as log2
    from mark1.ops.logarithms import log10 as log10
    from mark1.ops.logarithms import logaddexp as logaddexp
    from mark1.ops.logarithms import logaddexp2 as logaddexp2
    from mark1.ops.missing import nanargmax as nanargmax
    from mark1.ops.missing import nanargmin as nanargmin
    from mark1.ops.missing import nancumprod as nancumprod
    from mark1.ops.missing import nancumsum as nancumsum
    from mark1.ops.missing import nanmax as nanmax
    from mark1.ops.missing import nanmean as nanmean
    from mark1.ops.missing import nanmin as nanmin
    from mark1.ops.missing import nanprod as nanprod
    from mark1.ops.missing import nanstd as nanstd
    from mark1.ops.missing import nansum as nansum
    from mark1.ops.missing import nanvar as nanvar
    from mark1.ops.products import cross as cross
    from mark1.ops.products import dot as dot
    from mark1.ops.products import inner as inner
    from mark1.ops.products import kron as kron
    from mark1.ops.products import outer as outer
    from mark1.ops.products import tensordot as tensordot
    from mark1.ops.products import vdot as vdot
    from mark1.ops.quantiles import median as median
    from mark1.ops.quantiles import nanmedian as nanmedian
    from mark1.ops.quantiles import nanpercentile as nanpercentile
    from mark1.ops.quantiles import nanquantile as nanquantile
    from mark1.ops.quantiles import percentile as percentile
    from mark1.ops.quantiles import quantile as quantile
    from mark1.ops.ranges import arange as arange
    from mark1.ops.ranges import geomspace as geomspace
    from mark1.ops.ranges import linspace as linspace
    from mark1.ops.ranges import logspace as logspace
    from mark1.ops.ranges import meshgrid as meshgrid
    from mark1.ops.ratios import cbrt as cbrt
    from mark1.ops.ratios import divide_no_nan as divide_no_nan
    from mark1.ops.ratios import fmod as fmod
    from mark1.ops.ratios import hypot as hypot
    from mark1.ops.ratios import sinc as sinc
    from mark1.ops.scattering import extract_sequences as extract_sequences
    from mark1.ops.scattering import scatter as scatter
    from mark1.ops.scattering import scatter_update as scatter_update
    from mark1.ops.scattering import slice_update as slice_update
    from mark1.ops.searching import argpartition as argpartition
    from mark1.ops.searching import digitize as digitize
    from mark1.ops.searching import in_top_k as in_top_k
    from mark1.ops.searching import isin as isin
    from mark1.ops.searching import searchsorted as searchsorted
    from mark1.ops.searching import unravel_index as unravel_index
    from mark1.ops.segments import segment_max as segment_max
    from mark1.ops.segments import segment_min as segment_min
    from mark1.ops.segments import segment_prod as segment_prod
    from mark1.ops.segments import segment_sum as segment_sum
    from mark1.ops.sliding import correlate as correlate
    from mark1.ops.sliding import fold as fold
    from mark1.ops.sliding import unfold as unfold
    from mark1.ops.sparse import glu as glu
    from mark1.ops.sparse import sparse_plus as sparse_plus
    from mark1.ops.sparse import sparse_sigmoid as sparse_sigmoid
    from mark1.ops.sparse import sparsemax as sparsemax
    from mark1.ops.tapers import bartlett as bartlett
    from mark1.ops.tapers import blackman as blackman
    from mark1.ops.tapers import hamming as hamming
    from mark1.ops.tapers import hanning as hanning
    from mark1.ops.triangles import diag as diag
    from mark1.ops.triangles import diagflat as diagflat
    from mark1.ops.triangles import diagonal as diagonal
    from mark1.ops.triangles import eye as eye
    from mark1.ops.triangles import identity as identity
    from mark1.ops.triangles import trace as trace
    from mark1.ops.triangles import tri as tri
    from mark1.ops.triangles import tril as tril
    from mark1.ops.triangles import triu as triu
    from mark1.ops.triangles import vander as vander
    from mark1.ops.turning import depth_to_space as depth_to_space
    from mark1.ops.turning import fliplr as fliplr
    from mark1.ops.turning import flipud as flipud
    from mark1.ops.turning import rot90 as rot90
    from mark1.ops.turning import space_to_depth as space_to_depth

# Made of other operations and seldom wanted: each module is imported when one of its names is
# asked for. A test compares the names with those above.
_LATER = {
    "adaptive": "adaptive_average_pool adaptive_max_pool",
    "angles": "arccos arcsin arctan arctan2 erfinv",
    "bits": (
        "bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift "
        "bitwise_xor left_shift nextafter right_shift"
    ),
    "choosing": "deg2rad fabs fmax fmin heaviside nan_to_num rad2deg saturate_cast select trunc",
    "closeness": "allclose isclose isneginf isposinf signbit",
    "complex_parts": "angle conj conjugate imag isreal real",
    "control": "associative_scan cond fori_loop map scan switch vectorized_map while_loop",
    "counting": "bincount histogram multi_hot",
    "cutting": "array_split dsplit hsplit unstack vsplit",
    "divisors": "gcd lcm",
    "facts": "dtype is_tensor ndim size",
    "hyperbolic": "arccosh arcsinh arctanh cosh sinh",
    "joining": "append dstack hstack vstack",
    "logarithms": "exp2 ldexp log2 log10 logaddexp logaddexp2",
    "missing": (
        "nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmin nanprod nanstd nansum "
        "nanvar"
    ),
    "products": "cross dot inner kron outer tensordot vdot",
    "quantiles": "median nanmedian nanpercentile nanquantile percentile quantile",
    "ranges": "arange geomspace linspace logspace meshgrid",
    "ratios": "cbrt divide_no_nan fmod hypot sinc",
    "scattering": "extract_sequences scatter scatter_update slice_update",
    "searching": "argpartition digitize in_top_k isin searchsorted unravel_index",
    "segments": "segment_max segment_min segment_prod segment_sum",
    "sliding": "correlate fold unfold",
    "sparse": "glu sparse_plus sparse_sigmoid sparsemax",
    "tapers": "bartlett blackman hamming hanning",
    "triangles": "diag diagflat diagonal eye identity trace tri tril triu vander",
    "turning": "depth_to_space fliplr flipud rot90 space_to_depth",
}
_MODULES = {name: module for module, names in _LATER.items() for name in names.split()}

_join_rules()
_make_operations(globals())


def __getattr__(name: str) -> _Any:
    from importlib import import_module

    if name == "image":
        return import_module("mark1.ops.image")
    if name not in _MODULES:
        raise AttributeError(f"module 'mark1.ops' has no attribute {name!r}")
    found = {name: getattr(import_module(f"mark1.ops.{_MODULES[name]}"), name)}
    _make_operations(found)
    globals().update(found)
    return found[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
