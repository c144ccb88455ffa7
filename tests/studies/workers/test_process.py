"""The reasons why runs broke off, which stand within sentences of the study."""

import errno

import pytest

from skipwise.errors import UserError
from skipwise.studies.workers import process


@pytest.mark.parametrize(
    "error", [UserError("a.npy is damaged: delete it."), OSError(errno.ENOSPC, "No space left"), RuntimeError("Odd.\n")]
)
def test_a_reason_has_no_full_stop_of_its_own(tmp_path, error):
    reason = process._reason(error, tmp_path)
    assert reason
    assert "\n" not in reason
    assert not reason.endswith(".")
