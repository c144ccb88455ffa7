"""A network that cannot be shown is told in one sentence, and every listed one has its source."""

import re
from io import BytesIO
from pathlib import Path

import pytest
import torch
from PIL import Image

from skipwise.commands.catalogue import catalogue
from skipwise.commands.show import show_depths, show_network
from skipwise.errors import UserError
from skipwise.reports.drawings.network import to_png


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("resnet20", {"input_text": "32"}, "--input is '32': it must be channels and sides in pixels, as 3x224x224."),
        ("resnet20", {"input_text": "3x2x2"}, "Images of 2x2 px are too small for this network"),
        ("resnet20", {"input_text": "3x32"}, "This network has 2 dimensions in space, the data 1."),
        ("resnet21", {}, "There is no network called 'resnet21': did you mean 'resnet20'?"),
        ("resnet20", {"picture": Path("a.jpg")}, "--picture is a.jpg: it must end in .svg or .png."),
        ("resnet20", {"classes": 1}, "--classes is 1: it must be at least 2."),
        ("resnet20", {"against": "vgg"}, "There is no network called 'vgg': did you mean 'vgg"),
    ],
)
def test_what_cannot_be_shown(name, options, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as error:
        show_network(name, **options)
    assert str(error.value).startswith(sentence)
    assert not list(tmp_path.iterdir())


def test_list_networks_names_layers_and_sources(tmp_path):
    listed = "\n".join(catalogue("networks", tmp_path))
    assert re.search(r"^resnet50 +50 +25,557,032 +4,089 M +224 px +17 px +He et al\. 2015", listed, re.MULTILINE)
    assert re.search(r"^plain-wrn-28-10 +26 +36,220,634 .* wrn-28-10 without shortcuts$", listed, re.MULTILINE)


def test_list_shortcuts_says_formulas_numbers_and_sources(tmp_path):
    listed = "\n".join(catalogue("shortcuts", tmp_path))
    assert re.search(r"^zero-pad +F\(x\) \+ x +F\(x\) \+ pad\(x\) +He et al\. 2015, option A", listed, re.MULTILINE)
    assert re.search(r"^scale/0\.5/1 +F\(x\) \+ 0\.5 x ", listed, re.MULTILINE)


class Halved(torch.nn.Module):
    """A shortcut that says its formula and its caption."""

    formula = "F(x) + 0.5 x"
    caption = "half"

    def __init__(self, context):
        super().__init__()

    def forward(self, x, branch):
        return branch + 0.5 * x


def test_a_users_own_shortcut_is_shown_with_its_formula_and_drawn_with_its_caption(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = "downsample=none/none/none,widths=16"
    show_network(f"mine@resnet8:shortcut={__name__}.Halved,{blocks}", picture=Path("mine.svg"))
    assert "shortcut: F(x) + 0.5 x" in capsys.readouterr().out
    assert ">half</text>" in (tmp_path / "mine.svg").read_text()


@pytest.mark.slow
def test_texts_are_listed_apart(tmp_path):
    listed = "\n".join(catalogue("networks", tmp_path))
    assert re.search(r"^vdcnn9 +12 +14,179,204 +305 M +1024 of 256 tokens +Conneau et al\. 2017", listed, re.MULTILINE)
    assert listed.index("network for texts") < listed.index("vdcnn9")


def test_a_network_for_texts_is_shown_with_its_table(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    show_network("res-vdcnn9", against="vdcnn9")
    shown = capsys.readouterr().out
    assert re.search(r"table, 256 tokens to 16 +1024x16 +4,096 +0 .* 1 tokens", shown)
    assert "one text of 256x1024" in shown
    assert "k-max" not in shown
    assert (tmp_path / "res-vdcnn9-vdcnn9.svg").exists()
    with pytest.raises(UserError, match="res-vdcnn9 reads text, and 3x32x32 is no text's shape"):
        show_network("res-vdcnn9", input_text="3x32x32")
    with pytest.raises(UserError, match="res-vdcnn9 reads text, and 1x64 is no text's shape"):
        show_network("res-vdcnn9", input_text="1x64")


def test_the_signal_is_drawn_beside_the_network(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    show_network("plain8", against="resnet8", input_text="1x8x8", picture=Path("two.png"), with_signal=True)
    shown = capsys.readouterr().out
    assert re.search(
        r"plain8: before training the gradient grows \d\.\d times from stage 3, block 1 back to stem\.", shown
    )
    assert "Picture: two-signal.png" in shown
    assert {path.name for path in tmp_path.iterdir()} == {"two.png", "two-signal.png"}


def test_at_several_depths_the_growth_of_the_gradient_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    show_depths("resnet", [14, 8], input_text="1x8x8")
    shown = capsys.readouterr().out
    rows = re.findall(r"^ *(8|14) +([\d.]+) times +([\d.]+) times *$", shown, re.MULTILINE)
    assert [row[0] for row in rows] == ["8", "14"]
    growth = {int(row[0]): (float(row[1]), float(row[2])) for row in rows}
    assert growth[14][0] > 2 * growth[8][0], "a factor with each layer"
    assert growth[14][1] < growth[14][0]
    svg = (tmp_path / "resnet-depths-signal.svg").read_text()
    assert "gradient growth (factor)" in svg
    show_network("resnet14", input_text="1x8x8", with_signal=True)
    assert f"grows {growth[14][1]} times" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("family", "depths", "sentence"),
    [
        ("resnet", [7], "There is no resnet of 7 layers: known are 8, 9, 14"),
        ("resnet", [], "--depths names no depth"),
        ("resnet20", [20], "There is no family of networks with a depth in its name called 'resnet20': did you mean"),
        ("res-vdcnn", [9], "vdcnn9 reads text, and 1x8x8 is no text's shape"),
    ],
)
def test_depths_that_cannot_be_shown(family, depths, sentence):
    with pytest.raises(UserError) as error:
        show_depths(family, depths, input_text="1x8x8")
    assert str(error.value).startswith(sentence)


def test_a_pale_colour_is_pale_in_a_png():
    """Orange at 40 % on white: 255 - .4 * (255 - channel)."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" fill="#D55E00" opacity="0.4"/></svg>'
    pixel = Image.open(BytesIO(to_png(svg))).convert("RGB").getpixel((5, 5))
    assert pixel == pytest.approx((238, 191, 153), abs=1)


def test_a_label_is_printed_as_it_is(tmp_path, monkeypatch, capsys):
    """Markup, codes of emoji and control characters mean nothing in a table."""
    monkeypatch.chdir(tmp_path)
    show_network("[red]x[/nothing]\x1b[31m:smile:@resnet8", against="[bold]y@plain8")
    told = capsys.readouterr().out
    assert told.count(r"[red]x[/nothing]\x1b[31m:smile:") == 3
    assert "[bold]y" in told
    assert "\x1b" not in told


def test_a_family_s_pictures_and_lines_are_printed_as_they_are(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "[red]a").mkdir()
    show_depths("resnet", [8, 14], picture=Path("[red]a/:smile:.svg"))
    assert "Picture: [red]a/:smile:.svg" in capsys.readouterr().out
