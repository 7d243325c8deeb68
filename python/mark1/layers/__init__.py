"""What models are made of."""

from mark1.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from mark1.layers.dense import Dense
from mark1.layers.dropout import Dropout
from mark1.layers.flatten import Flatten
from mark1.layers.input import Input, InputLayer
from mark1.layers.layer import Layer

__all__ = [
    "ELU",
    "Activation",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "Layer",
    "LeakyReLU",
    "ReLU",
    "Softmax",
]
