"""The summary of a plan: what is about to be trained, and by which defaults, line by line."""

from skipwise.data import Dataset
from skipwise.data.folds import fold_of
from skipwise.reports.format import duration, length
from skipwise.studies import StudyPlan
from skipwise.studies.budget import parse_budget
from skipwise.studies.estimate import Estimate
from skipwise.studies.searches import Search

TOLD_SLOWDOWN = 1.2
"""From here on the load is worth a word."""


def plan_summary(ready: StudyPlan) -> list[str]:
    """Describe what is about to be trained, line by line."""
    design = ready.design
    recipes = {contender.recipe for contender in design.contenders}
    recipe = design.contenders[0].recipe
    plan = design.plan
    names = ", ".join(contender.label for contender in design.contenders)
    lines = [
        *data_lines(ready, ready.dataset),
        f"Contenders  {names}; {seeds_note(ready)}, {len(ready.missing)} of {len(design.runs)} runs to train",
        *(f"            {note}" for note in (*network_notes(ready), *ready.notes)),
        f"Recipe      {length(recipe)}, batch {recipe.batch_size}, {'AdamW, ' if recipe.optimizer == 'adamw' else ''}rate {recipe.lr:g}, "
        f"{recipe.schedule}, weight decay {recipe.weight_decay:g}{augmentation(ready)}"
        + (
            f", {100 * recipe.fraction:g} % of the training {ready.design.to_learn.examples}"
            if recipe.fraction < 1
            else ""
        )
        + (" (first contender; others differ)" if len(recipes) > 1 else ""),
    ]
    if design.budget:
        lines.append(f"Budget      {parse_budget(design.budget)}, the same for every contender")
    if design.tuned:
        chosen = ", ".join(f"{contender.label} {contender.recipe.lr:g}" for contender in design.contenders)
        lines.append(f"Rates       found by the same search for each contender: {chosen}")
    if ready.missing:
        lines += [
            f"Computed    {ready.workers} at once, {plan.threads} thread{'s' * (plan.threads > 1)} each, "
            f"{plan.precision} on {plan.device}",
            f"Time        {time_words(ready.estimate)}",
        ]
    return [*lines, f"Folder      {ready.folder.path}", ""]


def data_lines(ready: StudyPlan, data: Dataset) -> list[str]:
    """The data, their parts, and what was noticed of them."""
    folds = ready.design.folds
    one = fold_of(data, 0, folds, seed=0) if folds else data
    first, *rest = ready.design.to_learn.described(data, ready.config.data_options(ready.design.plan.device))
    return [
        f"Data        {data.name}: {first}; {'in each fold about ' if folds else ''}"
        f"{len(one.train)} train, {len(one.validation)} validation, {len(one.test)} test",
        *(f"            {line}" for line in (*rest, *data.manifest.told(folds))),
    ]


def search_summary(search: Search) -> list[str]:
    """Describe what is about to be searched, line by line."""
    ready = search.ready
    if not search.details:
        return plan_summary(ready)
    recipe, plan = ready.design.contenders[0].recipe, ready.design.plan
    first, *rest = search.details
    return [
        *data_lines(ready, search.resolved.dataset),
        f"Search      {first}",
        *(f"            {line}" for line in rest),
        f"Recipe      {length(recipe)}, batch {recipe.batch_size}{search.recipe_note}",
        f"Computed    {ready.workers} at once, {plan.threads} thread{'s' * (plan.threads > 1)} each, "
        f"{plan.precision} on {plan.device}",
        f"Time        {time_words(search.estimate)}{search.time_note}",
        f"Folder      {ready.folder.path}",
        "",
    ]


def time_words(estimate: Estimate) -> str:
    """Say how long it may take, with the phases that take a second at least, and under which load."""
    parts = {words: seconds for words, seconds in estimate.parts.items() if round(seconds) >= 1}
    phases = ", ".join(f"{words} {duration(seconds)}" for words, seconds in parts.items())
    said = f"about {duration(estimate.seconds)}" + (f" ({phases})" if len(parts) > 1 else "")
    if estimate.slowdown < TOLD_SLOWDOWN:
        return said
    others, cores = round(estimate.load.others), estimate.load.cores
    busy = "1 other process is" if others == 1 else f"{others} other processes are"
    return (
        f"{said}; about {busy} busy on {cores} core{'s' * (cores > 1)}, so that it takes "
        f"{estimate.slowdown:.1f} times as long as alone"
    )


def seeds_note(ready: StudyPlan) -> str:
    """How many seeds, folds, and looks."""
    design = ready.design
    folds = f" x {design.folds} folds" if design.folds else ""
    if design.looks:
        return f"up to {max(design.looks)} seeds each{folds}, looked at after {', '.join(map(str, design.looks))}"
    return f"{len(design.seeds)} {'seed' if len(design.seeds) == 1 else 'seeds'} each{folds}"


def network_notes(ready: StudyPlan) -> list[str]:
    """Return notes on what a network does to images that one might not expect, and where it begins."""
    notes = []
    for contender in ready.design.contenders:
        said = ready.design.to_learn.notes(contender.network, ready.dataset)
        notes += [f"{contender.label} {note}" for note in said]
        if contender.recipe.pretrained:
            loaded = ready.beginnings.get(contender.label)
            outcome = f": {loaded}" if loaded else ""
            notes.append(f"{contender.label} begins with the weights {contender.recipe.pretrained}{outcome}")
    return notes


def augmentation(ready: StudyPlan) -> str:
    """How examples are varied, where they can be."""
    recipe = ready.design.contenders[0].recipe
    said = {"crop": f"crop {recipe.crop} px", "flip": "flip" if recipe.flip else "no flip"}
    return "".join(f", {words}" for name, words in said.items() if name not in ready.design.to_learn.unsupported_fields)
