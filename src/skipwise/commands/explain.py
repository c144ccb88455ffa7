"""Why each network of a study answers as it does about new examples: maps beside one another, as pictures and a
page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from torch import nn

from skipwise.analysis.inside.attribution import METHODS, UNSIGNED, Method, attribute
from skipwise.commands.predict import tell_unreadable
from skipwise.contender import slug
from skipwise.data.images.fit import unfitted
from skipwise.deployment.examples import NewExample, Unanswered, as_words, given_examples, named_as_given
from skipwise.deployment.model import check_finite, trained_network
from skipwise.errors import UserError, unknown
from skipwise.extras import load_optional
from skipwise.reports.charts.palette import colours
from skipwise.reports.drawings.coloured_text import pieces, strongest_words
from skipwise.reports.drawings.overlay import enlarged, overlay
from skipwise.reports.drawings.pictures import data_uri
from skipwise.reports.explanation import Card, Explanation, write_page
from skipwise.studies import Study
from skipwise.tasks import task_named
from skipwise.tasks.attributable import Answer, Attributable, AttributableImage, AttributableText
from skipwise.training.record import RUN, RunRecord

PAGE = "index.html"
SHOWN = 60
"""Characters of a text that stand for it."""
MOST_BOXES = 10
"""That are explained of an image, the surest ones."""
LARGEST = 1600
"""The longest side of a picture, in px: larger images are shown smaller."""
ON_PAGE = 480
"""The longest side of a picture on the page, in px; the files beside it are larger."""


@dataclass(frozen=True, kw_only=True)
class ExplainedNetwork:
    """A network that is asked why: its contender's label, where that was trained, how its files are named, and its
    colour.
    """

    label: str
    folder: Path
    name: str
    colour: str | None = None


def explain(
    model: Path,
    examples: Sequence[str],
    *,
    method: str | None,
    label: str | None,
    out: Path,
    tell: Callable[[str], None],
) -> bool:
    """Write maps for these examples of a study's contenders, each one's best run, or of one run; tell what they show.

    `label` is a class to be explained in place of each network's own answer. Examples that cannot be read are named at
    the end; return whether there are some. Raises UserError where none can be read, and for names that cannot be.
    """
    if method is not None and method not in METHODS:
        raise unknown("method", method, METHODS)
    load_optional("captum.attr", "skipwise explain")
    asked = _asked(model, tell)
    loaded = [(one, *trained_network(one.folder)) for one in asked]
    for one, network, _ in loaded:
        check_finite(network, one.folder)
    if out.exists() and not out.is_dir():
        raise UserError(f"--out is {out}, which is a file: name a folder.")
    wanted = method or task_named(loaded[0][2].task).attribution
    chosen: Method = next(known for known in METHODS if known == wanted)
    task, classes = task_named(loaded[0][2].task), loaded[0][2].input_spec.classes
    if label is not None and label not in classes:
        raise unknown("class", label, classes)
    given = given_examples(examples, task)
    named = {each.word or each.name: each for each in given.examples if isinstance(each, NewExample)}
    unreadable = [each for each in given.examples if isinstance(each, Unanswered)]
    explanations, cut_off = [], False
    for stem, (name, example) in zip(_stems(list(named)), named.items(), strict=True):
        try:
            several = _attributables(example, loaded, label)
        except UserError as error:
            unreadable.append(Unanswered(file=example.name, reason=str(error)))
            continue
        out.mkdir(parents=True, exist_ok=True)
        cards = [card for one, shown in several for card in _cards(one, shown, chosen, out / stem, name, tell)]
        first = several[0][1]
        picture = data_uri(enlarged(first.pixels), ON_PAGE) if isinstance(first, AttributableImage) else None
        explanations.append(Explanation(name=name, picture=picture, cards=cards))
        cut_off = cut_off or any(_is_cut_off(shown) for _, shown in several)
    if not explanations:
        raise UserError(unreadable[0].reason)
    write_page(out / PAGE, explanations, chosen, study=_study_of(model), sees_the_middle=cut_off)
    tell(f"Page: {out / PAGE}")
    for note in given.notes:
        tell(note)
    tell_unreadable(unreadable, len(given.examples))
    return bool(unreadable)


def _attributables(
    example: NewExample, loaded: Sequence[tuple[ExplainedNetwork, nn.Module, RunRecord]], label: str | None
) -> list[tuple[ExplainedNetwork, Attributable]]:
    """Return the example as each network takes it. Raises UserError where it cannot be read."""
    words: list[str] = []
    try:
        with as_words([example]) as words, torch.no_grad():
            return [
                (one, task_named(record.task).attributable(network.eval(), words[0], record.input_spec, label))
                for one, network, record in loaded
            ]
    except UserError as error:
        raise UserError(named_as_given(str(error), words, [example])) from error


def _asked(model: Path, tell: Callable[[str], None]) -> list[ExplainedNetwork]:
    """The best run by validation of each contender of a study, or the run itself; contenders without one are told."""
    if (model / RUN).exists():
        label = trained_network(model)[1].contender.label
        return [ExplainedNetwork(label=label, folder=model, name=slug(label))]
    study = Study.open(model)
    palette = colours(study.design.contenders, study.design.points)
    best = {
        label: max(results, key=lambda result: (result.merit, result.validation_score or -1.0))
        for label, results in study.results.items()
    }
    alive = [label for label, result in best.items() if result.validation_score is not None]
    known = [
        ExplainedNetwork(label=label, folder=best[label].folder, name=name, colour=palette[label])
        for label, name in zip(alive, _stems(alive), strict=True)
    ]
    if not known:
        raise UserError(f"No run of {model} finished an epoch with a finite loss: there is no model to explain.")
    for label in best:
        if label not in alive:
            tell(f"{label} is left out: no run of it finished an epoch with a finite loss")
    return known


def _cards(
    one: ExplainedNetwork, given: Attributable, method: Method, target: Path, example: str, tell: Callable[[str], None]
) -> Iterator[Card]:
    """A map for each answer; pictures are written beside the page."""
    if not given.answers:
        tell(f"{example}  {one.label}: no boxes")
        yield Card(label=one.label, colour=one.colour, words="no boxes")
    for answer in given.answers[:MOST_BOXES]:
        values = attribute(given.scores, given.inputs, torch.tensor([answer.index]), method)[0].cpu().numpy()
        silent = "" if (values > 0).any() else ", and no place speaks for it"
        words = f"{shorten(example, SHOWN, placeholder='...') or example[:SHOWN]}  {one.label}: {answer.words}{silent}"
        if isinstance(given, AttributableText):
            cut = pieces(given.text, given.spans, values[: len(given.spans)])
            counts = "what counts" if method in UNSIGNED else "for it"
            tell(f"{words}, {counts}: {', '.join(strongest_words(cut)) or 'nothing'}")
            yield Card(label=one.label, colour=one.colour, words=answer.words, pieces=cut)
        elif isinstance(given, AttributableImage):
            number = f"-{answer.index + 1}" if answer.box is not None else ""
            file = target.with_name(f"{target.name}-{one.name}-{method}{number}.png")
            drawn = _drawn(given, answer, values)
            drawn.save(file)
            tell(f"{words}  {file}")
            yield Card(
                label=one.label,
                colour=one.colour,
                words=answer.words + silent,
                picture=data_uri(drawn, ON_PAGE),
                file=file.name,
            )


def _drawn(given: AttributableImage, answer: Answer, values: Float[np.ndarray, "rows columns"]) -> Image.Image:
    height, width = given.pixels.shape[:2]
    factor = min(1.0, LARGEST / max(height, width))
    shown = Image.fromarray(given.pixels)
    if factor < 1:
        shown = shown.resize((max(1, round(factor * width)), max(1, round(factor * height))))
    left, top, right, bottom = answer.box or (0.0,) * 4
    box = (factor * left, factor * top, factor * right, factor * bottom) if answer.box else None
    return overlay(np.asarray(shown), unfitted(values, (shown.height, shown.width), given.framing), box)


def _study_of(model: Path) -> Path:
    """The folder of the study that this is, or that this run is of."""
    return next((folder for folder in (model, *model.parents) if (folder / "study.json").exists()), Path("STUDY"))


def _is_cut_off(given: Attributable) -> bool:
    """Whether of an image the network sees the middle alone."""
    return (
        isinstance(given, AttributableImage)
        and given.framing == "crop"
        and given.pixels.shape[0] * given.inputs.shape[3] != given.pixels.shape[1] * given.inputs.shape[2]
    )


def _stems(examples: Sequence[str]) -> list[str]:
    """A name for the pictures of each example or contender, no two the same."""
    stems: list[str] = []
    for example in examples:
        stem = slug(Path(example).stem if Path(example).suffix else example)[:60] or "example"
        same = sum(other == stem or other.startswith(f"{stem}-again-") for other in stems)
        stems.append(f"{stem}-again-{same + 1}" if same else stem)
    return stems
