"""Files of weights as other programs write them: prefixes, checkpoints, old names, and torchvision's own files."""

import argparse

import pytest
import torch
import torchvision
from torch import nn

from skipwise.errors import UserError
from skipwise.networks import PRESETS, ExternalNetwork, build
from skipwise.networks.external.pretrained import load_pretrained, load_weights
from skipwise.networks.external.weight_files import fingerprint, read_weights

FAMILIES = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet", "inception_v3",
    "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf", "regnet_y_400mf", "resnet18",
    "resnext50_32x4d", "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "swin_v2_t", "vgg11_bn", "vit_b_32",
    "wide_resnet50_2",
)  # fmt: skip
"""The smallest member of each family of torchvision's classifiers."""


@pytest.fixture(scope="module")
def resnet8():
    """The state of a small network of ours, each tensor of a number of its own."""
    network = build(PRESETS["resnet8"], (3, 16, 16), 10, seed=3)
    return {name: torch.full_like(value, number) for number, (name, value) in enumerate(network.state_dict().items())}


def fresh(classes=10):
    return build(PRESETS["resnet8"], (3, 16, 16), classes, seed=0)


def prefixed(state, prefix):
    return {f"{prefix}{name}": value for name, value in state.items()}


def compiled_inside(state):
    """As it is where torch.compile was called for the stages alone."""
    return {name.replace("stages.", "stages._orig_mod."): value for name, value in state.items()}


WRITTEN = {
    "DataParallel": lambda state: prefixed(state, "module."),
    "compiled": lambda state: prefixed(state, "_orig_mod."),
    "both": lambda state: prefixed(state, "module._orig_mod."),
    "the other way round": lambda state: prefixed(state, "_orig_mod.module."),
    "compiled inside": compiled_inside,
    "Lightning": lambda state: {"state_dict": prefixed(state, "net."), "epoch": 3, "callbacks": {"early": {"wait": 1}}},
    "with an optimizer": lambda state: {"optimizer": {"state": {0: {"step": torch.ones(())}}}, "model_state_dict": state},
    "averaged": lambda state: {"model_ema": {**prefixed(state, "module."), "n_averaged": torch.tensor(5)}},
    "of two models": lambda state: {"model_ema": {n: v + 1 for n, v in state.items()}, "model": state},
    "a dict in a dict": lambda state: {"student": {"backbone": prefixed(state, "module.")}},
    "with a number beside": lambda state: {"state_dict": state, "best_acc1": torch.tensor(0.7)},
    "half precision": lambda state: {name: value.half() for name, value in state.items()},
}  # fmt: skip


@pytest.mark.parametrize("how", WRITTEN)
def test_weights_however_they_were_saved(tmp_path, resnet8, how):
    torch.save(WRITTEN[how](resnet8), tmp_path / "weights.pth")
    network = fresh()
    loaded = load_pretrained(network, str(tmp_path / "weights.pth"))
    counters = "num_batches_tracked"
    assert all(torch.equal(v, resnet8[n]) for n, v in network.state_dict().items() if counters not in n)
    assert loaded.words == f"{sum(counters not in name for name in resnet8)} tensors loaded"


@pytest.mark.parametrize("name", ["W.PTH", "W.PT", "W.BIN", "W.CKPT", "best.pth.tar", "weights"])
def test_a_files_name_does_not_matter(tmp_path, resnet8, name):
    torch.save(resnet8, tmp_path / name)
    assert read_weights(str(tmp_path / name)).keys() == resnet8.keys()


def test_safetensors_in_capitals_and_a_folder_from_the_hub(tmp_path, resnet8):
    from safetensors.torch import save_file

    save_file(resnet8, tmp_path / "W.SAFETENSORS")
    assert read_weights(str(tmp_path / "W.SAFETENSORS")).keys() == resnet8.keys()
    torch.save(resnet8, tmp_path / "pytorch_model.bin")
    assert read_weights(str(tmp_path)).keys() == resnet8.keys()


def without_head(state):
    return {name: value for name, value in state.items() if not name.startswith("head.")}


HEADS = {
    "no head": (without_head, "head.dense fresh (the weights have no such head)"),
    "other classes": (
        lambda state: {**state, "head.dense.weight": torch.zeros(7, 64), "head.dense.bias": torch.zeros(7)},
        "head.dense fresh (the weights are for 7 classes)",
    ),
    "another head": (
        lambda state: {**without_head(state), "head.0.weight": torch.ones(5, 64), "head.2.weight": torch.ones(10, 5)},
        "head.dense fresh (the weights have no such head); head skipped",
    ),
    "a head of nothing": (
        lambda state: {**state, "head.dense.weight": torch.full((10, 64), torch.nan)},
        "head.dense fresh (the weights' own is not finite)",
    ),
}


@pytest.mark.parametrize("case", HEADS)
def test_a_head_that_stays_fresh_is_told(resnet8, case):
    changed, words = HEADS[case]
    network = fresh()
    drawn = network.head.dense.weight.clone()
    loaded = load_weights(network, changed(resnet8), "W")
    assert torch.equal(network.head.dense.weight, drawn)
    assert torch.equal(network.stem.conv1.weight, resnet8["stem.conv1.weight"])
    assert loaded.words.endswith(words)
    assert not any(name.startswith("head.") for name in loaded.backbone)


def test_all_of_a_vggs_head_stays_fresh_and_learns_at_the_heads_rate():
    with torch.device("meta"):
        theirs = torchvision.models.vgg11()
    state = {
        name: torch.full(value.shape, 0.5) for name, value in theirs.features.state_dict(prefix="features.").items()
    }
    network = build(PRESETS["vgg11"], (3, 32, 32), 3, seed=0)
    loaded = load_weights(network, state, "W")
    assert loaded.fresh == ("head.hidden1", "head.hidden2", "head.dense")
    assert len(loaded.backbone) == len(state) == 16


class TwoParts(nn.Module):
    """Nearly all of it is one child: its last layer is the head."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.layers = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))


def test_the_head_of_a_network_of_ones_own_is_its_last_layer():
    state = {"scale": torch.zeros(1), "layers.0.weight": torch.zeros(4, 4), "layers.0.bias": torch.zeros(4)}
    network = TwoParts()
    assert load_weights(network, state, "W").fresh == ("layers.1",)
    assert network.scale == 0
    del state["layers.0.bias"]
    with pytest.raises(UserError, match=r"they have no 'layers\.0\.bias', which layers\.0\.bias would be"):
        load_weights(network, state, "W")


def first_names(state):
    shorter = dict(list(state.items())[8:])
    names = [name for name in list(state)[:8] if "num_batches" not in name]
    first = ", ".join(f"{name!r}, which {name} would be" for name in names[:3])
    return shorter, f"they have no {first} and {len(names) - 3} more."


REFUSED = {
    "names": first_names,
    "another network": lambda state: (
        {"blocks.0.w": torch.ones(3)},
        "none has a name of this network's (they begin with 'blocks.0.w', ",
    ),
    "not finite": lambda state: (
        {**state, "stem.conv1.weight": torch.full((16, 3, 3, 3), torch.inf)},
        "numbers that are not finite stand in 'stem.conv1.weight'.",
    ),
    "one number": lambda state: (
        {**state, "head.dense.weight": torch.tensor(1.0)},
        "'head.dense.weight' is one number, and head.dense.weight is 10x64.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_one_sentence(resnet8, case):
    state, sentence = REFUSED[case](resnet8)
    with pytest.raises(UserError) as error:
        load_weights(fresh(), state, "W")
    assert sentence in str(error.value)


CONTENTS = {
    "a program's object": (
        lambda state: {"model": state, "args": argparse.Namespace(lr=1)},
        r"it holds argparse\.Namespace, which is code and no tensor\): save the state dict",
    ),
    "two networks": (
        lambda state: {"generator": state, "critic": state},
        r"holds several state dicts \(generator, critic\): save the one that is meant",
    ),
    "sparse": (lambda state: {"a.weight": torch.eye(3).to_sparse()}, r"holds 'a\.weight', which is no plain tensor"),
    "a list": (lambda state: [torch.ones(3)], "holds no weights: save the state dict itself"),
}


@pytest.mark.parametrize("case", CONTENTS)
def test_a_file_that_holds_something_else_is_refused(tmp_path, resnet8, case):
    content, sentence = CONTENTS[case]
    torch.save(content(resnet8), tmp_path / "checkpoint.pth")
    with pytest.raises(UserError, match=sentence):
        read_weights(str(tmp_path / "checkpoint.pth"))


def test_files_of_other_kinds_say_how_they_begin(tmp_path):
    (tmp_path / "W.pth").write_text("version https://git-lfs.github.com/spec/v1")
    with pytest.raises(UserError, match=r"it begins with b'version https://'"):
        read_weights(str(tmp_path / "W.pth"))
    torch.jit.script(nn.Linear(1, 1)).save(str(tmp_path / "W.pt"))
    with pytest.raises(UserError, match="it is a TorchScript archive"):
        read_weights(str(tmp_path / "W.pt"))
    (tmp_path / "empty.bin").write_bytes(b"")
    with pytest.raises(UserError, match="it is empty"):
        read_weights(str(tmp_path / "empty.bin"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match=r"it holds no model\.safetensors; name a file"):
        read_weights(str(tmp_path / "folder"))


def shapes_alone(name):
    """Within, networks have no numbers; RegNets compute their widths with tensors and are small."""
    return torch.device("cpu" if name.startswith("regnet") else "meta")


def stand_in(name, home):
    """Write a file under torchvision's own name, with the names of the weights that its files have; return its state.

    Each tensor is one number of its own, which stands on disk once.
    """
    with shapes_alone(name):
        theirs = torchvision.models.get_model(name, weights=None)
    state = {
        key: torch.tensor(float(number)).expand(value.shape) if value.is_floating_point() else torch.zeros(value.shape, dtype=value.dtype)
        for number, (key, value) in enumerate(theirs.state_dict().items())
    }  # fmt: skip
    if name.startswith("densenet"):  # as torchvision's files have them: denselayer1.norm.1.weight
        written = {}
        for key, value in state.items():
            for part in ("norm", "conv"):
                for digit in "12":
                    if "denselayer" in key:
                        key = key.replace(f".{part}{digit}.", f".{part}.{digit}.")
            written[key] = value
    else:
        written = state
    url = torchvision.models.get_model_weights(name).DEFAULT.url
    folder = home / "hub" / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(written, folder / url.rpartition("/")[2])
    return state


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_of_torchvisions_begins_with_its_own_weights(tmp_path, monkeypatch, name):
    """Nothing is drawn: the network begins as shapes alone, and all but its last layer comes from the file."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    state = stand_in(name, tmp_path)
    with shapes_alone(name):
        network = build(ExternalNetwork(library="torchvision", name=name), (3, 224, 224), 5, seed=0)
    network = network.to_empty(device="cpu")
    loaded = load_pretrained(network, f"torchvision/{name}")
    assert len(loaded.fresh) == 1, loaded.words
    assert loaded.why == "the weights are for 1000 classes"
    for key, value in network.state_dict().items():
        if not key.startswith(loaded.fresh) and not key.endswith("num_batches_tracked"):
            assert value.shape == state[key].shape
            assert value.ravel()[0] == state[key].ravel()[0], key
    skipped = {"googlenet": ("aux1", "aux2"), "inception_v3": ("AuxLogits",)}
    assert loaded.skipped == skipped.get(name, ())


def test_a_large_vision_transformer_gets_weights_for_its_own_size():
    assert fingerprint("torchvision/vit_h_14") == "ViT_H_14_Weights.IMAGENET1K_SWAG_LINEAR_V1"
    assert fingerprint("torchvision/vit_b_16") == "ViT_B_16_Weights.IMAGENET1K_V1"


def test_every_name_of_torchvisions_has_weights():
    from skipwise.networks.external.libraries import torchvision_classifiers

    assert all(fingerprint(f"torchvision/{name}") for name in torchvision_classifiers())


class Payload:
    def __reduce__(self):
        return (print, ("code ran",))


def test_no_code_in_torchvisions_cache_is_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    stand_in("squeezenet1_1", tmp_path)
    (file,) = (tmp_path / "hub" / "checkpoints").iterdir()
    torch.save({"weight": Payload()}, file)
    with pytest.raises(
        UserError, match=r"torchvision/squeezenet1_1 cannot be read .*: delete .*squeezenet1_1-b8a52dc0\.pth"
    ):
        read_weights("torchvision/squeezenet1_1")
    assert "code ran" not in capsys.readouterr().out
