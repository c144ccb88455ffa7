"""Attribution maps: which parts of an example support a prediction, computed by captum."""

from types import ModuleType
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from skipwise.analysis.hooks import undisturbed, watched
from skipwise.errors import UserError
from skipwise.extras import load_optional
from skipwise.keyed_rng import key
from skipwise.networks import layers_in_order

Method = Literal["grad-cam", "integrated-gradients", "occlusion", "smooth-grad"]
METHODS: tuple[Method, ...] = get_args(Method)

UNSIGNED: tuple[Method, ...] = ("smooth-grad",)
"""Methods that tell how much a place counts, and not whether for or against the answer."""

Inputs = Float[Tensor, "batch channels *space"]
Maps = Float[Tensor, "batch *space"]

STEPS = 32
"""Of the integral along the line from the mean colour to the image."""
NOISY_COPIES, NOISE = 16, 0.15
"""Of SmoothGrad, and their noise as a share of the input's range (Smilkov et al. 2017, section 3.1)."""
AT_ONCE = 64
"""Altered inputs that go through a network together."""
PATCHES = 4
"""So many occluding patches lie along a side, and as many again half way between."""
SHORT_TEXT = 256
"""Positions of an input of one dimension up to which each is occluded alone."""
INTERPOLATIONS = {1: "linear", 2: "bilinear", 3: "trilinear"}


def attribute(scores: nn.Module, inputs: Inputs, answers: Int[Tensor, "batch"], method: Method) -> Maps:
    """Of each input, how much each of its places speaks for the answer of this index; below zero against it.

    `scores` gives a number for each answer. "grad-cam": Selvaraju et al. 2017 (arXiv 1610.02391), on the last maps of
    more than one place, never negative. "integrated-gradients": Sundararajan et al. 2017 (arXiv 1703.01365), from an
    input of zeros, summed over channels. "occlusion": Zeiler and Fergus 2014 (arXiv 1311.2901), zeros in a patch.
    "smooth-grad": Smilkov et al. 2017 (arXiv 1706.03825), the size of the gradient, never negative. Inputs of zeros are
    the mean colour of the training images, or no word. Raises UserError for Grad-CAM where no layer has maps,
    MissingLibraryError without captum.
    """
    devices = [inputs.device] if inputs.is_cuda else []
    with undisturbed(scores), torch.random.fork_rng(devices=devices), torch.enable_grad():
        torch.manual_seed(key("attribution", method))
        scores.eval()
        maps = {
            "grad-cam": _grad_cam,
            "integrated-gradients": _integrated_gradients,
            "occlusion": _occlusion,
            "smooth-grad": _smooth_grad,
        }[method](scores, inputs.detach().contiguous(), answers)
    return maps.detach().float()


def last_maps(scores: nn.Module, inputs: Inputs) -> nn.Module:
    """The last layer or block whose output still has more than one place. Raises UserError where there is none."""
    along = layers_in_order(scores)
    found: list[str] = []

    def look(name: str, output: Tensor) -> None:
        channels_first = not isinstance(along[name], nn.Linear)
        if channels_first and output.ndim == inputs.ndim and output[0, 0].numel() > 1:
            found.append(name)

    with watched(along, look), torch.no_grad():
        scores(inputs[:1])
    if not found:
        raise UserError(
            f"{type(scores).__name__} has no convolution whose maps Grad-CAM could weigh: take --method occlusion."
        )
    return along[found[-1]]


def _captum() -> ModuleType:
    return load_optional("captum.attr", "An attribution map")


def _grad_cam(scores: nn.Module, inputs: Inputs, answers: Int[Tensor, "batch"]) -> Tensor:
    layer = last_maps(scores, inputs)
    weighed = _captum().LayerGradCam(scores, layer).attribute(inputs, target=answers, relu_attributions=True)
    space = inputs.shape[2:]
    spread: Tensor = F.interpolate(weighed.float(), size=space, mode=INTERPOLATIONS[len(space)], align_corners=False)
    return spread[:, 0]


def _integrated_gradients(scores: nn.Module, inputs: Inputs, answers: Int[Tensor, "batch"]) -> Tensor:
    found: Tensor = (
        _captum()
        .IntegratedGradients(scores)
        .attribute(inputs, target=answers, n_steps=STEPS, internal_batch_size=max(AT_ONCE, len(inputs)))
    )
    return found.sum(1)


def _occlusion(scores: nn.Module, inputs: Inputs, answers: Int[Tensor, "batch"]) -> Tensor:
    window = _window(inputs)
    with torch.no_grad():
        found: Tensor = (
            _captum()
            .Occlusion(scores)
            .attribute(
                inputs,
                target=answers,
                sliding_window_shapes=(inputs.shape[1], *window),
                strides=(inputs.shape[1], *(max(1, side // 2) for side in window)),
                perturbations_per_eval=max(1, AT_ONCE // len(inputs)),
            )
        )
    return found[:, 0]


def _window(inputs: Inputs) -> tuple[int, ...]:
    space = inputs.shape[2:]
    if len(space) == 1:
        return (max(1, 2 * space[0] // SHORT_TEXT) if space[0] > SHORT_TEXT else 1,)
    return tuple(max(1, side // PATCHES) for side in space)


def _smooth_grad(scores: nn.Module, inputs: Inputs, answers: Int[Tensor, "batch"]) -> Tensor:
    found: Tensor = (
        _captum()
        .NoiseTunnel(_captum().Saliency(scores))
        .attribute(
            inputs,
            nt_type="smoothgrad",
            nt_samples=NOISY_COPIES,
            nt_samples_batch_size=max(1, AT_ONCE // len(inputs)),
            stdevs=NOISE * float(inputs.max() - inputs.min()),
            target=answers,
            abs=False,
        )
    )
    return found.abs().sum(1)
