"""Weights from files and other libraries: loaded by name, refused in one sentence where they do not fit."""

import numpy as np
import pytest
import torch
import torchvision
from safetensors.torch import save_file

from skipwise.errors import UserError
from skipwise.networks import PRESETS, ExternalNetwork, build
from skipwise.networks.external.libraries import external_network
from skipwise.networks.external.pretrained import load_pretrained, load_weights
from skipwise.networks.external.weight_files import fingerprint, read_weights


@pytest.fixture(scope="module")
def resnet18():
    torch.manual_seed(0)
    return torchvision.models.resnet18()


@pytest.fixture
def ours():
    return build(PRESETS["resnet18"], (3, 32, 32), 5, seed=0)


@pytest.mark.parametrize("suffix", [".pth", ".pt", ".safetensors"])
def test_a_file_of_torchvisions_weights(tmp_path, resnet18, ours, suffix):
    """A new last layer for another number of classes; everything else is theirs."""
    path = tmp_path / f"weights{suffix}"
    save_file(resnet18.state_dict(), path) if suffix == ".safetensors" else torch.save(resnet18.state_dict(), path)
    head = ours.head.dense.weight.clone()
    backbone = load_pretrained(ours, str(path)).backbone
    assert torch.equal(ours.stem.conv1.weight, resnet18.conv1.weight)
    assert torch.equal(ours.stages[3][1].branch.norm2.running_var, resnet18.layer4[1].bn2.running_var)
    assert torch.equal(ours.head.dense.weight, head)
    assert backbone == {name for name, _ in ours.named_parameters()} - {"head.dense.weight", "head.dense.bias"}
    assert len(fingerprint(str(path))) == 16


def test_the_last_layer_comes_along_for_as_many_classes(resnet18):
    ours = build(PRESETS["resnet18"], (3, 32, 32), 1000, seed=0)
    load_weights(ours, resnet18.state_dict(), "theirs")
    assert torch.equal(ours.head.dense.weight, resnet18.fc.weight)


def test_a_grey_image_is_seen_as_three_equal_colours(resnet18):
    grey = build(PRESETS["resnet18"], (1, 32, 32), 1000, seed=0).eval()
    load_weights(grey, resnet18.state_dict(), "theirs")
    x = torch.randn(2, 1, 32, 32)
    torch.testing.assert_close(grey(x), resnet18.eval()(x.expand(-1, 3, -1, -1)), atol=1e-4, rtol=1e-4)


def test_a_state_dict_inside_a_checkpoint(tmp_path, resnet18, ours):
    torch.save({"state_dict": resnet18.state_dict(), "epoch": 90}, tmp_path / "checkpoint.pth")
    load_pretrained(ours, str(tmp_path / "checkpoint.pth"))
    assert torch.equal(ours.stem.conv1.weight, resnet18.conv1.weight)


def test_our_own_runs_weights_by_their_folder(tmp_path, ours):
    other = build(PRESETS["resnet18"], (3, 32, 32), 7, seed=3)
    save_file({name: value.contiguous() for name, value in other.state_dict().items()}, tmp_path / "model.safetensors")
    load_pretrained(ours, str(tmp_path))
    assert torch.equal(ours.stages[0][0].branch.conv1.weight, other.stages[0][0].branch.conv1.weight)


@pytest.mark.parametrize("channels", [1, 3])
def test_weights_for_a_network_of_torchvision(channels):
    torch.manual_seed(1)
    theirs = torchvision.models.shufflenet_v2_x0_5()
    network = build(ExternalNetwork(library="torchvision", name="shufflenet_v2_x0_5"), (channels, 32, 32), 4, seed=0)
    backbone = load_weights(network, theirs.state_dict(), "theirs").backbone
    x = torch.randn(2, channels, 32, 32)
    inside = network if channels == 3 else network[1]
    assert torch.equal(inside.conv1[0].weight, theirs.conv1[0].weight)
    assert not any(name.endswith(("fc.weight", "fc.bias")) for name in backbone)
    assert network.eval()(x).shape == (2, 4)


def plain18(tmp_path, resnet18):
    return (
        "plain18",
        resnet18.state_dict(),
        "The weights W do not fit: the network has no place for 'layer2.0.downsample.0.weight', "
        "'layer2.0.downsample.1.weight', 'layer2.0.downsample.1.bias' and 12 more.",
    )


def missing(tmp_path, resnet18):
    state = resnet18.state_dict()
    del state["layer3.0.conv1.weight"]
    return "resnet18", state, (
        "The weights W do not fit: they have no 'layer3.0.conv1.weight', which stages.2.0.branch.conv1.weight would be."
    )  # fmt: skip


def other_shape(tmp_path, resnet18):
    state = {**resnet18.state_dict(), "layer1.0.conv1.weight": torch.zeros(64, 64, 5, 5)}
    return "resnet18", state, (
        "The weights W do not fit: 'layer1.0.conv1.weight' is 64x64x5x5, and stages.0.0.branch.conv1.weight is 64x64x3x3."
    )  # fmt: skip


@pytest.mark.parametrize("case", [plain18, missing, other_shape])
def test_what_does_not_fit_is_named(tmp_path, resnet18, case):
    name, state, sentence = case(tmp_path, resnet18)
    with pytest.raises(UserError) as error:
        load_weights(build(PRESETS[name], (3, 32, 32), 5, seed=0), state, "W")
    assert str(error.value) == sentence


class Payload:
    def __reduce__(self):
        return (print, ("code ran",))


def test_no_code_of_a_file_is_run(tmp_path, capsys):
    torch.save({"weight": Payload()}, tmp_path / "evil.pth")
    with pytest.raises(UserError, match=r"evil\.pth holds no weights that can be read without running its code"):
        read_weights(str(tmp_path / "evil.pth"))
    assert "code ran" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"no weights at all", "holds no weights that can be read"), (None, "does not exist")],
)
def test_a_file_that_cannot_be(tmp_path, content, sentence):
    path = tmp_path / "weights.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        read_weights(str(path))


def test_other_kinds_of_files_and_contents(tmp_path):
    np.savez(tmp_path / "weights.npz", a=np.zeros(3))
    with pytest.raises(UserError, match=r"holds no weights that can be read .* \(it begins with b'PK"):
        read_weights(str(tmp_path / "weights.npz"))
    torch.save({"epoch": 3}, tmp_path / "numbers.pth")
    with pytest.raises(UserError, match="holds no weights: save the state dict itself"):
        read_weights(str(tmp_path / "numbers.pth"))


def test_torchvisions_own_download(monkeypatch, resnet18, ours):
    """The network is not there in tests: the download is replaced, its choice is not."""
    entry = torchvision.models.ResNet18_Weights.IMAGENET1K_V1
    asked = []

    def download(self, **options):
        asked.append((self, options))
        return resnet18.state_dict()

    monkeypatch.setattr(type(entry), "get_state_dict", download)
    load_pretrained(ours, "torchvision/resnet18")
    options = {"progress": False, "check_hash": True, "map_location": "cpu", "weights_only": True}
    assert asked == [(entry, options)]
    assert torch.equal(ours.stem.conv1.weight, resnet18.conv1.weight)
    assert fingerprint("torchvision/resnet50/IMAGENET1K_V1") == "ResNet50_Weights.IMAGENET1K_V1"
    assert fingerprint("torchvision/resnet50") == "ResNet50_Weights.IMAGENET1K_V2"


def test_a_download_that_fails_says_what_to_do(monkeypatch):
    from urllib.error import URLError

    def fail(self, **options):
        raise URLError("no route to host")

    monkeypatch.setattr(type(torchvision.models.ResNet18_Weights.DEFAULT), "get_state_dict", fail)
    with pytest.raises(
        UserError, match=r"torchvision/resnet18 cannot be downloaded .*: save its weights and name the file"
    ):
        read_weights("torchvision/resnet18")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("torchvision/resnet19", "There is no classifier in torchvision called 'resnet19': did you mean 'resnet1"),
        ("torchvision/resnet18/V9", "There is no set of weights of resnet18 in torchvision called 'V9'"),
    ],
)
def test_names_that_torchvision_lacks(name, sentence):
    with pytest.raises(UserError, match=sentence):
        fingerprint(name)


@pytest.mark.parametrize("text", ["torchvision/resnet18", "timm/resnet10t"])
@pytest.mark.parametrize("channels", [1, 3])
def test_networks_of_other_libraries(text, channels):
    network = external_network(text)
    one, again, other = (build(network, (channels, 32, 32), 4, seed=seed) for seed in (0, 0, 1))
    x = torch.randn(2, channels, 32, 32)
    assert one(x).shape == (2, 4)
    weights = [next(p for p in made.parameters() if p.ndim == 4) for made in (one, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("torchvision/resnet19", "There is no classifier in torchvision called 'resnet19'"),
        ("timm/resnet19x", "There is no network in timm called 'resnet19x'"),
    ],
)
def test_networks_that_are_not_there(text, sentence):
    with pytest.raises(UserError, match=sentence):
        external_network(text)


def test_without_timm_it_is_said(monkeypatch):
    monkeypatch.setattr("skipwise.networks.external.libraries.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"timm/resnet18 needs timm, which is not installed: `pip install timm`\."):
        external_network("timm/resnet18")


def test_torchvisions_weights_fit_in_a_run(tmp_path):
    torch.manual_seed(0)
    torch.save(torchvision.models.resnet18().state_dict(), tmp_path / "theirs.pth")
    network = build(PRESETS["resnet18"], (1, 32, 32), 3, seed=0)
    backbone = load_pretrained(network, str(tmp_path / "theirs.pth")).backbone
    assert len(backbone) == len(list(network.parameters())) - 2
