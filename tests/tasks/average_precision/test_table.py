"""COCO's table where there are no objects of a class or a size."""

import numpy as np
import pytest

from skipwise.tasks.average_precision import coco_table
from support.average_precision_peers import THREE, taken


def test_table_says_nothing_of_what_has_no_objects(capfd, recwarn):
    """Boxes of 10 x 10 pixels are small."""
    table = coco_table(THREE, ["cat", "dog"])
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list
    assert list(table) == ["mAP", "mAP@.5", "mAP@.75", "small", "medium", "large", "by class"]
    assert table["small"] == pytest.approx(table["mAP"])
    assert table["medium"] is None
    assert table["large"] is None
    assert table["by class"] == {"cat": pytest.approx(table["mAP"]), "dog": None}
    empty = taken(THREE, [0]) | {"true_labels": np.array([[-1, -1]])}
    assert coco_table(empty, ["cat", "dog"])["mAP"] is None
