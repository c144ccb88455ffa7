"""Random numbers are functions of their key alone."""

import numpy as np

from skipwise import keyed_rng


def test_word_n_is_the_same_however_many_are_drawn():
    assert np.array_equal(keyed_rng.words(5, 1, "a"), keyed_rng.words(50, 1, "a")[:5])
    assert not np.array_equal(keyed_rng.words(5, 1, "a"), keyed_rng.words(5, 1, "b"))
    assert keyed_rng.key(1, "a") != keyed_rng.key("1", "a")
    assert sorted(keyed_rng.order(9, 0)) == list(range(9))
    assert 0 <= keyed_rng.uniform(1000, 0).min() < keyed_rng.uniform(1000, 0).max() < 1
