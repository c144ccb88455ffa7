"""docs/data.md shows every layout with the line that skipwise says about it, as docs/layouts.py makes them."""

import sys
from pathlib import Path

import pytest

from skipwise.data.layout import recognise

DOCS = Path(__file__).parent.parent / "docs"
sys.path.insert(0, str(DOCS))

import layouts  # noqa: E402

sys.path.remove(str(DOCS))

MAKERS = [(kind, name) for kind, makers in layouts.LAYOUTS.items() for name in makers]


@pytest.mark.parametrize(("kind", "name"), MAKERS)
def test_each_layout_is_read_for_its_task(tmp_path, kind, name):
    data = layouts.LAYOUTS[kind][name](tmp_path)
    reading = recognise(str(data)).reading
    assert reading.task == {"Images": "images", "Texts": "text", "Boxes": "boxes"}[kind]
    source = reading.read()
    assert len(source.classes) == (1 if kind == "Boxes" else 2)
    assert len(source.parts) >= 2


def test_the_page_says_the_same(tmp_path):
    page = (DOCS / "data.md").read_text(encoding="utf-8")
    for line in layouts.markdown(tmp_path):
        assert line in page
