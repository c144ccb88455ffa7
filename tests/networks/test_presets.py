"""Every preset: builds, runs, learns, comes back from JSON, and differs from its twin by the shortcut alone."""

import pytest
import torch

from skipwise.networks import PRESETS, Architecture, NoShortcut, build, cost, least_size
from skipwise.networks.architecture import Stage

RESIDUAL = [name for name in PRESETS if name.startswith("resnet")]


@pytest.mark.parametrize("name", PRESETS)
def test_runs_at_its_least_size_and_learns(name):
    architecture = PRESETS[name]
    side = max(8, least_size(architecture))
    network = build(architecture, (3, side, side), 5, seed=0)
    logits = network(torch.randn(4, 3, side, side))
    assert logits.shape == (4, 5)
    logits.logsumexp(1).sum().backward()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in network.parameters())


@pytest.mark.parametrize("name", PRESETS)
def test_comes_back_from_json(name):
    assert Architecture.from_json(PRESETS[name].to_json()) == PRESETS[name]


@pytest.mark.parametrize("name", RESIDUAL)
def test_the_twin_differs_by_the_shortcut_alone(name):
    residual, plain = PRESETS[name], PRESETS[name.replace("resnet", "plain")]
    assert plain == residual.replace_blocks(shortcut=NoShortcut())
    assert plain.is_plain
    assert not residual.is_plain


def test_parameters_of_he_2015_table_6():
    """In millions, rounded as the paper rounds them."""
    paper = {"resnet20": 0.27, "resnet32": 0.46, "resnet44": 0.66, "resnet56": 0.85, "resnet110": 1.7}
    for name, millions in paper.items():
        counted = cost(build(PRESETS[name], (3, 32, 32), 10, seed=0), (3, 32, 32)).parameters
        assert round(counted / 1e6, 1 if name == "resnet110" else 2) == millions
    assert cost(build(PRESETS["resnet20"], (3, 32, 32), 10, seed=0), (3, 32, 32)).parameters == 269_722


@pytest.mark.parametrize("name", ["resnet18", "resnet34"])
def test_the_large_ones_have_torchvisions_parameters(name):
    import torchvision

    theirs = getattr(torchvision.models, name)()
    ours = build(PRESETS[name], (3, 224, 224), 1000, seed=0)
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in theirs.parameters())


@pytest.mark.parametrize("name", ["resnet18", "resnet34"])
def test_the_large_ones_compute_what_torchvisions_compute(name):
    """Weights are copied by order, blocks with their branch before the projection, as torchvision has them."""
    import torchvision

    theirs = getattr(torchvision.models, name)().double().eval()
    ours = build(PRESETS[name], (3, 64, 64), 1000, seed=0).double().eval()
    sources = list(theirs.state_dict().values())
    state = dict(zip(ours.state_dict(), sources, strict=True))
    assert [tuple(t.shape) for t in state.values()] == [tuple(t.shape) for t in ours.state_dict().values()]
    ours.load_state_dict(state)
    x = torch.randn(2, 3, 64, 64, dtype=torch.double)
    torch.testing.assert_close(ours(x), theirs(x), atol=1e-10, rtol=1e-10)


def test_multiply_adds_of_he_2015_table_1():
    """In 10^9 with one decimal, one multiply-add counted once."""
    for name, billions in {"resnet18": 1.8, "resnet34": 3.6}.items():
        counted = cost(build(PRESETS[name].plain_twin(), (3, 224, 224), 1000, seed=0), (3, 224, 224)).multiply_adds
        assert round(counted / 1e9, 1) == billions


def test_the_articles_networks_have_its_layers():
    cnn = build(PRESETS["article-cnn"], (3, 32, 32), 7, seed=0)
    kernels = [tuple(p.shape) for p in cnn.parameters() if p.ndim == 4]
    assert [shape[0] for shape in kernels] == [32, 64, 128, 256, 512]
    assert all(shape[2:] == (3, 3) for shape in kernels)
    assert cnn.head[-1].in_features == 512

    resnet = build(PRESETS["article-resnet"], (3, 32, 32), 7, seed=0)
    assert [tuple(m.shape) for m in resnet.features(torch.zeros(1, 3, 32, 32))] == [
        (1, 64, 8, 8),
        (1, 256, 8, 8),
        (1, 512, 4, 4),
        (1, 1024, 2, 2),
        (1, 2048, 1, 1),
    ]
    assert PRESETS["article-resnet"].stages[0].block.order == "relu-before-addition"


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_one_architecture_in_every_dimension(dims):
    from dataclasses import replace

    architecture = replace(PRESETS["resnet8"], dims=dims)
    network = build(architecture, (2, *[8] * dims), 3, seed=0)
    assert network(torch.randn(2, 2, *[8] * dims)).shape == (2, 3)


def test_bad_json_says_where():
    from skipwise.errors import UserError

    data = PRESETS["resnet8"].to_json()
    data["stages"][1]["width"] = "wide"
    with pytest.raises(UserError, match=r"This is no architecture: stages\.1\.width"):
        Architecture.from_json(data)
    assert isinstance(PRESETS["resnet8"].stages[0], Stage)
