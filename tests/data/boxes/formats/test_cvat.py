"""CVAT's turned ellipses."""

import numpy as np
from PIL import Image

from skipwise.data import open_scenes


def test_the_box_is_round_the_turned_ellipse(tmp_path):
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    ellipse = '<ellipse label="cat" cx="20" cy="15" rx="8" ry="2" rotation="90"/>'
    (tmp_path / "a.xml").write_text(
        f'<annotations><image id="0" name="a.png" width="40" height="30">{ellipse}</image></annotations>'
    )
    np.testing.assert_allclose(open_scenes(tmp_path).annotations[0].boxes, [[18, 7, 22, 23]])
