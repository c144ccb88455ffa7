"""Contenders that learned nothing: what a verdict says first, and what it advises instead of more seeds."""

from dataclasses import replace

import numpy as np
import pytest

from skipwise.recipe import Recipe
from skipwise.statistics import decide
from skipwise.studies.learning import Learning, loss_rose, opening_of, with_learning
from skipwise.tasks import TASKS, Guess
from skipwise.training.metrics import EpochMetrics

COMMONEST = Guess(words="always naming the commonest class (10.0 % of 500 test images)", score=0.1)


def learning(label, **found):
    return Learning(**{"label": label, "runs": 3, "score": 0.1, "recipe": Recipe(epochs=4, lr=0.1), **found})


def judged(reference, contender, *, accuracies=(0.1, 0.1)):
    """A verdict on contenders of such accuracies, with what they learned."""
    generator = np.random.default_rng(0)
    scores = {
        each.label: (generator.random((3, 500)) < accuracy).astype(float)
        for each, accuracy in zip((reference, contender), accuracies, strict=True)
    }
    verdict = decide(reference.label, scores, {label: [False] * 3 for label in scores})[contender.label]
    return with_learning(verdict, reference, contender)


def test_two_that_learned_nothing_say_so_first_and_ask_for_no_seeds():
    verdict = judged(learning("plain8", unbeaten=COMMONEST), learning("resnet8", unbeaten=COMMONEST))
    assert str(verdict).startswith(
        "Neither plain8 nor resnet8 has learned more than always naming the commonest class (10.0 % of 500 test "
        "images): undecided between plain8 and resnet8: difference "
    )
    assert verdict.outcome == "nothing learned"
    assert verdict.cautions[-2:] == (
        "a difference between networks that learned nothing says nothing about the shortcut",
        "train longer (--epochs 12) and raise the learning rate (--set lr=0.3), or have one searched for each contender "
        "(--tune lr), with another --name; more seeds would not help",
    )
    assert "seeds in all" not in " ".join(verdict.cautions)
    assert (verdict.needed_seeds, verdict.needed_images) == (None, None)
    assert verdict.to_json()["sentence"] == str(verdict)


def test_where_one_learned_the_difference_stands_and_the_other_is_named():
    verdict = judged(learning("plain8", unbeaten=COMMONEST), learning("resnet8", score=0.9), accuracies=(0.1, 0.9))
    assert verdict.direction == "better"
    assert verdict.claim == (
        "plain8 has learned no more than always naming the commonest class (10.0 % of 500 test images): "
        "resnet8 is better than plain8"
    )
    assert verdict.outcome == "better"
    assert any(
        caution.startswith("plain8 learned nothing here: the difference says that it did not train")
        for caution in verdict.cautions
    )


def test_a_verdict_on_contenders_that_learned_stays_as_it_was():
    verdict = judged(learning("plain8", score=0.9), learning("resnet8", score=0.9), accuracies=(0.9, 0.9))
    assert verdict.claim == "Undecided between plain8 and resnet8"
    assert (verdict.opening, verdict.unlearned, verdict.advice) == ("", (), "")


@pytest.mark.parametrize(
    ("found", "opening"),
    [
        ({"unbeaten": COMMONEST, "score": 0.11}, f"a has learned no more, beyond chance, than {COMMONEST.words}"),
        ({"untrained": 2}, "a did not learn its training data in 2 of 3 runs"),
        ({"untrained": 1}, ""),
        ({"first_best": 3}, "a was best after the first epoch in 3 of 3 runs"),
        ({"first_best": 1}, ""),
        ({"runs": 1, "first_best": 1}, "a was best after the first epoch in its one run"),
        ({"diverged": 3}, ""),
    ],
)
def test_opening_by_evidence(found, opening):
    assert opening_of([learning("a", **found), learning("b")]) == opening
    assert opening_of([learning("a", **found)]) == opening


def test_opening_of_many_contenders():
    dead, alive = learning("a", unbeaten=COMMONEST), learning("c")
    b = replace(dead, label="b")
    assert opening_of([dead, b, replace(dead, label="c")]) == (
        f"None of 3 contenders has learned more than {COMMONEST.words}"
    )
    assert opening_of([dead, b, alive]) == f"a and b have learned no more than {COMMONEST.words}"
    assert opening_of([alive, b, learning("d", first_best=3)]) == f"b has learned no more than {COMMONEST.words}"
    assert opening_of([replace(dead, score=0.11), b]).startswith(
        "Neither a nor b has learned more, beyond chance, than"
    )


@pytest.mark.parametrize(
    ("found", "advice"),
    [
        ({"diverged": 2}, "the training loss of a rose or broke off: lower the learning rate (--set lr=0.033), "),
        ({"recipe": Recipe(epochs=1, lr=0.1)}, "train longer (--epochs 10) and raise"),
        ({"budget": "steps=100"}, "train longer (--budget steps=300) and raise"),
        ({"budget": "multiply-adds=1e12"}, "train longer (--budget multiply-adds=3e+12) and raise"),
    ],
)
def test_advice(found, advice):
    assert learning("a", unbeaten=COMMONEST, **found).advice.startswith(advice.removesuffix(", "))
    assert "--tune" not in learning("a", unbeaten=COMMONEST, can_tune=False, **found).advice


def test_after_a_best_first_epoch_the_rate_is_lowered():
    advice = learning("a", first_best=3).advice
    assert advice.startswith("no later epoch of a was better on validation data: lower the learning rate")


def answers(labels, named, classes=10):
    return {"probabilities": np.eye(classes)[named], "labels": np.asarray(labels)}


def test_a_class_named_always_is_a_guess():
    labels = np.arange(500) % 10
    guess = TASKS["images"].unbeaten_guess(0.1, [answers(labels, np.zeros(500, int))])
    assert guess == COMMONEST
    assert TASKS["images"].unbeaten_guess(0.2, [answers(labels, labels)]) is None  # 7 standard errors above .1


def test_a_rare_class_that_is_found_shows_learning_where_accuracy_does_not():
    """950 of one class and 50 of another, recalls of .9 and .8: accuracy .895 is below .95."""
    labels = np.repeat([0, 1], [950, 50])
    named = np.concatenate([np.repeat([0, 1], [855, 95]), np.repeat([0, 1], [10, 40])])
    images = TASKS["images"]
    assert images.unbeaten_guess(0.895, [answers(labels, named, 2)]) is None
    random = np.random.default_rng(0).permutation(named)
    assert images.unbeaten_guess(0.87, [answers(labels, random, 2)]) is not None


def test_boxes_that_find_nothing():
    assert TASKS["boxes"].unbeaten_guess(0.0, []).words == "a network that finds nothing (mAP 0)"
    assert TASKS["boxes"].unbeaten_guess(0.01, []) is None


def test_a_loss_that_rose():
    epoch = EpochMetrics(
        epoch=1, train_loss=1.0, train_score=None, validation_loss=None, validation_score=0.0, learning_rate=0.1,
        seconds=1.0, examples_per_second=1.0,
    )  # fmt: skip
    assert not loss_rose([])
    assert not loss_rose([epoch, replace(epoch, train_loss=0.5)])
    assert not loss_rose([epoch, replace(epoch, train_loss=1.1)])
    assert loss_rose([epoch, replace(epoch, train_loss=2.0)])
    assert loss_rose([epoch, replace(epoch, train_loss=float("nan"))])
