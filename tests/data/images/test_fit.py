"""How images of another shape come to a size, by default and asked for, and what a crop loses."""

import numpy as np
import pytest
from PIL import Image

from skipwise.data import InputSpec, Options, decode_for_prediction, prepare_images
from skipwise.data.images.fit import crop_loss, fit, lost_by_crop


def photos(folder, sizes):
    generator = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for i, (height, width) in enumerate(sizes):
            pixels = generator.integers(0, 255, (height, width, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    return folder


TALL, SQUARE = (90, 30), (70, 70)


def test_the_share_that_a_crop_loses():
    sizes = np.array([(30, 40), (40, 30), (20, 40), (10, 10)])
    np.testing.assert_allclose(lost_by_crop(sizes, (8, 8)), [0.25, 0.25, 0.5, 0])
    found = crop_loss(np.array([(30, 40), (0, 0), (20, 40), (10, 40)]), (8, 8))
    assert (found.losing, found.images) == (2, 3)
    assert found.worst == ((3, 0.75), (2, 0.5))


def test_stretched_images_show_everything():
    image = Image.fromarray(np.repeat([[0, 255]], 10, 0).repeat(20, 1).astype(np.uint8)).convert("RGB")
    pixels = np.asarray(fit(image, 8, 8, "stretch"))
    assert pixels[:, :3].max() < 20
    assert pixels[:, 5:].min() > 235


@pytest.mark.parametrize(
    ("sizes", "asked", "used", "note"),
    [
        ([TALL] * 4 + [SQUARE] * 4, None, "pad",
         "a centre crop would lose over a quarter of the area of 50 % of the images: padded (--fit crop|pad|stretch)"),
        ([TALL] + [SQUARE] * 7, None, "crop",
         "a centre crop loses over a quarter of the area of 12 % of the images (--fit pad keeps them whole)"),
        ([TALL] * 8, "crop", "crop",
         "a centre crop loses over a quarter of the area of 100 % of the images (--fit pad keeps them whole)"),
        ([TALL] * 8, "stretch", "stretch", None),
        ([SQUARE] * 8, None, "crop", None),
    ],
)  # fmt: skip
def test_the_rule_by_the_shapes_found(tmp_path, sizes, asked, used, note):
    data = prepare_images(photos(tmp_path / "d", sizes), Options(fit=asked), photo_size=16)
    assert data.framing == used
    assert [told for told in data.manifest.notes if "crop" in told] == ([note] if note else [])


def test_the_model_carries_the_rule(tmp_path):
    data = prepare_images(photos(tmp_path / "d", [TALL] * 8), Options(), photo_size=16)
    spec = data.input_spec
    assert InputSpec.from_json(spec.to_json()) == spec
    new = decode_for_prediction(tmp_path / "d/cat/0.png", height=16, width=16, channels=3, framing=spec.fit)
    np.testing.assert_array_equal(new, data.images[data.files.index("cat/0.png")])


def test_old_specs_mean_crop():
    spec = InputSpec.from_json({"input_shape": [1, 8, 8], "classes": ["a", "b"]})
    assert spec.fit == "crop"
    assert "fit" not in spec.to_json()
