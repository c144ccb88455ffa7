"""Images left out and images drawn again, against sets that really lack or repeat them."""

import numpy as np
import pytest

from skipwise.statistics import pseudo_values as jackknife
from skipwise.statistics import two_way_bootstrap_of
from skipwise.tasks.average_precision import coco_table, match, mean_average_precision, pseudo_values, resampled
from support.average_precision_peers import answers_of, by_pycocotools, taken


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", [{}, {"levels": 3}, {"images": 6, "most_true": 2}, {"images": 130, "most": 3}])
def test_pseudo_values_are_those_of_matching_again_without_the_image(seed, kind):
    answers = answers_of(seed, **kind)

    def score(kept):
        return mean_average_precision(match(taken(answers, np.flatnonzero(kept)), 3))

    found = pseudo_values(match(answers, 3))
    assert found == pytest.approx(jackknife(score, len(answers["labels"])), abs=1e-9)
    assert found.std() > 0


def test_pseudo_value_of_the_image_with_the_only_objects_of_a_class():
    """Without it the class is left out: the rest's mean is of one class fewer."""
    answers = answers_of(0, classes=3)
    answers["true_labels"][4, :] = 2
    rest = [image for image in range(12) if image != 4]
    matches = match(answers, 3)
    assert (matches.classes[2].true_objects > 0).sum() == 1
    without = by_pycocotools(taken(answers, rest), 3)[0]
    assert pseudo_values(matches)[4] == pytest.approx(12 * mean_average_precision(matches) - 11 * without, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_resampled_is_the_score_of_a_set_that_repeats_images(seed):
    """Repeats come last here, under ids of their own; no scores but those of repeats are equal."""
    answers = answers_of(seed)
    counts = np.random.default_rng(seed).multinomial(12, np.full(12, 1 / 12), 6)
    found = resampled(match(answers, 3), counts)
    for value, times in zip(found, counts, strict=True):
        order = np.concatenate([np.flatnonzero(times > repeat) for repeat in range(times.max())])
        repeated = taken(answers, order)
        assert value == pytest.approx(by_pycocotools(repeated, 3)[0], abs=1e-9)
        assert value == pytest.approx(coco_table(repeated, ["a", "b", "c"])["mAP"], abs=1e-6)


def test_resampled_with_equal_scores_is_that_of_repeats_beside_each_other():
    """One detection an image, so that each is followed by its own repeats."""
    answers = answers_of(5, images=40, most=1, levels=3)
    counts = np.random.default_rng(0).multinomial(40, np.full(40, 1 / 40), 20)
    for value, times in zip(resampled(match(answers, 3), counts), counts, strict=True):
        expected = by_pycocotools(taken(answers, np.repeat(np.arange(40), times)), 3)[0]
        assert value == pytest.approx(expected, abs=1e-9)


def test_draws_without_any_object_score_0_and_many_draws_are_each_on_their_own():
    answers = answers_of(2)
    matches = match(answers, 3)
    bare = (answers["true_labels"] >= 0).sum(1) == 0
    assert bare.any()
    assert resampled(matches, bare.astype(int)[None]).tolist() == [0]
    counts = np.random.default_rng(1).multinomial(12, np.full(12, 1 / 12), 230)
    alone = [resampled(matches, counts[[draw]])[0] for draw in range(230)]
    assert resampled(matches, counts) == pytest.approx(alone, abs=1e-12)
    assert len(resampled(matches, counts[:0])) == 0


def test_it_serves_the_two_way_bootstrap():
    runs = [match(answers_of(1), 3), match(answers_of(1, levels=2), 3)]
    low, high = two_way_bootstrap_of(lambda run, counts: resampled(runs[run], counts), 2, 12, draws=150)
    assert 0 < low < np.mean([mean_average_precision(run) for run in runs]) < high < 1
