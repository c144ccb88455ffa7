"""The search for learning rates: the same for each contender, by validation alone, with a seed that no study has."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from skipwise import UserError
from skipwise.recipe import Recipe
from skipwise.studies import resolve
from skipwise.studies.config import StudyConfig
from skipwise.studies.contender import parse_contender
from skipwise.studies.folder import StudyFolder
from skipwise.studies.prepare import plan_study
from skipwise.studies.study import Study
from skipwise.studies.tuning.learning_rate import FACTORS, SEED, plan_rate_search, rates, with_best_rates
from support.images import shapes


@pytest.fixture(scope="module")
def resolved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    data = str(shapes(folder / "a.npz"))
    contenders = ("plain8:lr=0.1", "resnet8")
    config = StudyConfig(data=data, contenders=contenders, budget="steps=2", tune="lr", out=folder, name="it", seeds=2)
    return resolve(config)


def test_the_rates_are_the_contenders_own_times_the_factors():
    contender = parse_contender("plain8:lr=0.1", Recipe())
    assert rates(contender) == [0.025, 0.05, 0.1, 0.2, 0.4]


def test_each_contender_gets_the_same_number_of_runs_and_none_of_the_studys_seeds(resolved):
    ready = plan_rate_search(resolved)
    assert ready.folder.path == resolved.config.out / "it" / "search"
    assert ready.design.config is None
    assert {run.seed for run in ready.missing} == {SEED}
    assert SEED not in range(100_000)
    tried = [run.contender for run in ready.missing]
    assert len(tried) == 2 * len(FACTORS)
    assert sorted(one.recipe.lr for one in tried if one.is_plain) == [0.025, 0.05, 0.1, 0.2, 0.4]
    assert sorted(one.recipe.lr for one in tried if not one.is_plain) == [0.005, 0.01, 0.02, 0.04, 0.08]
    assert {one.recipe.steps for one in tried} == {2}


def searched(resolved, found):
    """A search that found `found[rate]`, as (validation accuracy, validation loss, why it failed), for each
    contender.
    """
    search = Study.__new__(Study)
    search.results = {
        f"{contender.label} at rate {rate:g}": [
            SimpleNamespace(
                validation_score=accuracy, score=1 - (accuracy or 0), task="images", failed=failed,
                history=lambda loss=loss: [SimpleNamespace(validation_loss=loss + 1), SimpleNamespace(validation_loss=loss)],
            )
        ]
        for contender in resolved.sweep.contenders
        for rate, (accuracy, loss, failed) in zip(rates(contender), found, strict=True)
    }  # fmt: skip
    return search


@pytest.mark.parametrize(
    ("found", "best"),
    [
        ([(0.1, 2, None), (0.8, 1, None), (0.9, 1, None), (0.7, 1, None), (0.2, 2, None)], 2),
        ([(0.9, 2, None), (0.9, 1, None), (0.9, 3, None), (0.9, 1.5, None), (0.9, 2, None)], 1),  # by loss
        ([(0.5, 2, None), (0.6, 1, None), (0.4, 3, None), (0.9, 1, "loss"), (None, 2, "loss")], 1),  # failed runs last
    ],
)
def test_the_best_rate_is_chosen_by_validation(resolved, found, best):
    """Test accuracy is the better the worse validation is here, and must not count."""
    after = with_best_rates(resolved, searched(resolved, found))
    for before, contender in zip(resolved.sweep.contenders, after.sweep.contenders, strict=True):
        assert contender.recipe.lr == rates(before)[best]
        assert contender.label == before.label
        assert list(after.tuned[contender.label].values()) == [accuracy or 0.0 for accuracy, _, _ in found]


def test_a_study_that_was_begun_without_a_search_is_refused_before_anything_is_searched(resolved, tmp_path):
    untuned = replace(resolved, config=replace(resolved.config, out=tmp_path, tune=None))
    design = plan_study(untuned).design
    (tmp_path / "it").mkdir()
    StudyFolder(tmp_path / "it").write_design(design)
    with pytest.raises(
        UserError, match=r"was begun with 'plain8:lr=0\.1' of other settings or without a search for its"
    ):
        plan_rate_search(replace(resolved, config=replace(resolved.config, out=tmp_path)))
