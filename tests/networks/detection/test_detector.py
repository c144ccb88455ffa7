"""Detectors on our own backbones: drawn, judged, counted, taught, refused; every one of the three."""

from dataclasses import replace

import pytest
import torch
from torchvision.ops import box_iou

from skipwise.errors import UserError
from skipwise.networks import PRESETS, Head, Network, build, cost, fuse, key_masks
from skipwise.networks.architecture import Pyramid
from skipwise.networks.detection.detector import build_detector
from skipwise.networks.detection.pyramid import levels
from skipwise.networks.external.libraries import external_network
from support.slow import slow_where

DETECTORS = ("fcos", "retinanet", "faster-rcnn")
SHAPE = (3, 64, 64)


def slim(detector, name="resnet-slim10", **changes):
    return replace(PRESETS[name], pyramid=Pyramid(detector=detector, **changes))


def made(detector, seed=0, **changes):
    return build_detector(slim(detector, **changes), SHAPE, 3, seed)


def images(count=2):
    return torch.randn(count, *SHAPE, generator=torch.Generator().manual_seed(0))


def two_targets():
    return [
        {"boxes": torch.tensor([[4.0, 6, 28, 30], [30, 20, 60, 44]]), "labels": torch.tensor([0, 2])},
        {"boxes": torch.tensor([[10.0, 30, 34, 62]]), "labels": torch.tensor([1])},
    ]


NOTHING = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}


@pytest.mark.parametrize(
    ("name", "strides", "channels"),
    [
        ("resnet50", [4, 8, 16, 32], [256, 512, 1024, 2048]),
        ("resnet20", [1, 2, 4], [16, 32, 64]),
        ("resnet-slim18", [2, 4, 8, 16, 32], [16, 16, 32, 64, 128]),
        ("repvgg-a0", [2, 4, 8, 16, 32], [48, 48, 96, 192, 1280]),
        ("vgg16-bn", [1, 2, 4, 8, 16], [64, 128, 256, 512, 512]),
    ],
)
def test_levels_are_the_last_maps_of_each_stride(name, strides, channels):
    found = levels(PRESETS[name])
    assert [level.stride for level in found] == strides
    assert [level.channels for level in found] == channels
    network = build(replace(PRESETS[name], head=Head()), SHAPE, 3, seed=0)
    with torch.no_grad():
        maps = network.eval().features(images(1))
    assert [tuple(maps[level.index].shape[1:]) for level in found] == [
        (width, 64 // stride, 64 // stride) for width, stride in zip(channels, strides, strict=True)
    ]


@pytest.mark.parametrize(
    ("detector", "name", "strides"),
    [
        ("retinanet", "resnet50", [8, 16, 32, 64, 128]),
        ("fcos", "resnet20", [1, 2, 4, 8, 16]),
        ("faster-rcnn", "resnet50", [4, 8, 16, 32, 64]),
        ("faster-rcnn", "resnet20", [1, 2, 4, 8]),
    ],
)
def test_anchors_follow_the_strides(detector, name, strides):
    network = build_detector(slim(detector, name), SHAPE, 3, seed=0)
    assert network.pyramid.strides == strides
    assert [level.shape[-1] for level in network.eval().maps(images(1)).values()] == [
        max(1, 64 // stride) for stride in strides
    ]
    anchors = (network.head.rpn if detector == "faster-rcnn" else network.head.model).anchor_generator
    expected = {
        "retinanet": [(4 * s, int(4 * s * 2 ** (1 / 3)), int(4 * s * 2 ** (2 / 3))) for s in strides],
        "fcos": [(s,) for s in strides],
        "faster-rcnn": [(8 * s,) for s in strides],
    }
    assert list(anchors.sizes) == expected[detector]


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize(
    ("residual", "plain"), [("resnet-slim10", "plain-slim10"), ("resnet18", "plain18"), ("wrn-16-4", "plain-wrn-16-4")]
)
def test_twins_begin_with_the_same_bits(detector, residual, plain):
    """Also where the residual one has projections, which draw parameters of their own."""
    ours, theirs = (
        dict(build_detector(slim(detector, name), SHAPE, 3, seed=4).named_parameters()) for name in (residual, plain)
    )
    assert theirs.keys() <= ours.keys()
    assert all(".shortcut." in name for name in ours.keys() - theirs.keys())
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    classifier = dict(build(PRESETS[residual], SHAPE, 7, seed=4).named_parameters())
    backbone = {name.removeprefix("backbone."): p for name, p in ours.items() if name.startswith("backbone.")}
    assert backbone.keys() == {name for name in classifier if not name.startswith("head.")}
    assert all(torch.equal(backbone[name], classifier[name]) for name in backbone)


@pytest.mark.parametrize("name", ["wrn-16-4", "plain-wrn-16-4"])
def test_maps_of_pre_activation_pass_what_the_next_block_begins_with(name):
    network = build_detector(slim("retinanet", name), (3, 32, 32), 3, seed=0)
    given = []
    network.pyramid.network.register_forward_pre_hook(lambda _, args: given.extend(args[0].values()))
    with torch.no_grad():
        x = torch.randn(2, 3, 32, 32)
        features = network.backbone.features(x)
        network(x)
    assert len(given) == 3
    for raw, ours in zip(features[1:], given, strict=True):
        normalised = (raw - raw.mean((0, 2, 3), keepdim=True)) / raw.std((0, 2, 3), keepdim=True, correction=0)
        torch.testing.assert_close(ours, normalised.relu(), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("detector", DETECTORS)
def test_another_seed_draws_another_head_whatever_was_drawn_before(detector):
    ours = dict(made(detector, seed=0).head.named_parameters())
    torch.rand(3)
    again, other = (dict(made(detector, seed=seed).head.named_parameters()) for seed in (0, 1))
    assert all(torch.equal(ours[name], again[name]) for name in ours)
    assert not any(torch.equal(ours[name], other[name]) for name in ours if ours[name].ndim == 4)


@pytest.mark.parametrize("detector", DETECTORS)
def test_judging_twice_gives_the_same_bits_and_leaves_no_trace(detector):
    network = made(detector)
    network.pyramid.eval()
    passes = []
    network.backbone.stem.register_forward_hook(lambda *_: passes.append(1))
    torch.manual_seed(3)
    before = torch.get_rng_state()
    found, loss = network.eval_step(images(), two_targets())
    assert len(passes) == 1
    assert torch.equal(torch.get_rng_state(), before)
    assert network.training
    assert not network.pyramid.training
    assert network.backbone.stem.norm1.num_batches_tracked == 0
    torch.manual_seed(8)
    again, loss_again = network.eval_step(images(), two_targets())
    assert loss == loss_again > 0
    detected = network.detect(images())
    for one, other, third in zip(found, again, detected, strict=True):
        assert one.keys() == {"boxes", "scores", "labels"}
        assert all(torch.equal(one[name], other[name]) for name in one)
        assert all(torch.equal(one[name], third[name]) for name in one)
        assert len(one["boxes"]) <= 100


@pytest.mark.parametrize("detector", DETECTORS)
def test_judges_by_the_loss_that_it_learns_from(detector):
    """In eval mode the losses are judge's; Faster R-CNN's differ by what it samples, so it samples everything here."""
    network = made(detector).eval()
    if detector == "faster-rcnn":
        network.head.rpn.fg_bg_sampler.batch_size_per_image = 10**6
        network.head.roi_heads.fg_bg_sampler.batch_size_per_image = 10**6
    with torch.no_grad():
        loss = network.losses(images(), two_targets())
    assert network.eval_step(images(), two_targets())[1] == pytest.approx(loss.item(), rel=1e-5)


@pytest.mark.parametrize("detector", DETECTORS)
def test_images_without_objects_are_learnt_from(detector):
    network = made(detector)
    for targets in ([two_targets()[0], NOTHING], [NOTHING, NOTHING]):
        loss = network.losses(images(), targets)
        loss.backward()
        assert loss.isfinite()
    assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())
    assert NOTHING["labels"].shape == (0,)


@pytest.mark.parametrize("detector", DETECTORS)
def test_bf16_changes_little_and_boxes_stay_in_full_precision(detector):
    network = made(detector).to(memory_format=torch.channels_last)
    torch.manual_seed(0)
    loss = network.losses(images(), two_targets())
    with torch.autocast("cpu", torch.bfloat16):
        torch.manual_seed(0)
        rough = network.losses(images(), two_targets())
        assert network(images())[-1].dtype == torch.bfloat16
        network.find(images()).loss(two_targets()).backward()
        found, _ = network.eval_step(images(), two_targets())
    assert rough.dtype == torch.float32
    assert rough.item() == pytest.approx(loss.item(), rel=0.05)
    assert rough.item() != loss.item()
    assert all(of_image[name].dtype == torch.float32 for of_image in found for name in ("boxes", "scores"))


@pytest.mark.parametrize("detector", DETECTORS)
def test_checkpointing_the_backbone_changes_nothing(detector):
    losses = []
    for recompute in (False, True):
        network = made(detector)
        network.backbone.recompute = recompute
        torch.manual_seed(0)
        loss = network.losses(images(), two_targets())
        loss.backward()
        losses.append((loss, network.backbone.stem.conv1.weight.grad))
    assert torch.equal(losses[0][0], losses[1][0])
    assert torch.equal(losses[0][1], losses[1][1])


@pytest.mark.parametrize("detector", DETECTORS)
def test_what_it_costs(detector):
    """Multiply-adds of pyramid and head by hand, for maps of 16, 8, 4, 2, 1 (and 1) pixels a side and widths 16 to
    128.
    """
    width, classes, convolutions = 64, 3, 2
    network = made(detector)
    counted = cost(network, SHAPE)
    assert counted.parameters == sum(p.numel() for p in network.parameters())
    backbone = cost(build(replace(PRESETS["resnet-slim10"], head=Head()), SHAPE, 1, seed=0), SHAPE).multiply_adds - 128
    three = 9 * width**2
    if detector == "faster-rcnn":
        pyramid = sum(
            pixels * (channels * width + three) for pixels, channels in ((256, 16), (64, 32), (16, 64), (4, 128))
        )
        head = (256 + 64 + 16 + 4 + 1) * (three + 3 * (1 + 4) * width)
    else:
        pyramid = sum(pixels * (channels * width + three) for pixels, channels in ((64, 32), (16, 64), (4, 128)))
        pyramid += 2 * three
        numbers = 9 * (classes + 4) if detector == "retinanet" else classes + 4 + 1
        head = (64 + 16 + 4 + 1 + 1) * (2 * convolutions * three + numbers * 9 * width)
    assert counted.multiply_adds == backbone + pyramid + head


@pytest.mark.parametrize("detector", DETECTORS)
def test_fused_it_answers_the_same(detector):
    network = made(detector)
    for _ in range(3):
        network(images())
    assert isinstance(network.backbone, Network)
    fused = fuse(network)
    for ours, theirs in zip(network.eval()(images()), fused(images()), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("detector", DETECTORS)
def test_its_state_comes_back(detector):
    network, other = made(detector, seed=0).eval(), made(detector, seed=1).eval()
    other.load_state_dict(network.state_dict(), strict=True)
    assert all(torch.equal(a, b) for a, b in zip(network(images()), other(images()), strict=True))


@pytest.mark.parametrize(
    ("network", "shape", "match"),
    [
        (external_network("torchvision/resnet18"), SHAPE, "own networks only"),
        (replace(PRESETS["resnet-slim10"], dims=1), (3, 64), "1 dimensions in space"),
        (slim("fcos", width=48), SHAPE, "multiple of 32"),
        (slim("fcos", width=32), SHAPE, "take pyramid=64"),
        (slim("retinanet", "resnet50"), (3, 16, 16), "too small"),
        (slim("retinanet", "article-cnn"), (3, 28, 28), "--size 32"),
    ],
)
def test_what_cannot_be_is_refused(network, shape, match):
    with pytest.raises(UserError, match=match):
        build_detector(network, shape, 3, seed=0)


def test_a_single_image_passes_with_the_narrowest_pyramid_that_is_allowed():
    network = build_detector(slim("fcos", width=32), (3, 160, 160), 3, seed=0)
    assert network.losses(torch.randn(1, 3, 160, 160), [NOTHING]).isfinite()


SIDE = 64
TARGETS = [
    {"boxes": torch.tensor([[4.0, 4, 28, 28], [34, 30, 60, 50]]), "labels": torch.tensor([0, 1])},
    {"boxes": torch.tensor([[30.0, 8, 54, 34], [6, 36, 30, 60]]), "labels": torch.tensor([1, 2])},
]


def shown():
    """Noise, with each object as a bright square whose colour is its class."""
    x = 0.1 * torch.randn(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    for image, target in zip(x, TARGETS, strict=True):
        for (left, top, right, bottom), label in zip(target["boxes"].int().tolist(), target["labels"], strict=True):
            image[label, top:bottom, left:right] += 1.5
    return x


@pytest.mark.parametrize("detector", slow_where(lambda detector: detector != "fcos", DETECTORS))
def test_the_loss_falls_and_the_boxes_are_found(detector):
    pyramid = Pyramid(detector=detector, width=32 if detector == "faster-rcnn" else 64, convolutions=1)
    network = build_detector(replace(PRESETS["resnet-slim10"], pyramid=pyramid), (3, SIDE, SIDE), 3, seed=0)
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    x = shown()
    losses = []
    for step in range(120):
        key_masks(network, 0, step)
        optimizer.zero_grad()
        loss = network.losses(x, TARGETS)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[5] < losses[0]
    assert losses[-1] < 0.3 * losses[0]

    found, judged = network.eval_step(x, TARGETS)
    assert judged < 0.6 * losses[0]
    for of_image, target in zip(found, TARGETS, strict=True):
        assert (of_image["scores"] > 0.5).sum() == 2
        overlaps = box_iou(target["boxes"], of_image["boxes"][:2])
        assert overlaps.max(1).values.min() > 0.6
        assert torch.equal(of_image["labels"][overlaps.argmax(1)], target["labels"])
