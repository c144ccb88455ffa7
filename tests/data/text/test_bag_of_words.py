"""The baseline of texts, in languages without spaces and on texts without letters."""

import numpy as np

from skipwise.data.text.bag_of_words import bag_of_words


def test_the_baseline_without_spaces_and_with_marks_alone():
    good, bad = ["电影好看极了", "非常好看"] * 5, ["电影太差了", "实在太差"] * 5
    labels = np.array([0] * 10 + [1] * 10)
    found = bag_of_words([*good, *bad], labels, ["好看", "太差"], spaced=False)
    assert found.argmax(1).tolist() == [0, 1]
    found = bag_of_words([":)"] * 10 + [":("] * 10, labels, [":)", ":("], spaced=True)
    assert found.argmax(1).tolist() == [0, 1]
