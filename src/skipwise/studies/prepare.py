"""From what was asked to a study ready to train: data read, defaults filled in, networks built once, time estimated."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from skipwise.data import Dataset, prepare
from skipwise.errors import UserError
from skipwise.networks import PRESETS, build
from skipwise.studies import defaults
from skipwise.studies.contender import Contender, parse_contenders, slug
from skipwise.studies.design import Design
from skipwise.studies.folder import StudyFolder
from skipwise.training.plan import Plan, choose_plan, workers_for
from skipwise.training.probe import seconds_per_run
from skipwise.training.recipe import Recipe

SECONDS_TO_START = 6.0
"""What it takes until the workers have begun: mostly importing torch."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a user asked for; None stands for the default that the data suggests."""

    data: str = "digits"
    contenders: tuple[str, ...] = defaults.CONTENDERS
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    epochs: int | None = None
    test_size: float | None = None
    out: Path = Path("studies")
    name: str | None = None
    size: int | None = None
    split_seed: int = 0
    workers: int | None = None
    settings: tuple[str, ...] = ()
    verb: Literal["compare", "train"] = "compare"

    @property
    def command(self) -> str:
        """The command line that asks for the same."""
        count = ["--seeds", len(self.seeds)] if self.verb == "compare" else ["--seed", self.seeds[0]]
        options = {
            "--epochs": self.epochs,
            "--test-size": self.test_size,
            "--size": self.size,
            "--split-seed": self.split_seed or None,
            "--name": self.name,
        }
        given = [word for option, value in options.items() if value is not None for word in (option, value)]
        settings = [word for setting in self.settings for word in ("--set", setting)]
        words = ["skipwise", self.verb, self.data, *self.contenders, *count, *given, *settings]
        return shlex.join(str(word) for word in words)


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A study about to be trained. `seconds` estimates the whole of it, `seconds_per_run` each contender's run."""

    folder: StudyFolder
    design: Design
    dataset: Dataset
    missing: list[tuple[Contender, int]]
    workers: int
    size_asked: int | None
    seconds_per_run: dict[str, float]

    @property
    def seconds(self) -> float:
        if not self.missing:
            return 0.0
        work = sum(self.seconds_per_run[contender.label] for contender, _ in self.missing)
        return SECONDS_TO_START + work / self.workers


def make_ready(asked: Asked, progress: Callable[[int, int], None] | None = None) -> Ready:
    """Read the data, settle the design, try every network once and measure its steps.

    Nothing is written but the cache of decoded images. Raises UserError for whatever a user can mend.
    """
    if asked.data in PRESETS and not Path(asked.data).exists():
        words = shlex.join(["skipwise", asked.verb, "digits", asked.data, *asked.contenders])
        raise UserError(f"{asked.data} is a network, not data: write `{words}`.")
    parse_contenders(asked.contenders, Recipe(), asked.settings)  # a misspelt name is told before data are read
    plan = choose_plan(len(asked.contenders) * len(asked.seeds))
    dataset = prepare(
        asked.data,
        size=asked.size,
        photo_size=defaults.photo_size(plan),
        test_size=asked.test_size,
        split_seed=asked.split_seed,
        progress=progress,
    )
    recipe = defaults.recipe_for(dataset, asked.epochs)
    contenders = parse_contenders(asked.contenders, recipe, asked.settings)
    name = asked.name or "-".join([dataset.name, *(slug(contender.label) for contender in contenders)])[:120]
    design = Design(
        name=name,
        data=asked.data,
        command=asked.command,
        split=_split(asked, dataset),
        contenders=contenders,
        seeds=asked.seeds,
        plan=plan,
    )
    folder = StudyFolder(asked.out / name)
    kept = folder.design()
    design = kept.extended_by(design) if kept else design
    if design.plan.device != plan.device:
        raise UserError(
            f"The study {name!r} was begun on {design.plan.device}, and this machine computes on {plan.device}: go on "
            "where it was begun, or take another --name."
        )
    missing = folder.missing(design)
    return Ready(
        folder=folder,
        design=design,
        dataset=dataset,
        missing=missing,
        workers=asked.workers or workers_for(design.plan, max(1, len(missing))),
        size_asked=asked.size,
        seconds_per_run=_probe({contender.label: contender for contender, _ in missing}, dataset, design.plan),
    )


def _split(asked: Asked, dataset: Dataset) -> dict[str, Any]:
    """What fixes the examples and their parts."""
    channels, height, width = dataset.input_shape
    return {
        "fingerprint": dataset.fingerprint,
        "image_size": f"{height}x{width}x{channels}",
        "test_size": asked.test_size,
        "split_seed": asked.split_seed,
    }


def _probe(contenders: dict[str, Contender], dataset: Dataset, plan: Plan) -> dict[str, float]:
    """Build each contender's network, which tells at once what cannot be, and estimate the seconds of its run."""
    seconds = {}
    for label, contender in contenders.items():
        network = build(contender.network, dataset.input_shape, len(dataset.classes), seed=0)
        try:
            seconds[label] = seconds_per_run(network, contender.recipe, dataset, plan)
        except UserError as error:
            raise UserError(f"{label}: {error}") from error
        except Exception as error:
            shape = "x".join(map(str, dataset.input_shape))
            raise UserError(
                f"{label} cannot be trained on these images ({shape}, {len(dataset.classes)} classes): "
                f"{type(error).__name__}: {error}"
            ) from error
    return seconds
