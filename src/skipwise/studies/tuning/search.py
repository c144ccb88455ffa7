"""A search for a better network and recipe, on validation data, before the best few are confirmed on fresh seeds."""

from dataclasses import dataclass, replace

from skipwise.errors import UserError
from skipwise.records import write_atomically
from skipwise.studies.prepare import SECONDS_TO_START, ResolvedStudy, StudyPlan, plan_study
from skipwise.studies.sweeps import Sweep
from skipwise.studies.tuning.journal import optuna
from skipwise.studies.tuning.learning_rate import SEARCH, SEED, without_test
from skipwise.studies.tuning.run import Trials, Watcher, contender_of, write_design
from skipwise.studies.tuning.space import Range, Space, family_of
from skipwise.studies.tuning.space_file import space_of
from skipwise.studies.tuning.trials import TRIALS, SearchResult
from skipwise.studies.workers.pool import Job, train_side_by_side
from skipwise.training.plan import workers_for

SPACE = "space.toml"


@dataclass(frozen=True, kw_only=True)
class SearchPlan:
    """A search of so many trials, about to begin or to go on. `ready` is of a study inside the study's folder.

    `halving`: trials may be dropped before their end. `seconds` of one whole run of the usual network.
    """

    resolved: ResolvedStudy
    ready: StudyPlan
    space: Space
    trials: int
    halving: bool
    seconds: float

    @property
    def longest_seconds(self) -> float:
        """An estimate of the whole search, if every trial were a whole run of the usual network."""
        return SECONDS_TO_START + self.trials * self.seconds / self.ready.workers

    @property
    def jobs(self) -> list[Job]:
        """Of every trial, begun or not."""
        return [Job(contender=f"trial-{number}", seed=SEED) for number in range(self.trials)]


def plan_tuning(resolved: ResolvedStudy) -> SearchPlan:
    """Settle the search inside the study's folder, whose contenders will be the trials. Nothing is written yet.

    What stands for test examples there are the validation examples: no trial gets to see the test examples. Raises UserError
    where the folder holds another search.
    """
    optuna()
    config = resolved.config
    space = space_of(config.space, family_of(config.usual_family), resolved.sweep.contenders[0].recipe)
    dataset = without_test(resolved.dataset)
    inside = replace(config, command="compare", name=SEARCH, out=config.out / resolved.name, seeds=1)
    usual = replace(resolved.sweep.contenders[0], label="usual")
    ready = plan_study(
        replace(resolved, config=inside, dataset=dataset, sweep=Sweep(contenders=(usual,))), seeds=(SEED,)
    )
    kept = ready.folder.file(SPACE)
    if kept.exists() and kept.read_text(encoding="utf-8") != space.text:
        raise UserError(
            f"The search in {ready.folder.path} was begun with another space, which is {kept}: take --space {kept}, "
            "or another --name."
        )
    size = space.combinations
    trials = config.trials if size is None else min(size, config.trials)
    return SearchPlan(
        resolved=resolved,
        ready=replace(ready, workers=config.workers or workers_for(ready.design.plan, trials)),
        space=space,
        trials=trials,
        halving=size is None or size > config.trials,
        seconds=ready.seconds_per_run[usual.label],
    )


def search(prepared: SearchPlan, watcher: Watcher) -> SearchResult:
    """Train the trials that are missing, and give all of them.

    A trial that was running when the search was stopped goes on from its checkpoint, with the same values. Raises
    UserError where no trial has come to anything.
    """
    ready, space = prepared.ready, prepared.space
    folder, design = ready.folder, ready.design
    with folder.locked():
        folder.write("data.json", ready.dataset.found)
        write_design(folder, design)
        write_atomically(folder.file(SPACE), lambda part: part.write_text(space.text, encoding="utf-8"))
        trials = Trials(prepared.resolved, space, folder, design, watcher)
        train_side_by_side(folder.path, trials.next_job, design.plan, ready.workers, trials, trials.hopeless)
        found = SearchResult(
            trials=trials.found(),
            dimensions=tuple(one.name for one in space.dimensions),
            logarithmic=tuple(one.name for one in space.dimensions if isinstance(one.values, Range) and one.values.log),
            usual=space.family.usual,
            seed=SEED,
            validation_images=len(ready.dataset.validation),
            halving=prepared.halving,
        )
        folder.write(TRIALS, found.to_json())
    if not found.best():
        reasons = [trial.reason for trial in found.trials if trial.reason]
        last = f" (the last one: {reasons[-1]})" if reasons else ""
        raise UserError(
            f"None of {len(found.trials)} trials came to a score{last}: mend the space, and take another --name for it."
        )
    return found


def with_best_trials(resolved: ResolvedStudy, found: SearchResult) -> ResolvedStudy:
    """The same with the best few trials as contenders behind the usual network."""
    best = tuple(contender_of(resolved, trial.label, trial.text) for trial in found.best())
    return replace(resolved, sweep=Sweep(contenders=(resolved.sweep.contenders[0], *best)))
