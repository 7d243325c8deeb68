"""Handwritten digits of 8 x 8 pixels, shipped inside the package (UCI, CC BY 4.0)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[Any]
Labels = NDArray[Any]


def load_data() -> tuple[tuple[Images, Labels], tuple[Images, Labels]]:
    """Load the 1,797 images, split into 1,442 to train on and 355 to test with.

    The split is fixed: of the images of each digit, in the order of the original file, every
    fifth is a test image. Both parts keep that order and hold all digits about equally often.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: images ``(n, 8, 8)`` of whole numbers from 0
        to 16 (ink per block of 4 x 4 pixels) and labels ``(n,)`` from 0 to 9, both ``uint8``.

    Source:
        E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning
        Repository, 1998, doi:10.24432/C50P49; see ``LICENSE-digits.txt`` beside this file.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape, int(x_train.max())
    ((1442, 8, 8), (355, 8, 8), 16)
    """
    with np.load(Path(__file__).with_name("digits.npz"), allow_pickle=False) as archive:
        images: Images = archive["images"]
        labels: Labels = archive["labels"]
    test = np.zeros(len(labels), dtype=bool)
    for digit in range(10):
        test[np.flatnonzero(labels == digit)[4::5]] = True
    return (images[~test], labels[~test]), (images[test], labels[test])
