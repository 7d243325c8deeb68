"""Operations on tensors. Names and semantics are those of `keras.ops` where Keras has the thing."""

from mark1.ops.broadcast import add as add
from mark1.ops.broadcast import divide as divide
from mark1.ops.broadcast import multiply as multiply
from mark1.ops.broadcast import negative as negative
from mark1.ops.broadcast import subtract as subtract
