"""Operations on pictures, as in `keras.ops.image`."""

from mark1.ops.affine_transform import affine_transform as affine_transform
from mark1.ops.colors import hsv_to_rgb as hsv_to_rgb
from mark1.ops.colors import rgb_to_grayscale as rgb_to_grayscale
from mark1.ops.colors import rgb_to_hsv as rgb_to_hsv
from mark1.ops.coordinates import map_coordinates as map_coordinates
from mark1.ops.filters import gaussian_blur as gaussian_blur
from mark1.ops.filters import sobel_edges as sobel_edges
from mark1.ops.filters import ssim as ssim
from mark1.ops.margins import crop_images as crop_images
from mark1.ops.margins import pad_images as pad_images
from mark1.ops.operation import make_operations as _make_operations
from mark1.ops.patches import extract_patches as extract_patches
from mark1.ops.patches import extract_patches_3d as extract_patches_3d
from mark1.ops.perspective import perspective_transform as perspective_transform
from mark1.ops.resizing import resize as resize
from mark1.ops.scaling import scale_and_translate as scale_and_translate

_make_operations(globals())
