"""Linear CKA against its definition, and its invariances."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from skipwise.analysis.inside.similarity import alignments, centred_gram, representations, similarity
from skipwise.data import Batch, Stream
from skipwise.networks import PRESETS, build_text
from support.trained import plain_block, small_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    home = tmp_path_factory.mktemp("runs")
    return {
        "one": small_run(home / "one", plain_block(), label="one"),
        "other": small_run(home / "other", plain_block(blocks=2), label="other", seed=1),
    }


def numbers(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def cka(x, y):
    return float(alignments([centred_gram(x)], [centred_gram(y)])[0, 0])


def test_against_the_naive_formula():
    """HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)) with the estimator without bias (Song et al. 2012, equation 5)."""
    x, y = numbers(0, 9, 4), numbers(1, 9, 6) + numbers(0, 9, 4) @ numbers(2, 4, 6)

    def hsic(one, other):
        k, l, ones = one @ one.T, other @ other.T, np.ones(9)  # noqa: E741
        np.fill_diagonal(k, 0)
        np.fill_diagonal(l, 0)
        whole = np.trace(k @ l) + (ones @ k @ ones) * (ones @ l @ ones) / (8 * 7) - 2 / 7 * (ones @ k @ l @ ones)
        return whole / (9 * 6)

    expected = hsic(x, y) / np.sqrt(hsic(x, x) * hsic(y, y))
    assert 0.1 < expected < 0.95
    assert cka(x, y) == pytest.approx(expected)


@pytest.mark.parametrize("features", [3, 60, 1000])
def test_unrelated_maps_of_many_numbers_are_not_alike(features):
    values = [cka(numbers(seed, 50, features), numbers(seed + 100, 50, features)) for seed in range(10)]
    assert abs(np.mean(values)) < 0.05


def test_rotations_shifts_and_factors_change_nothing():
    x = numbers(0, 20, 5)
    rotation, _ = np.linalg.qr(numbers(1, 5, 5))
    assert cka(x, x) == pytest.approx(1)
    assert cka(x, 3 * x @ rotation + 7) == pytest.approx(1)
    assert cka(x, x * [1, 1, 1, 1, 9]) < 0.9


def test_what_never_changes_is_like_nothing():
    assert cka(numbers(0, 6, 3), np.ones((6, 2))) == 0


def test_places_of_two_networks(runs):
    found = similarity(runs)
    assert found.first == "one"
    assert found.places == ["stage 1, block 1", "head"]
    against = found.against["other"]
    assert against.places == ["stage 1, block 1", "stage 1, block 2", "head"]
    x, y = representations(runs["one"]), representations(runs["other"])
    for row, place in zip(against.table, found.places, strict=True):
        for value, other in zip(row, against.places, strict=True):
            assert value == pytest.approx(cka(x[place], y[other]), abs=1e-4)
    assert similarity({"one": runs["one"]}) is None
    elsewhere = replace(runs["other"], indices=runs["other"].indices[1:])
    assert similarity({"one": runs["one"], "other": elsewhere}) is None


def test_a_network_is_itself(runs):
    found = similarity({"one": runs["one"], "same": replace(runs["one"], contender="same")})
    assert np.diagonal(found.against["same"].table) == pytest.approx([1, 1])


def test_representations_are_the_maps(runs):
    run = runs["one"]
    x = run.batch(1000).inputs
    found = representations(run)
    with torch.no_grad():
        assert np.allclose(found["stage 1, block 1"], run.network.features(x)[-1].flatten(1), atol=1e-6)
        assert np.allclose(found["head"], run.network(x), atol=1e-6)
    assert not any(module._forward_hooks for module in run.network.modules())


def test_large_maps_are_averaged_down(tmp_path):
    wide = small_run(tmp_path / "wide", plain_block(width=65), train=12, test=6)
    found = representations(wide)["stage 1, block 1"]
    assert found.shape == (6, 65 * 7 * 7)
    with torch.no_grad():
        maps = wide.network.features(wide.batch(6).inputs)[-1]
    assert np.allclose(found, torch.nn.functional.adaptive_avg_pool2d(maps, 7).flatten(1), atol=1e-6)


class Given(Stream):
    """These tokens and no others."""

    def __init__(self, tokens):
        self.tokens = tokens

    def read(self, indices):
        return Batch(inputs=self.tokens[indices], targets=torch.zeros(len(indices), dtype=torch.long))


def test_padding_of_texts_changes_nothing(runs):
    network = build_text(PRESETS["resnet-text-8"], 20, 32, 2, seed=0).eval()
    tokens = torch.randint(1, 20, (3, 32), generator=torch.Generator().manual_seed(0))
    run = replace(runs["one"], network=network, stream=Given(tokens[:2, :16]), indices=np.arange(2))
    alone = representations(run)
    tokens[:2, 16:] = 0
    padded = representations(replace(run, stream=Given(tokens), indices=np.arange(3)))
    assert len(alone) == len(padded) > 2
    for place, rows in alone.items():
        assert rows.ndim == 2
        assert np.allclose(padded[place][:2], rows, atol=1e-5), place
