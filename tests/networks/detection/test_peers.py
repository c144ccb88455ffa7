"""Detectors on resnet50 are torchvision's, with its weights copied."""

from dataclasses import replace

import pytest
import torch
from torchvision.models import detection

from skipwise.networks import PRESETS
from skipwise.networks.architecture import Pyramid
from skipwise.networks.detection.detector import build_detector
from skipwise.networks.external.weight_names import RESNET, _rename
from support.slow import slow_where

SIDE, CLASSES = 128, 5
PEERS = {
    "retinanet": (detection.retinanet_resnet50_fpn, {"score_thresh": 0.0, "detections_per_img": 100}),
    "fcos": (detection.fcos_resnet50_fpn, {"score_thresh": 0.05}),
    "faster-rcnn": (detection.fasterrcnn_resnet50_fpn, {"box_score_thresh": 0.05}),
}
TARGETS = [
    {"boxes": torch.tensor([[10.0, 12, 70, 90], [64, 40, 120, 100]]), "labels": torch.tensor([0, 4])},
    {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)},
]


def theirs_of(name):
    """The name of one of our parameters in torchvision's detector."""
    if name.startswith("backbone."):
        return "backbone.body." + _rename(name.removeprefix("backbone."), RESNET)
    for ours, theirs in (("pyramid.network.", "backbone.fpn."), ("head.model.", ""), ("head.", "")):
        if name.startswith(ours):
            return theirs + name.removeprefix(ours)
    raise AssertionError(name)


def pair(detector):
    """Our detector and torchvision's, with the same weights and the statistics of the same images."""
    make, options = PEERS[detector]
    background = detector == "faster-rcnn"
    torch.manual_seed(1)
    theirs = make(
        weights=None,
        weights_backbone=None,
        num_classes=CLASSES + background,
        min_size=SIDE,
        max_size=SIDE,
        image_mean=[0.0] * 3,
        image_std=[1.0] * 3,
        _skip_resize=True,  # which draws a size out of the generator that samples
        **options,
    )
    x = torch.randn(2, 3, SIDE, SIDE)
    norms = [module for module in theirs.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
    with torch.no_grad():
        theirs.backbone(x)
    pyramid = Pyramid(detector=detector, width=256, convolutions=4)
    ours = build_detector(replace(PRESETS["resnet50"], pyramid=pyramid), (3, SIDE, SIDE), CLASSES, seed=0)
    state = theirs.state_dict()
    names = {name: theirs_of(name) for name in ours.state_dict()}
    assert sorted(names.values()) == sorted(state)
    ours.load_state_dict({name: state[there] for name, there in names.items()}, strict=True)
    if detector == "retinanet":
        ours.head.model.score_thresh = 0.0
    if background:
        samplers = [model.roi_heads.fg_bg_sampler for model in (ours.head, theirs)]
        assert [sampler.batch_size_per_image for sampler in samplers] == [512, 512]
        for sampler in samplers:
            sampler.batch_size_per_image = 128  # as pooling 512 regions is slow to differentiate
    return ours, theirs, x, names


@pytest.mark.parametrize("detector", slow_where(lambda detector: detector != "fcos", PEERS))
def test_resnet50_is_torchvisions(detector):
    """The same detections, losses and gradients."""
    ours, theirs, x, names = pair(detector)
    shift = int(detector == "faster-rcnn")

    with torch.no_grad():
        expected = theirs.eval()(list(x))
    found = ours.detect(x)
    assert sum(len(of_image["boxes"]) for of_image in found) > 10
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one["boxes"], other["boxes"], atol=1e-3, rtol=1e-4)
        torch.testing.assert_close(one["scores"], other["scores"], atol=1e-5, rtol=1e-4)
        assert torch.equal(one["labels"], other["labels"] - shift)

    torch.manual_seed(2)
    inside = [{"boxes": target["boxes"], "labels": target["labels"] + shift} for target in TARGETS]
    their_loss = sum(theirs.train()(list(x), inside).values())
    torch.manual_seed(2)
    our_loss = ours.train().losses(x, TARGETS)
    torch.testing.assert_close(our_loss, their_loss)

    our_loss.backward()
    their_loss.backward()
    gradients = {name: parameter.grad for name, parameter in theirs.named_parameters()}
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, gradients[names[name]], atol=1e-4, rtol=1e-3)
