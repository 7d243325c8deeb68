"""Operations on tensors. Names and semantics are those of `keras.ops` where Keras has the thing."""

from mark1.ops.broadcast import add as add
from mark1.ops.broadcast import divide as divide
from mark1.ops.broadcast import multiply as multiply
from mark1.ops.broadcast import negative as negative
from mark1.ops.broadcast import subtract as subtract
from mark1.ops.cast import cast as cast
from mark1.ops.cast import convert_to_numpy as convert_to_numpy
from mark1.ops.cast import convert_to_tensor as convert_to_tensor
from mark1.ops.fill import full as full
from mark1.ops.fill import full_like as full_like
from mark1.ops.fill import ones as ones
from mark1.ops.fill import ones_like as ones_like
from mark1.ops.fill import zeros as zeros
from mark1.ops.fill import zeros_like as zeros_like
from mark1.ops.matmul import matmul as matmul
from mark1.ops.reshape import expand_dims as expand_dims
from mark1.ops.reshape import reshape as reshape
from mark1.ops.reshape import shape as shape
from mark1.ops.reshape import squeeze as squeeze
