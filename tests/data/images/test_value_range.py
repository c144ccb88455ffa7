"""Images of more than 8 bits: one range for the whole set."""

import numpy as np
import pytest
from PIL import Image

from skipwise.data import Options, decode_for_prediction, prepare_images
from skipwise.data.images.value_range import value_range, values_of


def of(*arrays):
    return value_range([values_of(Image.fromarray(array)) for array in arrays])


@pytest.mark.parametrize(("top", "expected"), [(200, 255), (1000, 1023), (4095, 4095), (4096, 16383), (16384, 65535)])
def test_whole_numbers_have_the_fewest_bits(top, expected):
    assert of(np.array([[0, 5]], np.uint16), np.array([[9, top]], np.uint16)) == (0, expected)


def test_fractions_are_shares_or_levels_and_others_go_from_the_lowest_to_the_highest():
    assert of(np.array([[0.1, 0.9]], np.float32)) == (0, 1)
    assert of(np.array([[0.5, 200.5]], np.float32)) == (0, 255)
    low, high = of(np.array([[-50.5, 7.5]], np.float32), np.array([[0, 1799.5]], np.float32))
    assert (low, high) == (pytest.approx(-50.5, abs=0.1), pytest.approx(1799.5, abs=2))
    assert of(np.array([[-5, 5]], np.int32)) == (pytest.approx(-5, abs=0.1), pytest.approx(5, abs=0.1))
    assert of(np.array([[np.nan, 0.5]], np.float32)) == (0, 1)


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_dim_images_stay_dimmer_than_bright_ones(tmp_path, kind):
    generator = np.random.default_rng(0)
    for name, level in (("dim", 240), ("bright", 1800)):
        (tmp_path / "d" / name).mkdir(parents=True)
        for i in range(8):
            pixels = (generator.random((16, 16)) * level).astype(kind)
            Image.fromarray(pixels).save(tmp_path / "d" / name / f"{i}.tif")
    data = prepare_images(tmp_path / "d", Options(), photo_size=16)
    bright, dim = (np.asarray(data.images[data.labels == label]).mean() for label in (0, 1))
    assert bright > 5 * dim
    assert any(
        note.startswith("16 images have more than 8 bits: values from ") and note.endswith(" are scaled to 0 to 255")
        for note in data.manifest.notes
    )
    spec = data.input_spec
    new = decode_for_prediction(tmp_path / "d/dim/0.tif", height=16, width=16, channels=1, value_range=spec.value_range)
    np.testing.assert_array_equal(new, data.images[data.files.index("dim/0.tif")])


def test_a_full_range_of_sixteen_bits_leaves_the_data_what_they_were(tmp_path):
    """Earlier versions took all 16 bits, so that these have the fingerprint of their bytes."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(6):
            pixels = np.random.default_rng(i + 10 * (name == "a")).integers(0, 2**16, (8, 8)).astype(np.uint16)
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.png")
    first = prepare_images(tmp_path, Options(), photo_size=8)
    assert first.input_spec.value_range == (0, 65535)
    assert first.fingerprint == prepare_images(tmp_path, Options(), photo_size=16).fingerprint
