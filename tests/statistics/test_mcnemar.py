"""McNemar's test by hand."""

import numpy as np
import pytest
from scipy import stats

from skipwise.statistics import mcnemar


def test_mcnemar_by_hand():
    """3 won, none lost: both tails of 3 fair coins, 2 / 8."""
    assert mcnemar(np.array([1.0, 1.0, 1.0, 0.0])).p_value() == pytest.approx(0.25)
    assert stats.binomtest(3, 3).pvalue == pytest.approx(0.25)
