"""A network that finds objects: the stem and stages of an architecture, a feature pyramid, a detector's head."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.errors import UserError
from skipwise.keyed_rng import key
from skipwise.networks.architecture import Architecture, Head
from skipwise.networks.build import AnyNetwork, build
from skipwise.networks.detection.one_stage import OneStage, OneStageFindings
from skipwise.networks.detection.pyramid import MapPyramid, Maps, levels
from skipwise.networks.detection.targets import Detection, Target
from skipwise.networks.detection.two_stage import TwoStage, TwoStageFindings
from skipwise.networks.network import Network

GROUPS = 32
"""Groups of channels that FCOS's head normalises."""


class Detector(nn.Module):
    """Finds objects on the maps of `backbone`, whose own head is taken off.

    Images are normalised and of one size. Convolutions and dense layers run under the caller's autocast; boxes, losses
    and non-maximum suppression are computed in fp32.
    """

    def __init__(self, backbone: Network, classes: int) -> None:
        super().__init__()
        architecture = backbone.architecture
        pyramid = architecture.pyramid
        backbone.head = nn.Sequential()
        self.backbone = backbone
        self.pyramid = MapPyramid(architecture, pyramid.detector)
        self.head: OneStage | TwoStage
        if pyramid.detector == "faster-rcnn":
            self.head = TwoStage(
                strides=self.pyramid.strides, pooled=self.pyramid.pooled, width=pyramid.width, classes=classes
            )
        else:
            self.head = OneStage(
                pyramid.detector,
                strides=self.pyramid.strides,
                width=pyramid.width,
                convolutions=pyramid.convolutions,
                classes=classes,
            )

    def forward(self, images: Float[Tensor, "batch channels height width"]) -> list[Tensor]:
        """All that is computed without a step that depends on the data.

        One-stage: the head's answers for all levels. Faster R-CNN: the pyramid's maps and what its anchors answer; its
        dense layers for regions come after such a step.
        """
        answers: list[Tensor] = self.head(self.maps(images))
        return answers

    def losses(
        self, images: Float[Tensor, "batch channels height width"], targets: Sequence[Target]
    ) -> Float[Tensor, ""]:
        """The sum of the detector's losses, to learn from. Faster R-CNN samples with torch's generator."""
        return self.find(images).loss(targets)

    @torch.no_grad()
    def eval_step(
        self, images: Float[Tensor, "batch channels height width"], targets: Sequence[Target]
    ) -> tuple[list[Detection], float]:
        """Detections and the loss, in eval mode; the same for the same images every time."""
        with _evaluating(self), torch.random.fork_rng(devices=[]):
            torch.manual_seed(key("judge", "detector"))
            findings = self.find(images)
            return findings.detections(), findings.loss(targets).item()

    @torch.no_grad()
    def detect(self, images: Float[Tensor, "batch channels height width"]) -> list[Detection]:
        """Return the objects of each image, in eval mode."""
        with _evaluating(self):
            return self.find(images).detections()

    def find(self, images: Float[Tensor, "batch channels height width"]) -> OneStageFindings | TwoStageFindings:
        """Return the head's outputs, from which come losses and detections."""
        return self.head.find(images, self.maps(images))

    def maps(self, images: Float[Tensor, "batch channels height width"]) -> Maps:
        """The levels of the pyramid, from fine to coarse."""
        maps: Maps = self.pyramid(self.backbone.features(images))
        return maps


def build_detector(network: AnyNetwork, input_shape: Sequence[int], classes: int, seed: int) -> Detector:
    """The detector for images (channels, height, width), its parameters drawn from the seed.

    Stem and stages begin with the bits of the classifier of that name. Pyramid and head are drawn as torchvision draws
    them, under a generator of their own, so that twins begin with the same bits there too. Raises UserError where no
    objects can be found so.
    """
    if not isinstance(network, Architecture):
        raise UserError("Objects can be found on skipwise's own networks only: take a preset or an Architecture.")
    _check(network, input_shape)
    backbone = build(replace(network, head=Head()), input_shape, 1, seed)
    assert isinstance(backbone, Network)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key(seed, "detector"))
        return Detector(backbone, classes)


def _check(network: Architecture, input_shape: Sequence[int]) -> None:
    """Raises UserError where a detector cannot stand on the architecture, or images are too small for it."""
    if network.dims != 2:
        raise UserError(f"Objects are found in images, and this network has {network.dims} dimensions in space, not 2.")
    least = network.stem.enlarge_to if network.stem is not None else 0
    side = min(input_shape[1:])
    if side < least:
        raise UserError(
            f"This network enlarges images of {side} px, and boxes would lie elsewhere: take --size {least} or more."
        )
    pyramid = network.pyramid
    if pyramid.detector == "fcos" and pyramid.width % GROUPS:
        raise UserError(
            f"pyramid={pyramid.width} cannot be with detector=fcos, which normalises {GROUPS} groups of channels: take "
            f"a multiple of {GROUPS}."
        )
    coarsest = 4 * levels(network)[-1].stride
    if pyramid.detector == "fcos" and pyramid.width == GROUPS and max(input_shape[1:]) <= coarsest:
        raise UserError(
            f"pyramid={GROUPS} cannot be with detector=fcos on images of up to {coarsest} px, whose coarsest map is a single "
            f"pixel: nothing is left to normalise; take pyramid={2 * GROUPS}."
        )


@contextmanager
def _evaluating(network: nn.Module) -> Iterator[None]:
    """In eval mode; afterwards every module is in the mode that it was in."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
