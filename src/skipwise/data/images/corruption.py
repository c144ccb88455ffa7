"""Six corruptions of images, each at five severities, to measure the robustness of a trained network.

The idea and the severities 1 to 5 are of Hendrycks and Dietterich 2019 (arXiv 1903.12261). Theirs are fifteen
corruptions for photos of 224 px and, with other numbers, of 32 px. Here blur and shift are fractions of the image's
smaller side, so that one rule holds for digits of 8 px and for photos; noise is drawn by the image's index, so that
every network sees the same pixels; contrast goes towards the mean of each channel; shift and rotation, which they have
not among their corruptions, repeat the pixels of the edge.
"""

import io
import math
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from PIL import Image
from scipy.special import ndtri
from torch import Tensor

from skipwise import keyed_rng

SEVERITIES = (1, 2, 3, 4, 5)

NOISE = (0.04, 0.08, 0.12, 0.18, 0.26)
"""Standard deviation, as a fraction of white."""
BLUR = (0.03, 0.045, 0.06, 0.08, 0.1)
"""Standard deviation of the Gaussian, as a fraction of the smaller side."""
CONTRAST = (0.75, 0.5, 0.35, 0.2, 0.1)
"""The fraction that is left of each pixel's distance to the mean."""
JPEG = (60, 40, 25, 15, 7)
"""Quality. The coder's blocks are of 8 px, whatever the image's side."""
SHIFT = (0.1, 0.15, 0.2, 0.3, 0.4)
"""Fraction of the smaller side, in whole pixels: below 10 px a side some severities are the same."""
ROTATION = (9, 18, 27, 36, 45)
"""Degrees."""

Images = UInt8[Tensor, "batch height width channels"]
Indices = Int[np.ndarray, "batch"]


def corrupted(images: Images, indices: Indices, corruption: str, severity: int) -> Images:
    """The images made worse, a function of pixels, index in the data set, corruption and severity.

    `corruption` is a key of CORRUPTIONS, `severity` one of SEVERITIES.
    """
    return CORRUPTIONS[corruption](images, indices, severity)


def noise(images: Images, indices: Indices, severity: int) -> Images:
    """Gaussian noise, other for each value."""
    drawn = np.stack([_normal(images[0].numel(), int(index), severity) for index in indices])
    added = 255 * NOISE[severity - 1] * torch.from_numpy(drawn).reshape(images.shape)
    return _pixels(images + added)


def blur(images: Images, _: Indices, severity: int) -> Images:
    """A Gaussian blur that ends three standard deviations out, mirrored at the edge."""
    from torchvision.transforms.v2 import functional

    side = min(images.shape[1:3])
    deviation = BLUR[severity - 1] * side
    radius = min(math.ceil(3 * deviation), side - 1)
    blurred, deviations = _first(images).float(), [deviation, deviation]
    for kernel in ([2 * radius + 1, 1], [1, 2 * radius + 1]):  # both at once would be a square of weights
        blurred = functional.gaussian_blur(blurred, kernel, deviations)
    return _last(_pixels(blurred))


def contrast(images: Images, _: Indices, severity: int) -> Images:
    """Towards the mean of each image's channel."""
    mean = images.double().mean((1, 2), keepdim=True)
    return _pixels(mean + CONTRAST[severity - 1] * (images - mean))


def jpeg(images: Images, _: Indices, severity: int) -> Images:
    """Written as JPEG and read again."""
    return torch.stack([_through_jpeg(image, JPEG[severity - 1]) for image in images])


def shift(images: Images, indices: Indices, severity: int) -> Images:
    """Up, down, left or right, by index; what comes in repeats the edge."""
    _, height, width, _ = images.shape
    pixels = round(SHIFT[severity - 1] * min(height, width))
    quarter = _whole_numbers(4, indices, "shift")
    down = torch.tensor([0, 0, -pixels, pixels])[quarter]
    right = torch.tensor([-pixels, pixels, 0, 0])[quarter]
    rows = (torch.arange(height) - down[:, None]).clamp(0, height - 1)
    columns = (torch.arange(width) - right[:, None]).clamp(0, width - 1)
    return images[torch.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]


def rotation(images: Images, indices: Indices, severity: int) -> Images:
    """About the middle to the left or to the right, by index, between pixels linearly; what comes in repeats the
    edge.
    """
    from torchvision.transforms.v2 import functional

    pad = max(images.shape[1:3]) // 2 + 1
    padded = functional.pad(_first(images), [pad], padding_mode="edge")
    left = torch.from_numpy(_whole_numbers(2, indices, "rotation") == 1)
    turned = torch.empty_like(padded)
    for chosen, degrees in ((left, ROTATION[severity - 1]), (~left, -ROTATION[severity - 1])):
        turned[chosen] = _turned(padded, chosen, degrees)
    return _last(turned[:, :, pad:-pad, pad:-pad])


Corruption = Callable[[Images, Indices, int], Images]
CORRUPTIONS: dict[str, Corruption] = {
    "noise": noise,
    "blur": blur,
    "contrast": contrast,
    "JPEG": jpeg,
    "shift": shift,
    "rotation": rotation,
}


def corruption(name: str, severity: int) -> Callable[[Images, Indices], Images]:
    """One of them as a stream of images takes it."""
    return lambda images, indices: corrupted(images, indices, name, severity)


def _normal(count: int, index: int, severity: int) -> Float[np.ndarray, "count"]:
    return np.asarray(ndtri(keyed_rng.uniform(count, "corruption", "noise", index, severity)))


def _whole_numbers(below: int, indices: Indices, purpose: str) -> Int[np.ndarray, "batch"]:
    """One for each image, the same at all severities."""
    return np.array([keyed_rng.key("corruption", purpose, int(index)) % below for index in indices])


def _through_jpeg(
    image: UInt8[Tensor, "height width channels"], quality: int
) -> UInt8[Tensor, "height width channels"]:
    memory = io.BytesIO()
    array = image.numpy()
    Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array).save(memory, "JPEG", quality=quality)
    return torch.from_numpy(np.array(Image.open(memory))).reshape(image.shape)


def _turned(
    padded: UInt8[Tensor, "batch channels _ _"], chosen: Bool[Tensor, "batch"], degrees: float
) -> UInt8[Tensor, "_ channels _ _"]:
    from torchvision.transforms import InterpolationMode
    from torchvision.transforms.v2 import functional

    turned: Tensor = functional.rotate(padded[chosen], degrees, interpolation=InterpolationMode.BILINEAR)
    return turned


def _pixels(values: Tensor) -> Tensor:
    return values.round().clamp(0, 255).to(torch.uint8)


def _first(images: Images) -> UInt8[Tensor, "batch channels height width"]:
    return images.permute(0, 3, 1, 2)


def _last(images: UInt8[Tensor, "batch channels height width"]) -> Images:
    return images.permute(0, 2, 3, 1)
