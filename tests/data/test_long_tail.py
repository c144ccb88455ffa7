import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipwise.data import Augmentation, ImageStream, Options, prepare_images
from skipwise.data.long_tail import long_tail
from skipwise.errors import UserError
from support.images import shapes


def even(classes=3, each=100):
    return np.arange(classes * each), np.repeat(np.arange(classes), each)


def test_classes_fall_exponentially():
    """Ratio 100 over three classes: 100, 100 / 10, 100 / 100."""
    train, labels = even()
    assert np.bincount(labels[long_tail(train, labels, 100, 0)]).tolist() == [100, 10, 1]


def test_the_largest_tail_that_fits():
    """Of 100, 5 and 100 images at ratio 4 the classes want n, n/2, n/4: the second one allows n = 10, so 10, 5, 2
    (2.5).
    """
    labels = np.repeat([0, 1, 2], [100, 5, 100])
    assert np.bincount(labels[long_tail(np.arange(205), labels, 4, 0)]).tolist() == [10, 5, 2]


def test_a_tail_that_leaves_nothing_is_refused():
    train, labels = even(each=10)
    with pytest.raises(UserError, match=r"--long-tail is 50, .* none for the last class: take at most 19\."):
        long_tail(train, labels, 50, 0)


@given(st.floats(1, 30), st.floats(1, 30), st.integers(0, 5))
def test_longer_tails_keep_a_part_of_what_shorter_ones_keep(one, other, key):
    train, labels = even(each=60)
    short, long = sorted((one, other))
    assert set(long_tail(train, labels, long, key)) <= set(long_tail(train, labels, short, key))


@pytest.fixture(scope="module")
def thinned(tmp_path_factory):
    file = shapes(tmp_path_factory.mktemp("data") / "a.npz", train=300)
    whole = prepare_images(file, Options(), photo_size=64)
    return whole, prepare_images(file, Options(long_tail=9), photo_size=64)


def test_only_training_images_are_thinned(thinned):
    whole, tail = thinned
    assert tail.test.tolist() == whole.test.tolist()
    assert tail.validation.tolist() == whole.validation.tolist()
    assert np.bincount(tail.labels[tail.train]).tolist() == [90, 30, 10]
    assert any("unbalanced: 90 training images of 0, 10 of 2" in note for note in tail.manifest.notes)
    assert any("long tail of 9: 130 of 270 stay" in note for note in tail.manifest.notes)


def test_balanced_sampling_shows_each_class_equally_often(thinned):
    _, tail = thinned
    stream = ImageStream(tail, seed=0, batch_size=13, augmentation=Augmentation(), balanced=True)
    shown = np.concatenate([batch.targets.numpy() for batch in stream.epoch(0)])
    assert sorted(np.bincount(shown).tolist()) == [43, 43, 44]  # 130 images of three classes
    again = np.concatenate([batch.targets.numpy() for batch in stream.epoch(0)])
    assert np.array_equal(shown, again)
