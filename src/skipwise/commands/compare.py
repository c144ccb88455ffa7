"""The whole path: from what is asked to a verdict and a report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from skipwise.commands.console import Console
from skipwise.reports import write_report
from skipwise.statistics import DECLARED_LOOKS
from skipwise.studies import ResolvedStudy, Study, StudyConfig, plan_study, resolve, train_missing
from skipwise.studies.study_file import validated
from skipwise.studies.tuning.learning_rate import plan_rate_search, with_best_rates
from skipwise.studies.tuning.search import plan_tuning, search, with_best_trials


def compare(
    data: str | Path = "digits",
    contenders: Sequence[str] = (),
    *,
    task: str | None = None,
    seeds: int | Literal["auto"] = 5,
    epochs: int | None = None,
    budget: str | None = None,
    tune: Literal["lr"] | None = None,
    test_size: float | None = None,
    folds: int | None = None,
    out: str | Path = "studies",
    name: str | None = None,
    size: int | None = None,
    tokens: Literal["characters", "bytes", "words", "subwords"] | None = None,
    split_seed: int = 0,
    workers: int | None = None,
    settings: Sequence[str] = (),
) -> Study:
    """Train every contender with seeds 0 .. seeds - 1 on the same streams of examples, and judge them.

    `data`: a folder, a file, or a name as "digits". `task`: "images", "text", "boxes" or a dotted path, where the data
    do not tell. `contenders`: `[LABEL@]NAME[:field=value,...]`, the first being the reference; by default the task's
    own. `seeds`: how many, or "auto" to look at 3, 5 and 10 and stop when decided. `budget`:
    `epochs|steps|seconds|multiply-adds=VALUE` for each run. `tune`: "lr" to search each contender's rate first.
    `test_size`: fraction of the examples, where the data have no test set of their own; with `folds` each
    is a test example once. `size`: side of images in pixels, length of texts in `tokens`. `settings`: `field=value` for all contenders. Calling it
    again trains only what is missing. Raises UserError for whatever can be mended in these.
    """
    return run(
        data=str(data),
        task=task,
        contenders=tuple(contenders),
        seeds=seeds,
        epochs=epochs,
        budget=budget,
        tune=tune,
        test_size=test_size,
        folds=folds,
        out=Path(out),
        name=name,
        size=size,
        tokens=tokens,
        split_seed=split_seed,
        workers=workers,
        settings=tuple(settings),
    )


def run(**config: Any) -> Study:
    """A study of any kind from the fields of a study file; see `Asked`. Raises UserError for whatever can be mended."""
    study = run_study(validated(config), Console())
    assert study is not None
    return study


def run_study(config: StudyConfig, console: Console, *, dry_run: bool = False) -> Study | None:
    """Make ready, train, judge and report, telling the console how it goes. None after a dry run."""
    resolved = resolve(config, console.decoding)
    if config.tune:
        found = _tuned(resolved, console, dry_run)
        if found is None:
            return None
        resolved = found
    if config.command == "tune":
        found = _searched(resolved, console, dry_run)
        if found is None:
            return None
        resolved = found
    counts: Sequence[int | None] = DECLARED_LOOKS if config.seeds == "auto" else [None]
    for count in counts:
        ready = plan_study(resolved, None if count is None else tuple(range(count)))
        console.announce(ready, briefly=count not in (None, DECLARED_LOOKS[0]))
        if dry_run:
            return None
        with console:
            study = train_missing(ready, console)
        study.look()
        if study.decided or len(study.seeds) >= DECLARED_LOOKS[-1] or count is None:
            break
        if count == len(study.seeds):
            console.say(f"Not decided at {count} seeds: going on.\n")
    console.conclude(write_report(study))
    return study


def _tuned(resolved: ResolvedStudy, console: Console, dry_run: bool) -> ResolvedStudy | None:
    """Search the rates first. None after a dry run."""
    ready = plan_rate_search(resolved)
    console.say("First a search for each contender's learning rate, on validation data:")
    console.announce(ready)
    if dry_run:
        return None
    with console:
        search = train_missing(ready, console)
    found = with_best_rates(resolved, search)
    for contender in found.sweep.contenders:
        tried = ", ".join(f"{rate}: {accuracy:.3f}" for rate, accuracy in found.tuned[contender.label].items())
        console.say(
            f"{contender.label}: rate {contender.recipe.lr:g} (validation {resolved.config.to_learn.score_name} by rate: {tried})"
        )
    console.say("")
    return found


def _searched(resolved: ResolvedStudy, console: Console, dry_run: bool) -> ResolvedStudy | None:
    """Search networks and recipes first. None after a dry run."""
    prepared = plan_tuning(resolved)
    console.announce_search(prepared)
    if dry_run:
        return None
    with console:
        found = search(prepared, console)
    counts = ", ".join(
        f"{found.count(state)} {words}"
        for state, words in (
            ("finished", "trained to the end"),
            ("dropped", "dropped"),
            ("failed", "failed"),
            ("impossible", "impossible"),
        )
        if found.count(state)
    )
    console.say(f"\n{len(found.trials)} trials: {counts}. Confirmed on fresh seeds, as the best of many are flattered:")
    for trial in found.best():
        console.say(
            f"{trial.label}: {trial.text}, validation {resolved.config.to_learn.score_name} {trial.accuracy:.3f}"
        )
    console.say("")
    return with_best_trials(resolved, found)
