"""Boxes that are written wrongly are mended, and a note says so."""

import pytest

from support.annotations import coco, entry, ready


@pytest.mark.parametrize(
    ("box", "becomes", "words"),
    [
        ((12, 11, -10, -8), [2, 3, 12, 11], "boxes have their corners swapped"),
        ((30, 20, 20, 20), [30, 20, 40, 30], "boxes reach beyond their image, and are cut at its edge"),
        ((-5, -5, 10, 10), [0, 0, 5, 5], "boxes reach beyond their image, and are cut at its edge"),
    ],
)
def test_boxes_that_are_mended(tmp_path, box, becomes, words):
    extra = entry(box=box, category=1)
    scenes = ready(coco(tmp_path, [extra]))
    assert scenes.objects[0].boxes[0].tolist() == becomes
    assert any(words in note for note in scenes.manifest.notes)
