"""Images that EXIF turns: boxes of the stored image are turned with it, those of the upright one are not."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from skipwise.data.boxes.turned import OF_STORED, OF_UPRIGHT, ORIENTATION, UNSAID, turned
from support.annotations import HEIGHT, PHOTOS, WIDTH, coco, ready, refusal

BOX = [5, 3, 15, 9]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_box_is_turned_as_pillow_turns_the_pixels(orientation):
    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 255
    image = Image.fromarray(pixels)
    image.getexif()[ORIENTATION] = orientation
    upright = np.asarray(ImageOps.exif_transpose(image))
    rows, columns = np.flatnonzero(upright.any(1)), np.flatnonzero(upright.any(0))
    expected = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    assert turned(np.array([BOX], float), orientation, HEIGHT, WIDTH).tolist() == [expected]
    shares = turned(np.array([BOX]) / ([WIDTH, HEIGHT] * 2), orientation, 1, 1)
    np.testing.assert_allclose(shares, [expected] / np.tile(upright.shape[::-1], 2))


def turned_photos(folder, sizes, box):
    """Photos stored as WIDTH x HEIGHT of which the first are to be turned by a quarter; `sizes` are claimed."""
    images = [{"id": i, "file_name": f"{i}.png"} | sizes.get(i, {}) for i in range(1, PHOTOS + 1)]
    only = [{"image_id": i, "category_id": 1, "bbox": box} for i in range(1, PHOTOS + 1)]
    file = coco(folder, images=images, only=only)
    for i in sizes:
        with Image.open(folder / "t" / f"{i}.png") as image:
            exif = image.getexif()
            exif[ORIENTATION] = 6
            image.save(folder / "t" / f"{i}.png", exif=exif)
    return ready(file)


def test_each_image_says_for_itself_whether_its_annotation_is_upright(tmp_path):
    stored, upright = {"width": WIDTH, "height": HEIGHT}, {"width": HEIGHT, "height": WIDTH}
    scenes = turned_photos(tmp_path, {1: stored, 2: upright, 3: {}}, [5, 3, 10, 6])
    boxes = {name: scenes.objects[place].boxes.tolist() for place, name in enumerate(scenes.files)}
    assert boxes["t/1.png"] == [[HEIGHT - 9, 5, HEIGHT - 3, 15]]
    assert boxes["t/2.png"] == boxes["t/3.png"] == boxes["t/4.png"] == [[5, 3, 15, 9]]
    assert scenes.sizes[scenes.files.index("t/1.png")].tolist() == [WIDTH, HEIGHT]
    for told, name in ((OF_STORED, "t/1.png"), (OF_UPRIGHT, "t/2.png"), (UNSAID, "t/3.png")):
        assert f"{told}: 1 ({name})" in scenes.manifest.notes


def test_exchanged_sides_without_exif_are_another_size(tmp_path):
    images = [{"id": i, "file_name": f"{i}.png"} for i in range(1, PHOTOS + 1)]
    images[0] |= {"width": HEIGHT, "height": WIDTH}
    scenes = ready(coco(tmp_path, images=images))
    (left_out,) = scenes.manifest.unreadable
    assert left_out.reason == f"annotated as {HEIGHT}x{WIDTH} px, but {WIDTH}x{HEIGHT} px"


def test_a_claimed_size_as_text_counts(tmp_path):
    images = [{"id": i, "file_name": f"{i}.png", "width": "40.0", "height": "30"} for i in range(1, PHOTOS + 1)]
    images[0]["height"] = "31"
    (left_out,) = ready(coco(tmp_path, images=images)).manifest.unreadable
    assert left_out.reason == "annotated as 40x31 px, but 40x30 px"


def test_errors_name_the_images_that_cannot_be_used(tmp_path):
    images = [
        {"id": i, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT + (i > 4)} for i in range(1, PHOTOS + 1)
    ]
    assert refusal(coco(tmp_path, images=images)) == (
        "t has 4 images and 1 to test on, and results need at least 2: add images, or ask for a larger --test-size (8 images "
        "cannot be used, the first: t/10.png, annotated as 40x31 px, but 40x30 px)."
    )
