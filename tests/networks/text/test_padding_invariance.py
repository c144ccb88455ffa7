"""Padding changes nothing: not the answers, not what is learnt from them, whatever stands in the network."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from skipwise.networks import CATALOGUE, PRESETS, build_text, fuse, key_masks
from skipwise.networks.fields import set_field

TEXTS = [name for name, preset in CATALOGUE.items() if preset.vocabulary]
VOCABULARY, LENGTHS = 30, (41, 17, 22, 9)


def small(name):
    """The preset with fewer channels and no more than two blocks a stage, in fp64 so that rounding does not matter."""
    architecture = PRESETS[name]
    width = 8 if len(architecture.stages) > 1 else 5
    stages = tuple(replace(s, width=width * 2**n, blocks=min(s.blocks, 2)) for n, s in enumerate(architecture.stages))
    stem = architecture.stem and replace(architecture.stem, width=8)
    hidden = tuple(20 for _ in architecture.head.hidden)
    return replace(architecture, stem=stem, stages=stages, embedding=6, head=replace(architecture.head, hidden=hidden))


def texts(lengths=LENGTHS, *, padding=0, seed=0):
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.zeros(len(lengths), max(lengths) + padding, dtype=torch.long)
    for row, length in zip(tokens, lengths, strict=True):
        row[:length] = torch.randint(1, VOCABULARY, (length,), generator=generator)
    return tokens


def built(architecture, seed=0):
    return build_text(architecture, VOCABULARY, 64, 3, seed).double()


def step(network, tokens):
    """Logits, gradients and running statistics of one step of training."""
    network.train().zero_grad()
    key_masks(network, 0, 0)
    logits = network(tokens)
    F.cross_entropy(logits, torch.arange(len(tokens)) % 3).backward()
    gradients = {name: parameter.grad.clone() for name, parameter in network.named_parameters()}
    return {"logits": logits.detach(), **gradients, **{f"{n} now": v.clone() for n, v in network.named_buffers()}}


def assert_padding_changes_nothing(architecture):
    expected = step(built(architecture), texts())
    for padding in (1, 2, 7, 24):
        padded = step(built(architecture), texts(padding=padding))
        for name, value in expected.items():
            torch.testing.assert_close(padded[name], value, msg=lambda m, name=name: f"{name}: {m}")
    network = built(architecture)
    step(network, texts())
    network.eval()
    with torch.no_grad():
        together = network(texts())
        alone = torch.cat([network(row[None, :length]) for row, length in zip(texts(), LENGTHS, strict=True)])
        torch.testing.assert_close(alone, together)
        for padding in (1, 2, 7, 24):
            torch.testing.assert_close(network(texts(padding=padding)), together)
            torch.testing.assert_close(fuse(network)(texts(padding=padding)), together)
    assert (alone - alone[:1]).abs().max() > 1e-3


@pytest.mark.parametrize("downsample", ["stride", "max", "k-max", "average", "anti-aliased"])
@pytest.mark.parametrize("name", TEXTS)
def test_every_preset(name, downsample):
    if name == "textcnn" and downsample != "stride":
        pytest.skip("it shrinks nothing")
    assert_padding_changes_nothing(set_field(small(name), "downsample", downsample))


FIELDS = [
    "normalisation=group", "normalisation=layer", "normalisation=none", "normalisation=scalar-bias",
    "order=pre-activation", "order=norm-after-addition", "squeeze=4", "kernel=5", "branch=bottleneck", "branch=parallel",
    "branch=single,shortcut=arms", "shortcut=zero-pad", "shortcut=projection-average", "shortcut=conv-relu", "shortcut=gate",
    "stochastic_depth=0.4", "dropout=0.3", "activation=gelu", "multiplier=1",
]  # fmt: skip


@pytest.mark.parametrize("fields", FIELDS)
def test_every_field(fields):
    architecture = small("resnet-text-14")
    for field in fields.split(","):
        architecture = set_field(architecture, *field.split("="))
    assert_padding_changes_nothing(architecture)


@pytest.mark.parametrize("reduce", ["average", "maximum", "k-max"])
@pytest.mark.parametrize("downsample", ["none", "max", "average"])
def test_every_head(reduce, downsample):
    architecture = small("resnet-text-8")
    head = replace(architecture.head, reduce=reduce, downsample=downsample)
    assert_padding_changes_nothing(replace(architecture, head=head))


def test_a_stem_that_shrinks():
    architecture = small("resnet-text-8")
    stem = replace(architecture.stem, kernel=7, stride=2, max_pool=True)
    assert_padding_changes_nothing(replace(architecture, stem=stem))


@pytest.mark.parametrize("name", ["res-vdcnn9", "textcnn", "resnet-text-8"])
@pytest.mark.parametrize("length", [0, 1, 2, 5])
def test_short_texts_do_not_depend_on_their_neighbours(name, length):
    network = built(small(name)).eval()
    with torch.no_grad():
        alone = network(texts((length,), padding=int(length == 0)))
        assert alone.isfinite().all()
        torch.testing.assert_close(network(texts((length, 40)))[:1], alone)
        torch.testing.assert_close(network(texts((length,), padding=30)), alone)


def test_without_padding_nothing_is_masked():
    """The same bits as the network has over the looked-up rows."""
    network = build_text(small("res-vdcnn9"), VOCABULARY, 64, 3, 0)
    tokens = texts((40, 40))
    x = network.embedding(tokens).transpose(1, 2)
    assert torch.equal(network(tokens), network.network(x))
    assert all(getattr(module, "lengths", None) is None for module in network.modules())


def test_after_an_error_no_layer_knows_old_lengths():
    network = build_text(small("resnet-text-8"), VOCABULARY, 64, 3, 0)
    network.network.head.dense = nn.Linear(1, 1)
    with pytest.raises(RuntimeError):
        network(texts())
    assert all(getattr(module, "lengths", None) is None for module in network.modules())
