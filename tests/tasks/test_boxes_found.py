"""Objects that a detector found, as rows of a table."""

from PIL import Image, ImageColor

from skipwise.tasks.boxes_found import COLOURS, Boxes


def test_a_row_for_each_box():
    found = Boxes(
        file="a.png", boxes=((1.0, 2.0, 3.0, 4.0), (0.0, 0.0, 9.0, 9.0)), labels=("cat", "dog"), scores=(0.9, 0.6)
    )
    assert found.rows() == [
        {"answer": "cat", "probability": 0.9, "left": 1.0, "top": 2.0, "right": 3.0, "bottom": 4.0},
        {"answer": "dog", "probability": 0.6, "left": 0.0, "top": 0.0, "right": 9.0, "bottom": 9.0},
    ]


def test_an_image_without_boxes_keeps_its_row():
    (row,) = Boxes(file="a.png", boxes=(), labels=(), scores=()).rows()
    assert list(row) == ["answer", "probability", "left", "top", "right", "bottom"]
    assert set(row.values()) == {""}


def test_names_are_read_in_pictures_of_small_images_and_stay_within_them(tmp_path):
    """A name that begins at the right edge is moved to the left, and the longest is cut."""
    file = tmp_path / "small.png"
    Image.new("L", (48, 48)).save(file)
    found = Boxes(
        file=str(file),
        boxes=((40.0, 20.0, 46.0, 30.0), (40.0, 40.0, 46.0, 46.0)),
        labels=("a rather long name", "n" * 300),
        scores=(0.9, 0.6),
    )
    drawn = Image.open(found.draw_into(tmp_path / "drawn")).convert("RGB")
    assert drawn.size == (480, 480)
    for colour, top in zip(COLOURS, (200, 400), strict=False):
        rows = [[drawn.getpixel((x, y)) for x in range(480)] for y in range(top - 14, top)]
        filled = [row.index(ImageColor.getrgb(colour)) for row in rows if ImageColor.getrgb(colour) in row]
        assert min(filled) < 390, "the name begins left of its box"
        assert all(row[-1] != (255, 255, 255) and row[-2] != (255, 255, 255) for row in rows), "and ends in the picture"
