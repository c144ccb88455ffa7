"""The stream of texts: batches of similar length that are a function of (seed, epoch) alone."""

import numpy as np
import pytest
import torch

from skipwise.data import Stream, TextStream
from skipwise.data.text.stream import WINDOW_BATCHES
from support.texts import rows, texts


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return texts(tmp_path_factory.mktemp("data") / "a.csv", rows(200, long=90))


def stream(data, seed=0, **options):
    return TextStream(data, **{"seed": seed, "batch_size": 16, **options})


def tokens(made, epoch, first_step=0):
    return [batch.inputs for batch in made.epoch(epoch, first_step)]


def same(one, other):
    return len(one) == len(other) and all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_one_seed_gives_one_stream_however_often_it_is_cut(data):
    whole = tokens(stream(data), 3)
    assert len(whole) == stream(data).steps_per_epoch == len(data.train) // 16
    for first in (1, 5, len(whole) - 1):
        assert same(whole[first:], tokens(stream(data), 3, first))


def test_other_seeds_and_epochs_differ(data):
    assert not same(tokens(stream(data), 0), tokens(stream(data, seed=1), 0))
    assert not same(tokens(stream(data), 0), tokens(stream(data), 1))


def test_each_text_is_shown_once_at_most(data):
    """Of two windows; what is left over is what the random order leaves over, of any length."""
    made = stream(data, batch_size=5)
    order, shown = made.order(0), made.steps_per_epoch * 5
    assert sorted(order) == list(range(len(data.train)))
    assert len(data.train) > shown > 5 * WINDOW_BATCHES
    assert order[shown:].tolist() == Stream.order(made, 0)[shown:].tolist()


def test_a_batch_is_as_long_as_its_longest_text(data):
    for batch in stream(data).epoch(0):
        assert (batch.inputs[:, -1] != 0).any()
        ends = (batch.inputs != 0).sum(1)
        assert all(
            (row[:end] != 0).all() and (row[end:] == 0).all() for row, end in zip(batch.inputs, ends, strict=True)
        )


def test_targets_are_those_of_the_texts(data):
    bright = 2 + data.encoded.tokens.tokenizer.index("fine")
    for batch in stream(data).epoch(0):
        assert ((batch.inputs == bright).any(1) == (batch.targets == data.classes.index("good"))).all()


def padding(batches):
    return sum(int((batch == 0).sum()) for batch in batches) / sum(batch.numel() for batch in batches)


def test_similar_lengths_together_leave_little_padding(data):
    made = stream(data)
    order = Stream.order(made, 0)
    mixed = [made.read(data.train[order[start : start + 16]]).inputs for start in range(0, len(order) - 15, 16)]
    assert padding(mixed) > 0.3
    assert padding(tokens(made, 0)) < 0.4 * padding(mixed)


def test_batches_do_not_come_in_the_order_of_their_lengths(data):
    lengths = [batch.shape[1] for batch in tokens(stream(data), 0)]
    assert lengths != sorted(lengths)


def test_balanced_shows_each_class_equally_often(tmp_path):
    some = [row for i, row in enumerate(rows(60, long=40)) if row[1] == "good" or i % 8 == 1]
    data = texts(tmp_path / "a.csv", some)
    assert np.bincount(data.labels[data.train]).min() < 0.3 * len(data.train)
    made = stream(data, batch_size=8, balanced=True)
    shown = torch.cat([batch.targets for batch in made.epoch(0)])
    assert abs(int((shown == 0).sum()) - int((shown == 1).sum())) <= 8
    assert same(tokens(made, 0)[2:], tokens(made, 0, 2))


def test_for_judging_the_order_stays_and_batches_are_cut(data):
    batches = list(stream(data).eval_batches(data.test, 10))
    assert torch.cat([batch.targets for batch in batches]).tolist() == data.labels[data.test].tolist()
    for number, batch in enumerate(batches):
        some = data.test[number * 10 : number * 10 + 10]
        assert batch.inputs.shape[1] == min(data.length, data.encoded.lengths[some].max())
