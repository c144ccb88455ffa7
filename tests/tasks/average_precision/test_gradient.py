"""Influences by hand, and against differences of a score with weights."""

import numpy as np
import pytest

from skipwise.tasks.average_precision import influence_values, match, mean_average_precision, pseudo_values, resampled
from support.average_precision_peers import answers_of


def weighted_area(matches, weights):
    """The area under the highest precision from each hit on, an image counting weights[n] times; by plain loops."""
    of_classes = []
    for found in matches.classes:
        objects = weights @ found.true_objects
        if not objects:
            continue
        area = 0.0
        for hits in found.hits:
            named = right = 0.0
            hit_list = []
            for image, hit in zip(found.images, hits, strict=True):
                named, right = named + weights[image], right + weights[image] * hit
                if hit:
                    hit_list.append((weights[image], right / named))
            area += sum(
                weight * max(precision for _, precision in hit_list[place:])
                for place, (weight, _) in enumerate(hit_list)
            )
        of_classes.append(area / len(found.hits) / objects)
    return np.mean(of_classes)


@pytest.mark.parametrize("seed", range(5))
def test_influences_are_derivatives(seed):
    """Where two precisions are equally high, the derivatives to both sides differ, and it lies between."""
    matches = match(answers_of(seed), 3)
    influences = (influence_values(matches) - mean_average_precision(matches)) / matches.images
    step, once = 1e-6, np.ones(matches.images)
    area, sides_agree = weighted_area(matches, once), 0
    for image, influence in enumerate(influences):
        change = step * (np.arange(matches.images) == image)
        below = (area - weighted_area(matches, once - change)) / step
        above = (weighted_area(matches, once + change) - area) / step
        assert min(below, above) - 1e-5 < influence < max(below, above) + 1e-5
        sides_agree += abs(below - above) < 1e-5
    assert sides_agree > 0
    assert influences.std() > 0.001


def test_one_found_and_one_missed():
    """The area is w0 / (w0 + w1), whose derivatives are 1/4 and -1/4; twice that is added to 51 / 101."""
    answers = {
        "boxes": np.array([[[0, 0, 10, 10]], [[50, 50, 60, 60]]], np.float32),
        "labels": np.zeros((2, 1), int),
        "scores": np.array([[0.9], [0.8]], np.float32),
        "true_boxes": np.array([[[0, 0, 10, 10]], [[0, 0, 10, 10]]], np.float32),
        "true_labels": np.zeros((2, 1), int),
    }
    assert influence_values(match(answers, 2)) == pytest.approx([51 / 101 + 0.5, 51 / 101 - 0.5])


def test_their_mean_is_the_score_and_their_spread_that_of_the_bootstrap():
    matches = match(answers_of(0, images=150), 3)
    values = influence_values(matches)
    assert values.mean() == pytest.approx(mean_average_precision(matches), abs=1e-12)
    counts = np.random.default_rng(0).multinomial(150, np.full(150, 1 / 150), 400)
    error = resampled(matches, counts).std()
    assert values.std(ddof=1) / 150**0.5 == pytest.approx(error, rel=0.2)
    assert abs(pseudo_values(matches).mean() - mean_average_precision(matches)) > 1e-3


def test_without_any_object_nothing_has_influence():
    answers = answers_of(0)
    nothing = match(answers | {"true_labels": np.full_like(answers["true_labels"], -1)}, 3)
    assert influence_values(nothing).tolist() == [0] * 12
