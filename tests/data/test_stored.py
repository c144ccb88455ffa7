"""data.json and the arrays beside it: written, mapped, refused in another format, and read as earlier versions wrote
them.
"""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from skipwise.data import Options, StoredData, load_images, load_scenes, load_texts, prepare_scenes
from skipwise.data.cache_home import data_home
from skipwise.data.strings import Strings
from skipwise.errors import UserError
from skipwise.records import record_to_json
from support.boxes import bars
from support.images import dataset
from support.texts import texts

PARTS = ("train", "validation", "test")


def test_the_manifest_holds_nothing_of_each_example(tmp_path):
    small, large = dataset(tmp_path / "a.npz"), dataset(tmp_path / "b.npz", train=960, test=480)
    lengths = []
    for number, data in enumerate((small, large)):
        folder = tmp_path / str(number)
        data.stored.write(folder)
        lengths.append(len((folder / "data.json").read_text().splitlines()))
        assert json.loads((folder / "data.json").read_text())["format"] == 2
    assert lengths[0] == lengths[1]


def test_arrays_are_mapped_and_keep_their_type(tmp_path):
    data = dataset(tmp_path / "a.npz")
    data.stored.write(tmp_path)
    arrays = StoredData.read(tmp_path).arrays
    for name in ("labels", "together", *PARTS):
        assert arrays[name].dtype == np.int64
        assert not arrays[name].flags.writeable, "it is a map of the file"
        np.testing.assert_array_equal(arrays[name], getattr(data, name))


def test_the_cache_may_move(tmp_path, monkeypatch):
    monkeypatch.setenv("SKIPWISE_CACHE", str(tmp_path / "here"))
    data = dataset(tmp_path / "a.npz")
    data.stored.write(tmp_path)
    (tmp_path / "here").rename(tmp_path / "there")
    with pytest.raises(UserError, match="are gone: run the command that made the study again"):
        load_images(StoredData.read(tmp_path))
    monkeypatch.setenv("SKIPWISE_CACHE", str(tmp_path / "there"))
    np.testing.assert_array_equal(load_images(StoredData.read(tmp_path)).images, data.images)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"format": 3},
            "data.json has format 3, which a newer skipwise wrote .*: install that one, or run the command",
        ),
        ({"format": "two"}, "data.json has format two, which skipwise does not know"),
        ({"classes": 3}, "data.json is damaged .classes: "),
    ],
)
def test_other_formats_are_refused(tmp_path, change, sentence):
    dataset(tmp_path / "a.npz").stored.write(tmp_path)
    content = json.loads((tmp_path / "data.json").read_text())
    (tmp_path / "data.json").write_text(json.dumps(content | change))
    with pytest.raises(UserError, match=sentence):
        StoredData.read(tmp_path)


def test_damaged_and_lost_files_are_named(tmp_path):
    dataset(tmp_path / "a.npz").stored.write(tmp_path)
    (tmp_path / "data" / "labels.npy").write_bytes(b"")
    with pytest.raises(UserError, match=r"data cannot be read .*: run the command that made the study again"):
        StoredData.read(tmp_path)
    (tmp_path / "data" / "labels.npy").unlink()
    with pytest.raises(UserError, match=r"data is gone"):
        StoredData.read(tmp_path)
    (tmp_path / "data.json").write_text("{}")
    with pytest.raises(UserError, match=r"data.json is damaged, or of a version too old"):
        StoredData.read(tmp_path)


DUPLICATES = {
    "images": 5, "groups": 4, "examples": [["a", "b", "c"]], "across_split": 2, "across_split_examples": [["a", "b"]],
    "other_label": 1, "other_label_examples": [["d", "e"]],
}  # fmt: skip
PIXELS = {
    "near_duplicates": 4, "across_split": 0, "across_split_examples": [], "other_label": 1,
    "other_label_examples": [["f", "g"]], "one_colour": 3, "far_out_brightness": 0, "far_out_contrast": 0,
    "far_out_sizes": 2,
}  # fmt: skip


def format_one(data):
    """A data set as it was written before the format had a number."""
    manifest = json.loads(json.dumps(record_to_json(data.manifest, format_number=2)))
    own = {part: getattr(data, part).tolist() for part in PARTS}
    found = {
        name: manifest[name] for name in ("source", "name", "fingerprint", "classes", "counts", "unreadable", "notes")
    }
    found |= {name: manifest[name] for name in ("other_files", "hidden_files", "own_test")}
    found["duplicates"] = DUPLICATES
    found |= {"cache": str(data_home() / manifest["cache"]), "labels": data.labels.tolist(), "split": own}
    return found | {"together": data.together.tolist(), "files": data.files and list(data.files)}, manifest


def again(found, folder):
    (folder / "data.json").write_text(json.dumps(found))
    return StoredData.read(folder)


def same(one, other, *arrays):
    left_out = {"cache": "", "text": None, "quality": None, "layout": ()}
    assert replace(one.manifest, **left_out) == replace(other.manifest, **left_out)
    for name in ("labels", "together", *PARTS, *arrays):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert getattr(one, name).dtype == getattr(other, name).dtype


def test_images_as_earlier_versions_wrote_them(tmp_path):
    data = dataset(tmp_path / "a.npz")
    found, manifest = format_one(data)
    image = manifest["image"]
    found |= {name: image.pop(name) for name in ("resize_rule", "mean", "std")}
    loaded = load_images(again(found | {"image": image, "pixels": PIXELS}, tmp_path))
    same(loaded, data, "images")
    counts = {str(one.kind): (one.count, one.first) for one in loaded.manifest.quality.counts}
    assert counts == {
        "duplicate-across-split": (2, (("a", "b"),)),
        "contradictory-labels": (1, (("d", "e"),)),
        "duplicate": (3, (("a", "b", "c"),)),
        "near-duplicate-other-label": (1, (("f", "g"),)),
        "near-duplicate": (4, ()),
        "one-colour": (3, ()),
        "size": (2, ()),
    }


def test_texts_as_earlier_versions_wrote_them(tmp_path):
    data = texts(tmp_path / "a.csv")
    found, manifest = format_one(data)
    text = manifest["text"]
    asked = {"size": text.pop("asked_size"), "tokens": text.pop("asked_tokens")}
    found |= {"raw": str(data_home() / text.pop("raw")), "text": text | {"asked": asked}}
    loaded = load_texts(again(found, tmp_path))
    same(loaded, data)
    assert loaded.input_spec == data.input_spec
    assert loaded.manifest.text.median_length == data.manifest.text.median_length
    assert list(loaded.texts) == list(data.texts)


def test_scenes_as_earlier_versions_wrote_them(tmp_path):
    data = prepare_scenes(bars(tmp_path / "bars"), Options(), photo_size=64)
    found, manifest = format_one(data)
    image = manifest["image"]
    found |= {name: image.pop(name) for name in ("resize_rule", "mean", "std")}
    objects = [{"boxes": some.boxes.tolist(), "labels": some.labels.tolist()} for some in data.objects]
    found |= {"image": image, "sizes": data.sizes.tolist(), "objects": objects, "mended": manifest["boxes"]["mended"]}
    loaded = load_scenes(again(found, tmp_path))
    same(loaded, data, "images", "sizes")
    for one, other in zip(loaded.objects, data.objects, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        np.testing.assert_array_equal(one.labels, other.labels)
    assert list(loaded.files) == list(data.files)


def test_strings_of_any_kind_are_packed():
    names = ["a", "", "\u00e9\U0001f600", "half \udc80 a name", "b"]
    packed = Strings.pack(names)
    assert list(packed) == names
    assert packed[1:3] == names[1:3]
    assert packed[-1] == "b"


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("labels", np.zeros(120, complex)),
        ("labels", np.full(120, 9)),
        ("train", np.array([[1]])),
        ("test", np.array([10**9])),
        ("validation", np.array([0.5])),
        ("together", np.zeros(7, int)),
    ],
)
def test_arrays_that_are_not_what_their_name_says_are_refused(tmp_path, name, array):
    dataset(tmp_path / "a.npz").stored.write(tmp_path)
    np.save(tmp_path / "data" / f"{name}.npy", array)
    (tmp_path / "data" / "digests.json").unlink()
    with pytest.raises(UserError, match=r"data is damaged .*: run the command that made the study again"):
        StoredData.read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\1\0\x06\0{'a': ", b"text", None])
def test_a_file_that_is_no_array_is_refused(tmp_path, content):
    dataset(tmp_path / "a.npz").stored.write(tmp_path)
    file = tmp_path / "data" / "labels.npy"
    file.unlink()
    os.mkfifo(file) if content is None else file.write_bytes(content)
    with pytest.raises(UserError, match="data cannot be read"):
        StoredData.read(tmp_path)


def test_cached_images_of_another_type_or_shape_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SKIPWISE_CACHE", str(tmp_path / "cache"))
    data = dataset(tmp_path / "a.npz")
    file = data.manifest.cache_path
    (file.parent / "digests.json").unlink()
    images = np.array(data.images)
    for other in (images.astype(np.complex64), images[:-1], images[..., 0]):
        np.save(file, other)
        with pytest.raises(UserError, match=r"decoded images .* are damaged"):
            load_images(data.stored)
