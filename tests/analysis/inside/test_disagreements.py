"""Groups of examples on which classifiers part, by hand."""

import numpy as np

from skipwise.analysis.inside.disagreements import MOST, Table, groups


def table(true_probabilities, right):
    """Two classes, all labels 0."""
    first = np.array(true_probabilities, float)
    return Table(probabilities=np.stack([first, 1 - first], 1), right=np.array(right, float))


def test_groups_by_hand():
    labels = np.zeros(6, np.int64)
    tables = {
        # right in both seeds: 0, 3, 5; in one: 1; in none: 2, 4
        "plain": table([0.9, 0.5, 0.1, 0.6, 0.3, 0.9], [[1, 1, 0, 1, 0, 1], [1, 0, 0, 1, 0, 1]]),
        # right in both: 2, 5; in one: 1; in none: 0, 3, 4
        "residual": table([0.2, 0.6, 0.8, 0.1, 0.4, 0.9], [[0, 1, 1, 0, 0, 1], [0, 0, 1, 0, 0, 1]]),
    }
    found = {group.title: (group.count, group.first) for group in groups(tables, labels, [("plain", "residual")])}
    assert found == {
        "residual is right with every seed, plain with none": (1, (2,)),
        "plain is right with every seed, residual with none": (2, (0, 3)),  # .9 - .2 is more than .6 - .1
        "all contenders are wrong": (1, (4,)),
        "most confident errors of plain": (2, (2, 4)),  # named with .9 and .7
        "most confident errors of residual": (3, (3, 0, 4)),  # .9, .8, .6
    }


def test_without_a_clear_case_the_more_frequent_one_is_shown():
    tables = {
        "plain": table([0.6, 0.4, 0.9], [[1, 0, 1], [1, 1, 1]]),
        "residual": table([0.7, 0.8, 0.9], [[1, 1, 1], [1, 1, 1]]),
    }
    found = [
        (group.title, group.count, group.first)
        for group in groups(tables, np.zeros(3, np.int64), [("plain", "residual")])
    ]
    assert found[0] == ("residual is right with more seeds than plain", 1, (1,))
    assert found[1][1:] == (0, ())


def test_all_are_counted_and_the_clearest_shown():
    many = 3 * MOST
    sure = np.linspace(0.1, 0.4, many)
    wrong = table(sure, np.zeros((2, many)))
    (nobody, mistakes) = groups({"it": wrong}, np.zeros(many, np.int64), [])
    assert nobody.count == mistakes.count == many
    assert nobody.first == mistakes.first == tuple(range(MOST))


def test_a_group_tells_whom_it_is_about():
    one, other = table([0.9], [[1]]), table([0.2], [[0]])
    found = groups({"a": one, "b": other}, np.zeros(1, np.int64), [("a", "b")])
    assert [group.about for group in found] == [("b", "a"), ("a", "b"), (), ("a",), ("b",)]
