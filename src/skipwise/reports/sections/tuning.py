"""Section of a hyperparameter search: the confirmed trials, selection bias, importance and cost."""

import json
from dataclasses import asdict

import numpy as np
from pydantic import TypeAdapter

from skipwise.analysis.scores.tuning import FEWEST, LEVEL, Importance, compared, importances
from skipwise.extras import MissingLibraryError
from skipwise.regular_files import read_text
from skipwise.reports.charts.tuning import cost_chart, history_chart, importance_chart, selection_bias_chart
from skipwise.reports.format import percent, percentage, points, short_count, with_interval
from skipwise.reports.sections.sweep import SweepSection, interval_text, level_text
from skipwise.statistics import t_interval
from skipwise.studies import Study
from skipwise.studies.tuning.learning_rate import SEARCH
from skipwise.studies.tuning.trials import SearchResult, Trial, ranked, read_search_result

SHOWN = 10
"""Trials in the table, besides those that were confirmed."""
IMPORTANCE = "importance.json"


def tuning_section(study: Study) -> SweepSection:
    found = read_search_result(study.path / SEARCH)
    examples, score_name = study.design.to_learn.examples, study.design.to_learn.score_name
    searched = searched_trials(study, found)
    try:
        mattered = _importances(study, found)
        importance_limits = _importance_limits(mattered, found)
    except MissingLibraryError as error:
        mattered, importance_limits = [], f"Importance is skipped: {error}"
    charts = [selection_bias_chart(study, searched)]
    charts += [importance_chart(mattered, found, score_name)] if mattered else []
    charts += [cost_chart(found, set(study.results), score_name), history_chart(found, score_name)]
    return SweepSection(
        headline=f"{verdict_sentence(study)} {selection_bias_sentence(study, searched, len(found.trials))}",
        explanation=(
            f"{_counted(found)} Each was trained once and scored on {found.validation_images} validation {examples}; "
            "the best by that score were chosen. The best of many is partly the luckiest (selection bias), so it was "
            f"trained again with seeds that the search had not used, and scored on test {examples} that no trial had "
            "seen: only that decides."
        ),
        limits=(
            f"This does not prove that the best trial is the best of the search space: {len(found.trials)} trials with "
            f"one seed see little of it. {importance_limits} {found.usual} had its usual recipe, and "
            "the others one that was searched: a difference may come from the recipe alone. More trials in the same "
            "folder choose again, and the contenders of the first choice stay in the comparison."
        ),
        caption=(
            "The bars are intervals: of 95 % at the scores, for seeds at the confirmed and for the draw of validation "
            f"{examples} at the trials; of {100 * LEVEL:.0f} % at the importance, for the draw of trials."
        ),
        charts={"tuning": charts},
        columns=(
            "contender", "verdict", "difference in points", f"{level_text(study)} % interval", f"test {score_name}",
            f"{score_name} in the search", f"on the same {examples}, fresh seeds", "overestimated by", "multiply-adds", "what it is",
        ),
        rows=_rows(study, found, searched),
    )  # fmt: skip


def searched_trials(study: Study, found: SearchResult) -> dict[str, Trial]:
    """Of each contender, the trial that it was in the search; the reference may have been none."""
    reference = study.design.contenders[0].label
    by_label = {reference if trial.usual else trial.label: trial for trial in found.trials}
    return {label: by_label[label] for label in study.results if label in by_label}


def fresh(study: Study, label: str) -> np.ndarray:
    """The validation scores of a contender's runs with seeds that the search had not used."""
    return np.array([result.validation_score or 0.0 for result in study.results[label]])


def verdict_sentence(study: Study) -> str:
    """Which of the confirmed are better than the usual network."""
    reference = study.design.contenders[0].label
    grouped: dict[str, list[str]] = {}
    for label, verdict in study.verdicts.items():
        grouped.setdefault(verdict.direction, []).append(label)
    words = {"better": f"better than {reference}", "worse": f"worse than {reference}", "undecided": "undecided"}
    said = [
        f"{_listed(grouped[direction])} {'is' if len(grouped[direction]) == 1 else 'are'} {words[direction]}"
        for direction in words
        if direction in grouped
    ]
    equivalent = [label for label, verdict in study.verdicts.items() if verdict.equivalent]
    if equivalent:
        margin = next(iter(study.verdicts.values())).margin
        said.append(f"{_listed(equivalent)} equivalent to it within {100 * margin:g} point{'s' * (margin != 0.01)}")
    return f"{'; '.join(said)}."


def selection_bias_sentence(study: Study, searched: dict[str, Trial], trials: int) -> str:
    """How much better the winner of the search looked there than it is on average, on the same examples."""
    reference = study.design.contenders[0].label
    winner = next((trial for label, trial in searched.items() if label != reference), None)
    if winner is None or winner.accuracy is None or winner.state != "finished":
        return "No trial was trained to its end, so the selection bias is not known."
    accuracies = fresh(study, winner.label)
    less = winner.accuracy - float(accuracies.mean())
    came = f"In the search {winner.label} came to {percent(winner.accuracy)} of the validation {study.design.to_learn.examples} right"
    if less > 0:
        after = f"with fresh seeds to {percent(accuracies.mean())}, so the search overestimated it by {100 * less:.1f} points (the best of {trials})"
    else:
        after = f"with fresh seeds to {percent(accuracies.mean())}: the search did not overestimate it (the best of {trials})"
    return f"{came}, {after}."


def _rows(study: Study, found: SearchResult, searched: dict[str, Trial]) -> list[tuple[str, ...]]:
    """The contenders that were confirmed, then the next best trials."""
    rows: list[tuple[str, ...]] = []
    for label, results in study.results.items():
        trial, verdict = searched.get(label), study.verdicts.get(label)
        validation = fresh(study, label)
        low, high = t_interval(validation)
        accuracy = trial.accuracy if trial is not None else None
        rows.append((
            label,
            verdict.outcome if verdict else "the reference",
            points(verdict.difference) if verdict else "",
            interval_text(verdict) if verdict else "",
            percent(study.scores[label].mean()),
            "-" if accuracy is None else percent(accuracy),
            with_interval(percent(validation.mean()), (max(0.0, low), min(1.0, high)), percentage),
            "-" if accuracy is None else points(accuracy - float(validation.mean())),
            short_count(results[0].multiply_adds),
            trial.text if trial is not None else "not in the space",
        ))  # fmt: skip
    others = [trial for trial in ranked(found.trials) if trial not in searched.values()]
    for trial in others[:SHOWN]:
        accuracy_text = "-" if trial.accuracy is None else percent(trial.accuracy)
        state = {
            "finished": "not confirmed",
            "dropped": f"dropped at {100 * trial.share:.0f} % of a run",
            "failed": f"failed: {trial.reason}",
            "impossible": f"impossible: {trial.reason}",
        }[trial.state]
        cost = "-" if trial.multiply_adds is None else short_count(trial.multiply_adds)
        rows.append((trial.label, state, "", "", "", accuracy_text, "", "", cost, trial.text))
    return rows


def _listed(names: list[str]) -> str:
    """Names as a sentence has them: "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _counted(found: SearchResult) -> str:
    """How many trials there were, what became of them, and the names of those that failed."""
    said = [
        f"{count} {words}"
        for state, words in (
            ("finished", "were trained to their end"),
            ("dropped", "were dropped on the way"),
            ("failed", "failed"),
            ("impossible", "could not be built"),
        )
        if (count := found.count(state))
    ]
    failed = [f"{trial.label} ({trial.text}): {trial.reason}" for trial in found.trials if trial.state == "failed"]
    named = f" Failed: {'; '.join(failed)}." if failed else ""
    return f"{len(found.trials)} trials: {', '.join(said)}.{named}"


def _importance_limits(mattered: list[Importance], found: SearchResult) -> str:
    if not mattered:
        return f"Importance is computed from {FEWEST} trials and two fields on."
    at = " at a quarter of a run, where all trials were still going" if found.halving else ""
    unclear = [one.name for one in mattered if one.share <= one.chance]
    listed = f"; here that holds for {', '.join(unclear)}" if unclear else ""
    return (
        f"Importance is for the score{at}, within the ranges of this search space; a bar that does not pass its grey "
        f"tick is no larger than chance gives{listed}."
    )


def _importances(study: Study, found: SearchResult) -> list[Importance]:
    """As the study's folder keeps them, computed where trials have come since."""
    kept = study.folder.file("analysis") / IMPORTANCE
    told = [[trial.number, compared(trial, found)] for trial in found.trials]
    if kept.exists():
        try:
            content = json.loads(read_text(kept))
            if content["trials"] == told:
                return TypeAdapter(list[Importance]).validate_python(content["importances"])
        except (OSError, ValueError, LookupError, TypeError):
            pass  # damaged: computed and written again
    computed = importances(found)
    kept.parent.mkdir(exist_ok=True)
    study.folder.write(f"analysis/{IMPORTANCE}", {"trials": told, "importances": [asdict(one) for one in computed]})
    return computed
