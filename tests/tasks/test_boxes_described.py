"""The description of annotated images holds for the longer of their sides too."""

import re

from skipwise.data import Options
from skipwise.tasks.boxes import ObjectDetection
from support.annotations import HEIGHT, WIDTH, coco, ready


def test_the_longest_side_is_named(tmp_path):
    lines = ObjectDetection().described(ready(coco(tmp_path)), Options())
    assert any(f"of {HEIGHT}x{WIDTH} px" in line for line in lines)
    assert [int(number) for number in re.findall(r"no side is above (\d+) px", " ".join(lines))] == [max(HEIGHT, WIDTH)]
