"""The cache holds the images that the labels are of, whatever order, however it ends."""

from functools import partial

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, prepare_images
from skipwise.data.cache_home import data_home
from skipwise.data.images import cache
from skipwise.data.manifest import UnreadableFile
from skipwise.errors import UserError


def ready(data):
    return prepare_images(data, Options(), photo_size=16)


@pytest.fixture
def dark_and_light(tmp_path):
    """Two classes of 8 photos that their brightness tells apart, and the rows of a table of them."""
    generator = np.random.default_rng(0)
    folder = tmp_path / "photos"
    rows = []
    for label, brightness in (("dark", 40), ("light", 200)):
        (folder / label).mkdir(parents=True)
        for i in range(8):
            pixels = brightness + generator.integers(-30, 30, (20 + i, 30, 3))
            Image.fromarray(pixels.astype(np.uint8)).save(folder / label / f"{i}.png")
            rows.append(f"{label}/{i}.png,{label}")
    return folder, rows


def table(folder, rows):
    path = folder / "list.csv"
    path.write_text("\n".join(["path,label", *rows]))
    return path


def test_another_order_of_the_rows_changes_nothing(dark_and_light):
    folder, rows = dark_and_light
    first = ready(folder)
    for order in (rows, rows[::-1], rows[1::2] + rows[::2]):
        again = ready(table(folder, order))
        assert again.fingerprint == first.fingerprint
        brightness = np.asarray(again.images).mean((1, 2, 3))
        assert ((brightness > 120) == (again.labels == 1)).all()
        assert all(
            np.array_equal(getattr(again, part), getattr(first, part)) for part in ("train", "validation", "test")
        )


def test_unreadable_files_leave_the_others_with_their_labels(dark_and_light):
    folder, _ = dark_and_light
    (folder / "dark/3.png").write_bytes(b"no image")
    dataset = ready(folder)
    brightness = np.asarray(dataset.images).mean((1, 2, 3))
    assert len(dataset.images) == 15
    assert ((brightness > 120) == (dataset.labels == 1)).all()


def test_a_truncated_png_is_named(dark_and_light):
    """Its header is whole, so only the second look can tell."""
    folder, _ = dark_and_light
    content = (folder / "dark/3.png").read_bytes()
    (folder / "dark/3.png").write_bytes(content[: len(content) // 2])
    assert ready(folder).manifest.unreadable == (
        UnreadableFile(name="dark/3.png", reason="damaged: image file is truncated"),
    )


def test_a_table_with_a_null_byte_is_refused(dark_and_light):
    folder, rows = dark_and_light
    path = table(folder, [*rows, "\0.png,dark"])
    with pytest.raises(UserError, match=rf"{path}, line {len(rows) + 2} holds a NUL byte"):
        ready(path)


def test_an_interrupted_decoding_leaves_nothing_behind(dark_and_light, monkeypatch, tmp_path):
    monkeypatch.setenv("SKIPWISE_CACHE", str(tmp_path / "cache"))

    def interrupted(*_):
        raise KeyboardInterrupt

    folder, _ = dark_and_light
    with monkeypatch.context() as patch:
        patch.setattr(cache, "_decode_all", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ready(folder)
    assert list((data_home() / "images").iterdir()) == []
    assert len(ready(folder).images) == 16


@pytest.mark.parametrize("content", [b"", b"xx", None])
@pytest.mark.parametrize("name", ["images.npy", "unreadable.json", "pixels-*.npz"])
def test_a_damaged_cache_heals(dark_and_light, monkeypatch, tmp_path, name, content):
    monkeypatch.setenv("SKIPWISE_CACHE", str(tmp_path / "cache"))
    folder, _ = dark_and_light
    before = np.array(ready(folder).images)
    (file,) = data_home().glob(f"images/*/{name}")
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    assert np.array_equal(ready(folder).images, before)
    assert file.read_bytes() != content


def test_the_second_of_two_processes_keeps_what_the_first_put_there(tmp_path):
    folder = tmp_path / "kept"

    def fill(content, meanwhile=None):
        def write(part):
            (part / "images.npy").write_text(content)
            if meanwhile:
                meanwhile()

        return write

    first = partial(cache.keep_folder, folder)
    first(fill("second", meanwhile=lambda: first(fill("first"))))
    assert (folder / "images.npy").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
