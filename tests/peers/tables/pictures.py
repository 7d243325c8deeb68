"""Layers that change pictures, with ranges so narrow that they draw the same numbers."""

from tests.peers.tables.table import pictures, rows

SINGLE = "TensorFlow turns pictures into float32"
APPROXIMATE = "TensorFlow turns the gradient back by the inverse map, ours is the derivative"
CUT = "TensorFlow's changes of hue and saturation have no gradient"

CASES = [
    *rows(pictures(9, 11, 3), size=256, single=SINGLE)("""
        CenterCrop(4, 5)
        Resizing(5, 20)
        Resizing(5, 20, crop_to_aspect_ratio=True)
        Resizing(5, 20, pad_to_aspect_ratio=True, fill_value=3.0)
        Resizing(5, 20, 'nearest')
        RandomBrightness((-0.3, -0.3))
        RandomContrast((0.0, 0.0))
        RandomCrop(9, 11)
        RandomGrayscale(1.0)
        RandomColorDegeneration((0.3, 0.3))
        RandomInvert((1.0, 1.0))
        RandomPosterization((3, 3))
        Solarization((0.0, 0.0), (0.0, 0.0))
        AutoContrast()
        RandomSharpness((0.8, 0.8))
        RandomGaussianBlur((1.0, 1.0), (5, 5), (0.8, 0.8))
        RandomGaussianBlur((1.0, 1.0), 3, (0.6, 0.6), (50, 200))
        Pipeline([Rescaling(0.5), RandomInvert((1.0, 1.0))])
    """),
    *rows(pictures(9, 11, 3), size=256, dtypes=("float32",))("""
        Resizing(5, 20, antialias=True)
        Resizing(5, 20, 'bicubic', antialias=True)
        Resizing(5, 20, 'lanczos3', antialias=True)
        Resizing(5, 20, 'lanczos5')
    """),
    *rows(pictures(9, 11, 3), size=256, dtypes=("float32",), no_gradients=APPROXIMATE)("""
        RandomRotation((0.13, 0.13), 'constant', fill_value=7.0)
        RandomRotation((0.13, 0.13), 'nearest', 'nearest')
        RandomZoom((0.4, 0.4), (-0.3, -0.3))
        RandomZoom((-0.2, -0.2))
        RandomTranslation((0.13, 0.13), (-0.3, -0.3), 'reflect')
        RandomPerspective((1.0, 1.0), 0.0)
    """),
    *rows(pictures(9, 11, 3), size=256, single=SINGLE, no_gradients=CUT)("""
        RandomSaturation((0.3, 0.3))
        RandomHue((0.0, 0.0))
        RandomColorJitter((0, 255), (0.1, 0.1), None, (0.4, 0.4), (0.0, 0.0))
    """),
    *rows(pictures(9, 11, 3), size=256, random=True)("""
        RandomFlip(seed=1)
        RandomRotation(0.2)
        RandomZoom(0.2)
        RandomTranslation(0.2, 0.2)
        RandomShear(0.2, 0.2)
        RandomBrightness(0.2)
        RandomContrast(0.2)
        RandomGaussianBlur(0.5)
        RandomPerspective(0.5, 0.3, 'nearest', 1.0)
        CutMix(0.5)
        MixUp(0.3)
        RandomErasing(0.5, 0.2, 1.0)
    """),
]
