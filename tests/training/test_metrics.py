"""The metrics of a run: a line that is damaged is named."""

import pytest

from skipwise.training.metrics import read_metrics


@pytest.mark.parametrize("line", ["{}", "null", "-1", '{"epoch": 1}'])
def test_a_damaged_line_is_named_in_one_line(tmp_path, line):
    (tmp_path / "metrics.jsonl").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"^line 1: .+$"):
        read_metrics(tmp_path / "metrics.jsonl")
