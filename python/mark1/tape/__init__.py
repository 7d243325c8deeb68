"""Automatic differentiation: a record of operations, played back in reverse.

Operations are recorded in the order in which they run, so playing the record backwards needs no
sorting and no recursion. A gradient rule is a plain function of the output's gradient and of the
values that were saved for it; it is written with operations itself, which is why a tape around a
tape gives second derivatives. Nothing in a record refers to the tape or to a Python closure over
outputs: when the tape goes, its memory goes, without help from the garbage collector.
"""

from mark1.tape.custom_gradient import custom_gradient as custom_gradient
from mark1.tape.gradient_tape import GradientTape as GradientTape
from mark1.tape.state import Gradients as Gradients
from mark1.tape.state import Rule as Rule
from mark1.tape.state import _state as _state
from mark1.tape.state import joint_rules as joint_rules
from mark1.tape.state import record as record
from mark1.tape.state import recording as recording
from mark1.tape.transforms import grad as grad
from mark1.tape.transforms import value_and_grad as value_and_grad
