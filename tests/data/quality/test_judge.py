"""Findings of equal bytes and of unusual files, by cases that are worked out here."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skipwise.data import DataManifest, Dataset
from skipwise.data.images.header import Header, Headers
from skipwise.data.quality.exact_duplicates import group_duplicates
from skipwise.data.quality.judge import Examples, exact_duplicates, header_outliers


class Plain(Dataset):
    input_shape, input_spec = (1, 8, 8), None


def plain(labels, train, test=()):
    return Plain(
        manifest=DataManifest(name="some", fingerprint="", classes=("a", "b", "c")),
        labels=np.array(labels),
        together=np.arange(len(labels)),
        train=np.array(train, np.int64),
        validation=np.zeros(0, np.int64),
        test=np.array(test, np.int64),
    )


@given(st.lists(st.integers(0, 8).map(str), max_size=30))
def test_groups_are_those_of_a_loop_in_the_order_of_their_first_members(digests):
    groups = {}
    for index, digest in enumerate(digests):
        groups.setdefault(digest, []).append(index)
    expected = [group for group in groups.values() if len(group) > 1]
    assert [members.tolist() for members in group_duplicates(digests).groups] == expected


def test_of_equal_examples_each_pair_of_labels_is_told_once_and_partners_are_trained_on():
    dataset = plain([0, 1, 2, 1, 0], train=[1, 2, 3], test=[4])
    found = [*exact_duplicates(Examples(dataset=dataset, names="vwxyz"), group_duplicates(["same"] * 5))]
    told = [(one.file, one.other_file) for one in found if one.kind == "contradictory-labels"]
    assert told == [("w", "v"), ("x", "v"), ("x", "w")]
    across = [(one.file, one.other_file) for one in found if one.kind == "duplicate-across-split"]
    assert across == [("z", "w")]  # v is left out of training


def test_what_is_labelled_differently_is_no_harmless_copy():
    examples = Examples(dataset=plain([0, 1, 0], train=[0, 1, 2]), names="xyz")
    found = [*exact_duplicates(examples, group_duplicates(["same"] * 3))]
    assert [(one.kind, one.file, one.other_file) for one in found] == [
        ("duplicate", "z", "x"),
        ("contradictory-labels", "y", "x"),
    ]


def test_files_far_from_the_others_in_size_mode_and_aspect_ratio_are_outliers():
    headers = [Header(20 + index % 3, 21, mode="colour") for index in range(30)]
    headers += [Header(400, 400, mode="colour"), Header(21, 21, mode="palette"), Header(10, 40, mode="colour")]
    several = Headers.empty(33)
    for index, header in enumerate(headers):
        several.put(index, header)
    examples = Examples(dataset=plain([0] * 33, train=range(33)), names=[str(index) for index in range(33)])
    found = [(one.kind, one.file) for one in header_outliers(examples, several)]
    assert found == [("size", "30"), ("mode", "31"), ("aspect", "32")]
