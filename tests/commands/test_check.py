"""`skipwise check` on a folder with planted mistakes: what it says, the table, the page and the exit code."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skipwise.cli import app
from skipwise.commands.check import check_data
from skipwise.commands.console import Console
from skipwise.data.tables import separated
from skipwise.errors import UserError
from support.boxes import bars
from support.libraries import without


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes that differ in brightness; a copy across the split, a damaged file, and a name that is markup."""
    root = tmp_path_factory.mktemp("data") / "things"
    chance = np.random.default_rng(0)
    for part, count in (("train", 30), ("test", 10)):
        for name, level in (("dark", 40), ("light", 170)):
            (root / part / name).mkdir(parents=True)
            for number in range(count):
                coarse = (level + chance.integers(-35, 36, (5, 5))).astype(np.uint8)
                image = Image.fromarray(coarse).resize((24, 24), Image.Resampling.BICUBIC)
                image.save(root / part / name / f"{number}.png")
    first = root / "train" / "dark" / "0.png"
    (root / "test" / "dark" / "same.png").write_bytes(first.read_bytes())
    Image.open(root / "train" / "dark" / "1.png").save(root / "test" / "dark" / "<b>anew.jpg", quality=90)
    Image.open(root / "train" / "light" / "2.png").save(root / "train" / "dark" / "mislabelled.webp", lossless=True)
    (root / "train" / "dark" / "broken.png").write_bytes(first.read_bytes()[:60])
    Image.fromarray(np.full((24, 24), 99, np.uint8)).save(root / "train" / "dark" / "blank.png")
    return root


@pytest.fixture(scope="module")
def checked(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    assert check_data(str(folder), Console(), out=out)
    with (out / "findings.csv").open(newline="", encoding="utf-8") as table:
        return out, list(csv.DictReader(table))


def rows_of(checked, kind):
    return [row for row in checked[1] if row["kind"] == kind]


def test_each_mistake_is_told_with_its_kind(checked):
    assert [row["file"] for row in rows_of(checked, "unreadable")] == ["train/dark/broken.png"]
    (same,) = rows_of(checked, "duplicate-across-split")
    assert (same["file"], same["other_file"]) == ("test/dark/same.png", "train/dark/0.png")
    assert (same["error"], same["part"].startswith("test, ")) == ("yes", True)
    (near,) = rows_of(checked, "near-duplicate-across-split")
    assert (near["file"], near["other_file"]) == ("test/dark/<b>anew.jpg", "train/dark/1.png")
    (other,) = rows_of(checked, "near-duplicate-other-label")
    assert {other["label"], other["other_label"]} == {"dark", "light"}
    assert [row["file"] for row in rows_of(checked, "one-colour")] == ["train/dark/blank.png"]
    assert rows_of(checked, "one-colour")[0]["error"] == "no"
    wrong = rows_of(checked, "wrong-label")
    assert "train/dark/mislabelled.webp" in [row["file"] for row in wrong]
    assert {row["suggested_label"] for row in wrong if "mislabelled" in row["file"]} == {"light"}


def test_the_page_answers_first_escapes_names_and_asks_for_nothing(checked):
    page = (checked[0] / "check.html").read_text()
    assert page.index("Errors were found in things: 1 unreadable file") < page.index("<table>")
    assert "<b>anew" not in page
    assert "&lt;b&gt;anew.jpg" in page
    assert "http" not in page
    assert 'src="data:image/png;base64,' in page


def test_exit_codes(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert app(["check", str(folder), "--no-labels"], standalone_mode=False) == 1
    assert (tmp_path / "checks" / "things" / "check.html").exists()
    assert "wrong-label" not in (tmp_path / "checks" / "things" / "findings.csv").read_text()
    assert not app(["check", "digits", "--no-labels"], standalone_mode=False)
    with pytest.raises(UserError, match="does not exist"):
        app(["check", "nowhere/at/all"], standalone_mode=False)


def test_texts_are_checked_for_what_is_known_of_them(tmp_path):
    rows = [f"good good film {word},pos" for word in range(12)] + [f"bad bad film {word},neg" for word in range(12)]
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["text,label", *rows, rows[0]]) + "\n")
    assert not check_data(str(file), Console(), out=tmp_path / "out")
    with (tmp_path / "out" / "findings.csv").open(newline="", encoding="utf-8") as table:
        (same,) = (row for row in csv.DictReader(table) if row["kind"] == "duplicate")
    assert (same["file"], same["other_file"]) == ("films.csv, line 26", "films.csv, line 2")
    assert (same["label"], same["part"].split(", ")[0] in ("train", "validation", "test")) == ("pos", True)


def test_all_texts_across_the_split_are_told_once(tmp_path):
    rows = [f"good film {word},pos,train" for word in range(25)] + [f"bad film {word},neg,train" for word in range(25)]
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["text,label,split", *rows, *(row.replace("train", "test") for row in rows)]) + "\n")
    assert check_data(str(file), Console(), out=tmp_path / "out", with_labels=False)
    with (tmp_path / "out" / "findings.csv").open(newline="", encoding="utf-8") as table:
        assert [row["kind"] for row in csv.DictReader(table)] == ["duplicate-across-split"] * 50


def test_scenes_are_compared_like_images_and_their_boxes_are_told_of(tmp_path):
    """A training image stands in test, too, with another object; one is there as a JPEG; a box lies outside."""
    folder = bars(tmp_path / "bars", train=12, test=6)
    for part, more in (("test", {"copy.png": ("0.png", 1), "anew.jpg": ("1.png", 0)}), ("train", {})):
        content = json.loads((folder / f"{part}.json").read_text())
        for number, (name, (original, label)) in enumerate(more.items()):
            source = folder / "train" / original
            if name.endswith("png"):
                (folder / part / name).write_bytes(source.read_bytes())
            else:
                Image.open(source).save(folder / part / name, quality=85)
            content["images"].append({"id": 90 + number, "file_name": name, "width": 48, "height": 48})
            content["annotations"].append({"image_id": 90 + number, "category_id": label, "bbox": [4, 4, 20, 20]})
        if part == "train":
            content["annotations"].append({"image_id": 0, "category_id": 0, "bbox": [60, 60, 9, 9]})
        (folder / f"{part}.json").write_text(json.dumps(content))
    (folder / "train" / "5.png").write_bytes((folder / "train" / "5.png").read_bytes()[:50])
    assert check_data(str(folder), Console(), out=tmp_path / "out")
    with (tmp_path / "out" / "findings.csv").open(newline="", encoding="utf-8") as table:
        rows = {row["kind"]: row for row in reversed([*csv.DictReader(table)])}  # of each kind the first
    assert "5.png" in rows["unreadable"]["file"]
    assert [rows["duplicate-across-split"][name] for name in ("file", "other_file")] == ["test/copy.png", "train/0.png"]
    both = [rows["contradictory-labels"][name] for name in ("label", "other_label")]
    assert both == ["1 flat, 1 tall", "1 tall"]
    assert rows["contradictory-labels"]["error"] == "yes"
    assert rows["near-duplicate-across-split"]["file"] == "test/anew.jpg"
    assert rows["mended-box"]["detail"].startswith("boxes outside their image are left out: 1 (the first: train/0.png")
    page = (tmp_path / "out" / "check.html").read_text()
    assert "<tr><td>flat</td>" in page.replace("\n", "")
    assert "Whether boxes lie where they should" in page


def test_where_most_files_are_enlarged_that_is_said_once(tmp_path):
    chance = np.random.default_rng(0)
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(8):
            side = 80 if number == 0 else 20 + number
            pixels = chance.integers(0, 256, (side, side), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "data" / name / f"{number}.png")
    for size, listed in (("64", 0), ("22", 2)):
        out = tmp_path / size
        check_data(str(tmp_path / "data"), Console(), out=out, size=int(size), with_labels=False)
        with (out / "findings.csv").open(newline="", encoding="utf-8") as table:
            assert sum(row["kind"] == "small" for row in csv.DictReader(table)) == listed
        assert ("Most files are smaller than the 64x64 px" in (out / "check.html").read_text()) == (not listed)


def test_the_padding_of_scenes_is_not_looked_at(tmp_path):
    """One wide image is black: it is of one colour, however grey its padding. All are larger than 64 px on their longer
    side.
    """
    folder = bars(tmp_path / "bars", train=12, test=6, side=96)
    for number in range(12):
        file = folder / "train" / f"{number}.png"
        pixels = np.asarray(Image.open(file)).copy()
        Image.fromarray(pixels[:48] * (number != 3)).save(file)
    content = json.loads((folder / "train.json").read_text())
    content["images"] = [{**image, "height": 48} for image in content["images"]]
    content["annotations"] = [{**one, "bbox": [4, 4, 20, 20]} for one in content["annotations"]]
    (folder / "train.json").write_text(json.dumps(content))
    check_data(str(folder), Console(), out=tmp_path / "out", size=64)
    with (tmp_path / "out" / "findings.csv").open(newline="", encoding="utf-8") as table:
        rows = [
            row for row in csv.DictReader(table) if row["kind"] in ("one-colour", "brightness", "contrast", "small")
        ]
    assert [(row["kind"], row["file"], float(row["score"])) for row in rows] == [("one-colour", "train/3.png", 0)]
    assert "Most files" not in (tmp_path / "out" / "check.html").read_text()


def test_labels_are_left_out_where_cleanlab_is_missing(folder, tmp_path, monkeypatch, capsys):
    without(monkeypatch, "cleanlab")
    check_data(str(folder), Console(), out=tmp_path)
    sentence = "Labels were not checked: A search for label errors needs cleanlab: pip install 'skipwise[check]'."
    assert sentence in " ".join(capsys.readouterr().out.split())
    assert "wrong-label" not in (tmp_path / "findings.csv").read_text()


def reads_of(data, monkeypatch, out):
    """Return how often the check reads each file below `data`, or `data` itself."""
    reads, read_bytes, opened = Counter(), Path.read_bytes, os.open

    def counting(path):
        reads[path] += 1
        return read_bytes(path)

    def counting_images(path, *options, **more):
        reads[Path(path)] += 1
        return opened(path, *options, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", counting)
        patch.setattr(os, "open", counting_images)
        check_data(str(data), Console(), out=out, with_labels=False)
    return {path: count for path, count in reads.items() if path.is_relative_to(data)}


def test_an_image_is_read_once_and_once_more_where_it_was_not_decoded_before(folder, tmp_path, monkeypatch):
    boxes = bars(tmp_path / "bars", train=8, test=4)
    monkeypatch.setenv("SKIPWISE_CACHE", str(tmp_path / "cache"))
    for data in (folder, boxes):
        images = [file for file in data.rglob("*.*") if file.is_file() and file.suffix != ".json"]
        for times in (2, 1):
            read = reads_of(data, monkeypatch, tmp_path / "out")
            assert {file: count for file, count in read.items() if file.suffix != ".json"} == dict.fromkeys(
                images, times
            )


def test_texts_are_read_once(tmp_path, monkeypatch):
    """The rows of a table, that is; its beginning and its encoding are looked at before."""
    read, rows_of = [], separated._body
    monkeypatch.setattr(
        separated, "_body", lambda path, *more, **named: read.append(path) or rows_of(path, *more, **named)
    )
    file = tmp_path / "films.csv"
    file.write_text("\n".join(["text,label", *(f"film {number},{number % 2}" for number in range(40))]) + "\n")
    reads_of(file, monkeypatch, tmp_path / "out")
    assert read == [file]


@pytest.mark.parametrize(
    ("fit", "said", "words", "pictures"),
    [
        (
            None,
            "a centre crop would lose over a quarter of the area of 100 % of the images: padded (--fit crop|pad|stretch)",
            "67 % lost by a crop; padded, 67 % of what is seen is grey",
            2,
        ),
        (
            "crop",
            "a centre crop loses over a quarter of the area of 100 % of the images (--fit pad keeps them whole)",
            "67 % lost",
            1,
        ),
        ("stretch", None, "67 % lost by a crop; stretched 3.0 times", 2),
    ],
)
def test_the_page_shows_what_a_crop_loses_and_what_the_rule_makes_of_it(tmp_path, capsys, fit, said, words, pictures):
    for name in ("cat", "dog"):
        (tmp_path / "d" / name).mkdir(parents=True)
        for i in range(8):
            pixels = np.random.default_rng(i + 10 * (name == "cat")).integers(0, 255, (60, 20 + i, 3))
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "d" / name / f"{i}.png")
    check_data(str(tmp_path / "d"), Console(), out=tmp_path / "out", with_labels=False, fit=fit)
    told, page = capsys.readouterr().out, (tmp_path / "out/check.html").read_text()
    assert ("centre crop" in told) == (said is not None)
    if said is not None:
        assert said in told
        assert said in page
    section = page[page.index("What a centre crop loses") : page.index("Class distribution")]
    assert f"cat/0.png<br>{words}</figcaption>" in section
    assert section.count("<img") == 8 * pictures


def test_texts_have_no_shape_to_fit(tmp_path):
    (tmp_path / "films.csv").write_text("text,label\n" + "good film,1\nbad film,0\n" * 10)
    with pytest.raises(UserError, match="--fit is for images"):
        check_data(str(tmp_path / "films.csv"), Console(), out=tmp_path / "out", with_labels=False, fit="pad")
