"""Objects that a detector found, as rows of a table."""

from skipwise.tasks.boxes_found import Boxes


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
