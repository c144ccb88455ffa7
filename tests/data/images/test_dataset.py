"""From a folder with everything wrong in it to images, counts and names."""

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, load_images, prepare_images
from skipwise.data.images import cache
from skipwise.data.manifest import UnreadableFile
from skipwise.data.quality.kinds import FindingKind
from skipwise.errors import UserError
from support.stored import moved, written


def ready(data, **options):
    return prepare_images(data, Options(**options), photo_size=16)


@pytest.fixture
def photos(tmp_path):
    """Two classes of 12 different photos of mixed sizes, a copy, a broken file and a text."""
    generator = np.random.default_rng(0)
    folder = tmp_path / "photos"
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for i in range(12):
            size = (20 + i, 30, 3)
            Image.fromarray(generator.integers(0, 255, size, np.uint8)).save(folder / name / f"{i:02}.png")
    (folder / "cat/copy.png").write_bytes((folder / "cat/00.png").read_bytes())
    (folder / "dog/broken.jpg").write_bytes(b"no image")
    (folder / "dog/readme.txt").write_text("no image")
    return folder


def test_what_was_found(photos):
    dataset = ready(photos)
    assert dataset.images.shape == (25, 16, 16, 3)
    assert dataset.input_shape == (3, 16, 16)
    manifest = dataset.manifest
    assert manifest.unreadable == (UnreadableFile(name="dog/broken.jpg", reason="no image that Pillow knows"),)
    assert manifest.other_files == 1
    assert manifest.quality.count(FindingKind.DUPLICATE) == 1
    assert manifest.quality.count(FindingKind.LEAKAGE) == 0
    assert manifest.quality.first(FindingKind.DUPLICATE) == (("cat/copy.png", "cat/00.png"),)
    assert [sum(counts) for counts in (manifest.counts.train, manifest.counts.validation, manifest.counts.test)] == [
        18, 2, 5,
    ]  # fmt: skip
    assert manifest.told() == (
        "files that are no images are left out: 1 (dog/readme.txt)",
        "a centre crop would lose over a quarter of the area of 28 % of the images: padded (--fit crop|pad|stretch)",
        "1 unreadable file is left out, dog/broken.jpg (no image that Pillow knows)",
        "1 exact duplicate in the same part (`skipwise check` shows them)",
    )
    assert dataset.mirrored


def test_another_process_loads_the_same(photos):
    dataset = ready(photos)
    again = load_images(written(dataset, photos))
    np.testing.assert_array_equal(again.images, dataset.images)
    for part in ("labels", "train", "validation", "test"):
        np.testing.assert_array_equal(getattr(again, part), getattr(dataset, part))
    with pytest.raises(UserError, match="run the command that made the study again"):
        load_images(moved(dataset, "gone.npy"))


def test_decoded_once(photos, monkeypatch):
    first = ready(photos)

    def never(*_):
        raise AssertionError("decoded again")

    monkeypatch.setattr(cache, "decode", never)
    assert np.array_equal(ready(photos).images, first.images)
    (photos / "cat/00.png").write_bytes((photos / "cat/01.png").read_bytes())
    with pytest.raises(AssertionError, match="decoded again"):
        ready(photos)


def test_size_asked_for_and_own_size(photos):
    assert ready(photos, size=8).input_shape == (3, 8, 8)
    assert ready("digits").input_shape == (1, 8, 8)
    assert ready("digits", size=12).input_shape == (1, 12, 12)
    assert ready("digits").manifest.image.resize_rule == "own size kept"
    assert not ready("digits").mirrored


def test_grey_where_all_are_grey(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(4):
            Image.effect_noise((40 + i, 40), 80).convert("RGB").save(tmp_path / name / f"{i}.png")
    assert ready(tmp_path).input_shape == (1, 16, 16)
    Image.new("RGB", (40, 40), "red").save(tmp_path / "a/red.png")
    assert ready(tmp_path).input_shape == (3, 16, 16)


def test_a_class_that_would_vanish(photos):
    for file in (photos / "dog").iterdir():
        file.write_bytes(b"no image")
    with pytest.raises(UserError) as error:
        ready(photos)
    assert str(error.value) == (
        "No image of the class 'dog' can be read (the first: dog/00.png, no image that Pillow knows): replace them, "
        "or leave the class out."
    )


def test_mean_and_deviation_are_of_the_training_images(photos):
    dataset = ready(photos)
    pixels = np.asarray(dataset.images[dataset.train]) / 255
    assert dataset.mean == pytest.approx(pixels.mean((0, 1, 2)), abs=1e-6)
    assert dataset.std == pytest.approx(pixels.std((0, 1, 2)), abs=1e-6)


def test_duplicates_across_a_given_split_and_other_labels_are_told(tmp_path):
    x = np.random.default_rng(0).integers(0, 255, (30, 8, 8), np.uint8)
    x[5] = x[4]
    x_test = x[:10].copy()
    np.savez(tmp_path / "a.npz", x_train=x, y_train=np.arange(30) % 2, x_test=x_test, y_test=np.arange(10) % 2)
    quality = ready(tmp_path / "a.npz").manifest.quality
    assert quality.count(FindingKind.LEAKAGE) == 10
    assert quality.count(FindingKind.CONTRADICTORY_LABELS) == 1


def test_the_fingerprint_knows_labels_and_bytes(photos):
    before = ready(photos).fingerprint
    assert ready(photos, split_seed=1).fingerprint == before
    (photos / "cat/05.png").rename(photos / "dog/99.png")
    assert ready(photos).fingerprint != before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": 0}, "The size asked for is 0: images need at least 1 pixel a side, and at most 2,048."),
        ({"size": -3}, "The size asked for is -3: images need at least 1 pixel a side, and at most 2,048."),
        ({"size": 100_000}, "The size asked for is 100000: images need at least 1 pixel a side, and at most 2,048."),
        *(
            ({"test_size": share},
             f"The test size asked for is {share}: give a share of the images between 0 and 1, as 0.2.")
            for share in (0.0, 1.0, -0.5, 2.0, float("nan"))
        ),
    ],
)  # fmt: skip
def test_sizes_that_cannot_be(options, sentence):
    with pytest.raises(UserError) as error:
        prepare_images("digits", Options(**options), photo_size=16)
    assert str(error.value) == sentence
