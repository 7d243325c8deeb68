"""Which frequencies are in a sound, and when."""

from __future__ import annotations

from typing import Any

from mark1 import config, ops
from mark1._core import Tensor
from mark1.initializers.stft import STFT, check_window
from mark1.layers.layer import Layer, registry
from mark1.variable import Variable

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
LEAST = 1e-7


@registry.register()
class STFTSpectrogram(Layer):
    """The short-time Fourier transform of each channel of a sound, as a convolution.

    Args:
        mode: what comes out of the complex numbers c: 'magnitude', |c|; 'log', its logarithm;
            'psd', |c|^2 with those frequencies twice that the other half of the spectrum has, too;
            'real', 'imag', 'angle', or 'stft', the real sides and then the imaginary ones.
        frame_length: samples of a frame, T.
        frame_step: samples from a frame to the next; half a frame if None.
        fft_length: samples of the transform, at least T; the next power of two if None. F, the
            frequencies, are half of that and one.
        window, periodic, scaling: as of `mark1.initializers.STFT`.
        padding: 'valid', or 'same': zeros at both ends, so that there is a frame for every step.
        expand_dims: whether frequencies have an axis of their own, as in pictures.
        data_format: 'channels_last', inputs (batch, time, C), or 'channels_first',
            (batch, C, time).

    Weights:
        real_kernel and imag_kernel, (T, 1, F), as far as the mode needs them.

    Returns:
        (batch, frames, C F) or (batch, C F, frames); with an axis of their own
        (batch, frames, F, C) or (batch, C, frames, F).

    Raises:
        ValueError: an argument is out of range, or inputs have not three axes.

    >>> layer = STFTSpectrogram("magnitude", 4, 4, window=None)
    >>> layer([[[1.0], [0.0], [-1.0], [0.0]]]).numpy().round(3)
    array([[[0., 2., 0.]]], dtype=float32)
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _check(mode, frame_length, frame_step, fft_length, padding)
        check_window("STFTSpectrogram", window, scaling)
        self.mode = mode
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.fft_length = fft_length
        self.window: Any = window if isinstance(window, (str, type(None))) else list(window)
        self.periodic = periodic
        self.scaling = scaling
        self.padding = padding
        self.expand_dims = expand_dims
        self.data_format: str = data_format or config.image_data_format()
        if self.data_format not in ("channels_last", "channels_first"):
            raise ValueError(
                "[STFTSpectrogram] data_format must be 'channels_last' or 'channels_first', got "
                f"{data_format!r}"
            )
        self.real_kernel: Variable | None = None
        self.imag_kernel: Variable | None = None

    @property
    def _frequencies(self) -> int:
        length = self.fft_length or 1 << max(self.frame_length - 1, 1).bit_length()
        return length // 2 + 1

    def build(self, input_shape: Any) -> None:
        """Make the kernels."""
        self._check_rank(input_shape)
        shape = (self.frame_length, 1, self._frequencies)
        for side, other in (("real", "imag"), ("imag", "real")):
            if self.mode != other:
                values = STFT(side, self.window, self.scaling, self.periodic)
                kernel = self.add_weight(shape, values, name=f"{side}_kernel")
                setattr(self, f"{side}_kernel", kernel)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the spectrogram."""
        if self.data_format == "channels_last":
            inputs = ops.transpose(inputs, (0, 2, 1))
        channels, time = inputs.shape[1:]
        signal = ops.reshape(inputs, (-1, time, 1))
        y = self._sides(signal)
        frames, frequencies = y.shape[1:]
        y = ops.reshape(y, (-1, channels, frames, frequencies))
        if self.data_format == "channels_last":
            axes = (0, 2, 3, 1) if self.expand_dims else (0, 2, 1, 3)
            y = ops.transpose(y, axes)
            return y if self.expand_dims else ops.reshape(y, (-1, frames, channels * frequencies))
        if self.expand_dims:
            return y
        y = ops.transpose(y, (0, 1, 3, 2))
        return ops.reshape(y, (-1, channels * frequencies, frames))

    def _sides(self, signal: Tensor) -> Tensor:
        """(batch, time, 1) becomes (batch, frames, frequencies)."""
        step = self.frame_step or self.frame_length // 2
        kernels = {"real": self.real_kernel, "imag": self.imag_kernel}
        sides = {
            name: ops.conv(signal, ops.cast(kernel, signal.dtype), step, self.padding)
            for name, kernel in kernels.items()
            if kernel is not None
        }
        if self.mode in sides:
            return sides[self.mode]
        real, imag = sides["real"], sides["imag"]
        if self.mode == "angle":
            return ops.arctan2(imag, real)
        if self.mode == "stft":
            return ops.concatenate([real, imag], -1)
        power = ops.add(ops.square(real), ops.square(imag))
        if self.mode == "psd":
            inner = power[:, :, 1:-1]
            return ops.add(power, ops.pad(inner, ((0, 0), (0, 0), (1, 1))))
        magnitude = ops.sqrt(ops.maximum(power, LEAST))
        return magnitude if self.mode == "magnitude" else ops.log(ops.maximum(magnitude, LEAST))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Return the shape of the spectrogram."""
        self._check_rank(input_shape)
        last = self.data_format == "channels_last"
        batch, time, channels = input_shape if last else (input_shape[i] for i in (0, 2, 1))
        step = self.frame_step or self.frame_length // 2
        frames = time
        if time is not None:
            covered = time if self.padding == "same" else time - self.frame_length + 1
            frames = -(-covered // step)
        frequencies = self._frequencies * (2 if self.mode == "stft" else 1)
        shape: tuple[Any, ...] = (channels, frames, frequencies)
        if not self.expand_dims:
            both = channels * frequencies
            shape = (frames, both) if last else (both, frames)
        elif last:
            shape = (frames, frequencies, channels)
        return (batch, *shape)

    def _check_rank(self, shape: Any) -> None:
        if len(shape) != 3:
            raise ValueError(
                f'[STFTSpectrogram "{self.name}"] needs inputs with axes for the batch, time and '
                f"channels, got {tuple(shape)}"
            )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "mode": self.mode,
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "fft_length": self.fft_length,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
            "padding": self.padding,
            "expand_dims": self.expand_dims,
            "data_format": self.data_format,
        }


def _check(mode: Any, length: Any, step: Any, fft_length: Any, padding: Any) -> None:
    kind = "[STFTSpectrogram]"
    if mode not in MODES:
        raise ValueError(f"{kind} mode must be one of {MODES}, got {mode!r}")
    if not isinstance(length, int) or length < 2:
        raise ValueError(f"{kind} frame_length must be an integer of at least 2, got {length!r}")
    if step is not None and not 1 <= step <= length:
        raise ValueError(
            f"{kind} frame_step must be from 1 to frame_length, {length}, got {step!r}"
        )
    if fft_length is not None and fft_length < length:
        raise ValueError(
            f"{kind} fft_length must be at least frame_length, {length}, got {fft_length!r}"
        )
    if padding not in ("valid", "same"):
        raise ValueError(f"{kind} padding must be 'valid' or 'same', got {padding!r}")
