"""Clusters of examples against a plain dictionary of lists."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skipwise.data.clusters import Clusters
from skipwise.data.folds import fewest_clusters


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_clusters_stand_in_the_order_of_their_first_examples(together):
    plain = {}
    for example, number in enumerate(together):
        plain.setdefault(number, []).append(example)
    clusters = Clusters.of(np.array(together))
    assert [clusters.members(i).tolist() for i in range(len(plain))] == list(plain.values())
    assert clusters.sizes.tolist() == [len(members) for members in plain.values()]
    assert clusters.first.tolist() == [members[0] for members in plain.values()]


def test_a_cluster_counts_for_each_class_in_it():
    labels, together = np.array([0, 0, 0, 1, 1, 2]), np.array([5, 5, 7, 7, 8, 8])
    assert fewest_clusters(labels, together) == 1
    assert fewest_clusters(labels[:5], together[:5]) == 2
