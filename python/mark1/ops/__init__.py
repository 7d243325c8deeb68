"""Operations on tensors. Names and semantics are those of `keras.ops` where Keras has the thing."""

from mark1.ops.accumulate import accumulate as accumulate
from mark1.ops.accuracy import binary_matches as binary_matches
from mark1.ops.accuracy import categorical_matches as categorical_matches
from mark1.ops.accuracy import sparse_categorical_matches as sparse_categorical_matches
from mark1.ops.broadcast import add as add
from mark1.ops.broadcast import divide as divide
from mark1.ops.broadcast import multiply as multiply
from mark1.ops.broadcast import negative as negative
from mark1.ops.broadcast import subtract as subtract
from mark1.ops.cast import cast as cast
from mark1.ops.cast import convert_to_numpy as convert_to_numpy
from mark1.ops.cast import convert_to_tensor as convert_to_tensor
from mark1.ops.copy import broadcast_to as broadcast_to
from mark1.ops.copy import transpose as transpose
from mark1.ops.cross_entropy import binary_crossentropy as binary_crossentropy
from mark1.ops.cross_entropy import categorical_crossentropy as categorical_crossentropy
from mark1.ops.cross_entropy import (
    sparse_categorical_crossentropy as sparse_categorical_crossentropy,
)
from mark1.ops.dropout import dropout as dropout
from mark1.ops.fill import full as full
from mark1.ops.fill import full_like as full_like
from mark1.ops.fill import ones as ones
from mark1.ops.fill import ones_like as ones_like
from mark1.ops.fill import zeros as zeros
from mark1.ops.fill import zeros_like as zeros_like
from mark1.ops.gather import take as take
from mark1.ops.matmul import matmul as matmul
from mark1.ops.mean_error import mean_absolute_error as mean_absolute_error
from mark1.ops.mean_error import mean_squared_error as mean_squared_error
from mark1.ops.reduce import argmax as argmax
from mark1.ops.reduce import argmin as argmin
from mark1.ops.reduce import max as max
from mark1.ops.reduce import mean as mean
from mark1.ops.reduce import min as min
from mark1.ops.reduce import sum as sum
from mark1.ops.reshape import expand_dims as expand_dims
from mark1.ops.reshape import reshape as reshape
from mark1.ops.reshape import shape as shape
from mark1.ops.reshape import squeeze as squeeze
from mark1.ops.slice import slice as slice
from mark1.ops.softmax import log_softmax as log_softmax
from mark1.ops.softmax import softmax as softmax
