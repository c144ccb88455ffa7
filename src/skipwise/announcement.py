"""What is about to be trained, and by which defaults, line by line."""

from skipwise.data import OWN_SIZE, Dataset
from skipwise.data.folds import fold_of
from skipwise.networks import Architecture
from skipwise.reports.tables import duration, length
from skipwise.studies import Ready
from skipwise.studies.budget import parse_budget
from skipwise.studies.search import SEED
from skipwise.studies.tuning import SearchReady
from skipwise.studies.tuning_journal import FIRST_RUNG, REDUCTION


def announcement(ready: Ready) -> list[str]:
    """What is about to be trained, line by line."""
    design = ready.design
    recipes = {contender.recipe for contender in design.contenders}
    recipe = design.contenders[0].recipe
    plan = design.plan
    names = ", ".join(contender.label for contender in design.contenders)
    lines = [
        *data_lines(ready, ready.dataset),
        f"Contenders  {names}; {seeds_note(ready)}, {len(ready.missing)} of {len(design.runs)} runs to train",
        *(f"            {note}" for note in (*network_notes(ready), *ready.notes)),
        f"Recipe      {length(recipe)}, batch {recipe.batch_size}, rate {recipe.lr:g}, {recipe.schedule}, "
        f"weight decay {recipe.weight_decay:g}, crop {recipe.crop} px, {'flip' if recipe.flip else 'no flip'}"
        + (f", {100 * recipe.fraction:g} % of the training images" if recipe.fraction < 1 else "")
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
            f"Time        about {duration(ready.seconds)}",
        ]
    return [*lines, f"Folder      {ready.folder.path}", ""]


def data_lines(ready: Ready, data: Dataset) -> list[str]:
    """The data, their parts, and what was noticed of them."""
    channels, height, width = data.input_shape
    folds = ready.design.folds
    one = fold_of(data, 0, folds, seed=0) if folds else data
    return [
        f"Data        {data.name}: {len(data.images)} images of {height}x{width} px, "
        f"{'grey' if channels == 1 else 'colour'}, {len(data.classes)} classes; {'in each fold about ' if folds else ''}"
        f"{len(one.train)} train, {len(one.validation)} validation, {len(one.test)} test",
        f"            {size_note(ready)}",
        *(f"            {note}" for note in data.found["notes"]),
    ]


def search_announcement(prepared: SearchReady) -> list[str]:
    """What is about to be searched, line by line."""
    ready, space = prepared.ready, prepared.space
    recipe, plan = ready.design.contenders[0].recipe, ready.design.plan
    how, halving = "every combination of the space, each to its end", ""
    if prepared.halving:
        how = f"of those that come to {FIRST_RUNG} % of a run, and again to {REDUCTION * FIRST_RUNG} %, the better half goes on"
        halving = ", less for what is dropped"
    return [
        *data_lines(ready, prepared.settled.dataset),
        f"Search      {prepared.trials} trials that must beat {space.family.usual}, one run each with seed {SEED}, judged "
        f"on {len(ready.dataset.validation)} validation images; no test image is seen",
        f"            {how}",
        *(f"            {line}" for line in space.text.splitlines() if line.strip() and not line.startswith("#")),
        f"Recipe      {length(recipe)}, batch {recipe.batch_size}, and what the space does not name as {space.family.usual} has it",
        f"Computed    {ready.workers} at once, {plan.threads} thread{'s' * (plan.threads > 1)} each, "
        f"{plan.precision} on {plan.device}",
        f"Time        about {duration(prepared.longest_seconds)} if all were as large as {space.family.usual}{halving}",
        f"Folder      {ready.folder.path}",
        "",
    ]


def seeds_note(ready: Ready) -> str:
    """How many seeds, folds, and looks."""
    design = ready.design
    folds = f" x {design.folds} folds" if design.folds else ""
    if design.looks:
        return f"up to {max(design.looks)} seeds each{folds}, looked at after {', '.join(map(str, design.looks))}"
    return f"{len(design.seeds)} seeds each{folds}"


def size_note(ready: Ready) -> str:
    """Why the images have the size they have."""
    found = ready.dataset.found
    if ready.asked.size is not None:
        return f"size asked for: {ready.asked.size} px"
    if found["resize_rule"] == OWN_SIZE:
        return "own size kept: all images have it, and no side is above 64 px"
    device = "CPU" if ready.design.plan.device == "cpu" else "GPU"
    return f"resized to {found['image']['height']} px, the rule for photos on a {device} (--size PX changes it)"


def network_notes(ready: Ready) -> list[str]:
    """What a network does to images that one might not expect, and where it begins."""
    _, *space = ready.dataset.input_shape
    notes = []
    for contender in ready.design.contenders:
        stem = contender.network.stem if isinstance(contender.network, Architecture) else None
        if stem is not None and min(space) < stem.enlarge_to:
            notes.append(f"{contender.label} enlarges the images from {min(space)} to {stem.enlarge_to} px")
        if contender.recipe.pretrained:
            notes.append(f"{contender.label} begins with the weights {contender.recipe.pretrained}")
    return notes
