"""A search for a better network and recipe, on validation data, before the best few are confirmed on fresh seeds."""

from dataclasses import dataclass, replace

from skipwise.errors import UserError
from skipwise.records import write_atomically
from skipwise.regular_files import read_text
from skipwise.studies.estimate import Estimate
from skipwise.studies.kinds.depth import family_name
from skipwise.studies.prepare import ResolvedStudy, plan_study
from skipwise.studies.searches import Found, Search, SearchListener
from skipwise.studies.sweeps import Sweep
from skipwise.studies.tuning.journal import FIRST_RUNG, REDUCTION, optuna
from skipwise.studies.tuning.learning_rate import SEED, inside_search, without_test
from skipwise.studies.tuning.run import Trials, contender_of
from skipwise.studies.tuning.space import Range, Space, family_of
from skipwise.studies.tuning.space_file import space_of
from skipwise.studies.tuning.trials import TRIALS, SearchResult
from skipwise.studies.workers.pool import Job, train_side_by_side
from skipwise.training.plan import workers_for

SPACE = "space.toml"


@dataclass(frozen=True, kw_only=True)
class SearchPlan(Search):
    """A search of so many trials of a space. `halving`: trials may be dropped before their end."""

    space: Space
    trials: int
    halving: bool
    seconds_per_trial: float

    @property
    def work(self) -> dict[Job, float]:
        return {Job(contender=f"trial-{number}", seed=SEED): self.seconds_per_trial for number in range(self.trials)}

    @property
    def estimate(self) -> Estimate:
        """How long the whole search takes, if every trial were a whole run of the usual network."""
        training = self.trials * self.seconds_per_trial / self.ready.workers
        processes = self.ready.workers * self.ready.design.plan.threads
        return replace(self.ready.estimate, training=training, processes=processes, baseline=0.0, report=0.0)

    def run(self, listener: SearchListener) -> Found:
        found = search(self, listener)
        score = self.resolved.config.to_learn.score_name
        states = {
            "finished": "trained to the end",
            "dropped": "dropped",
            "failed": "failed",
            "impossible": "impossible",
        }
        counts = ", ".join(f"{found.count(state)} {words}" for state, words in states.items() if found.count(state))
        head = f"\n{len(found.trials)} trials: {counts}. Confirmed on fresh seeds, as the scores of the best of many are optimistic:"
        best = [f"{trial.label}: {trial.text}, validation {score} {trial.accuracy:.3f}" for trial in found.best()]
        return Found(resolved=with_best_trials(self.resolved, found), lines=(head, *best))


def plan_tuning(resolved: ResolvedStudy) -> SearchPlan:
    """Settle the search inside the study's folder, whose contenders will be the trials. Nothing is written yet.

    What stands for test examples there are the validation examples: no trial gets to see the test examples. Raises
    UserError where the folder holds another search.
    """
    optuna()
    config = resolved.config
    space = space_of(config.space, family_of(family_name(config)), resolved.sweep.contenders[0].recipe)
    dataset = without_test(resolved.dataset)
    inside = inside_search(resolved)
    usual = replace(resolved.sweep.contenders[0], label="usual")
    ready = plan_study(
        replace(resolved, config=inside, dataset=dataset, sweep=Sweep(contenders=(usual,))), seeds=(SEED,)
    )
    kept = ready.folder.file(SPACE)
    if kept.exists() and read_text(kept) != space.text:
        raise UserError(
            f"The search in {ready.folder.path} was begun with another space, which is {kept}: take --space {kept}, "
            "or another --name."
        )
    size = space.combinations
    trials = config.trials if size is None else min(size, config.trials)
    halving = size is None or size > config.trials
    return SearchPlan(
        resolved=resolved,
        ready=replace(ready, workers=config.workers or workers_for(ready.design.plan, trials)),
        details=_details(space, trials, halving, len(dataset.validation), ready.design.to_learn.examples),
        recipe_note=f", and what the space does not name as {space.family.usual} has it",
        time_note=f" if all were as large as {space.family.usual}{', less for what is dropped' if halving else ''}",
        space=space,
        trials=trials,
        halving=halving,
        seconds_per_trial=ready.seconds_per_run[usual.label],
    )


def _details(space: Space, trials: int, halving: bool, validation: int, examples: str) -> tuple[str, ...]:
    """Describe the search, line by line."""
    how = "every combination of the space, each to its end"
    if halving:
        how = f"of those that come to {FIRST_RUNG} % of a run, and again to {REDUCTION * FIRST_RUNG} %, the better half goes on"
    return (
        f"{trials} trials that must beat {space.family.usual}, one run each with seed {SEED}, judged "
        f"on {validation} validation {examples}; none of the test {examples} is seen",
        how,
        *(line for line in space.text.splitlines() if line.strip() and not line.startswith("#")),
    )


def search(prepared: SearchPlan, listener: SearchListener) -> SearchResult:
    """Train the trials that are missing, and give all of them.

    A trial that was running when the search was stopped goes on from its checkpoint, with the same values. Raises
    UserError where no trial has come to anything.
    """
    ready, space = prepared.ready, prepared.space
    folder, design = ready.folder, ready.design
    with folder.locked():
        ready.dataset.stored.write(folder.path)
        folder.write_design(design)
        write_atomically(folder.file(SPACE), lambda part: part.write_text(space.text, encoding="utf-8"))
        trials = Trials(prepared.resolved, space, folder, design, listener)
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
