"""The whole path: from data to a verdict and a report."""

from collections.abc import Sequence
from pathlib import Path

from skipwise.console import Console
from skipwise.errors import UserError
from skipwise.reports import write_report
from skipwise.studies import Asked, Study, make_ready, train_missing

LARGEST_SIZE = 2048
"""Of images, in px a side."""


def compare(
    data: str | Path = "digits",
    contenders: Sequence[str] = ("plain32", "resnet32"),
    *,
    seeds: int = 5,
    epochs: int | None = None,
    test_size: float | None = None,
    out: str | Path = "studies",
    name: str | None = None,
    size: int | None = None,
    split_seed: int = 0,
    workers: int | None = None,
    settings: Sequence[str] = (),
) -> Study:
    """Train every contender with seeds 0 .. seeds - 1 on the same streams of images, and judge them.

    `data`: a folder of images, an .npz, a .csv, or a name as "digits". `contenders`: `[LABEL@]NAME[:field=value,...]`,
    the first being the reference. `test_size`: fraction of the examples, where the data have no test set of their
    own. `size`: side of the images in pixels. `settings`: `field=value` for all contenders. Calling it again
    trains only what is missing. Raises UserError for whatever can be mended in these.
    """
    asked = Asked(
        data=str(data),
        contenders=tuple(contenders),
        seeds=tuple(range(seeds)),
        epochs=epochs,
        test_size=test_size,
        out=Path(out),
        name=name,
        size=size,
        split_seed=split_seed,
        workers=workers,
        settings=tuple(settings),
    )
    study = run_study(asked, Console())
    assert study is not None
    return study


def run_study(asked: Asked, console: Console, *, dry_run: bool = False) -> Study | None:
    """Make ready, train, judge and report, telling the console how it goes. None after a dry run."""
    _check(asked)
    ready = make_ready(asked, console.decoding)
    console.announce(ready)
    if dry_run:
        return None
    with console:
        study = train_missing(ready, console)
    cautions = study.look()
    write_report(study, cautions)
    console.conclude(study, cautions)
    return study


def _check(asked: Asked) -> None:
    for what, value, least in (
        ("--epochs", asked.epochs, 1),
        ("--size", asked.size, 1),
        ("--workers", asked.workers, 1),
        ("--seeds", len(asked.seeds), 1),
        ("--split-seed", asked.split_seed, 0),
    ):
        if value is not None and value < least:
            raise UserError(f"{what} is {value}: it must be at least {least}.")
    if asked.size is not None and asked.size > LARGEST_SIZE:
        raise UserError(f"--size is {asked.size}: it must be at most {LARGEST_SIZE} px.")
    if asked.name is not None and (Path(asked.name).name != asked.name or asked.name in ("", ".", "..")):
        raise UserError(f"--name is {asked.name!r}: it must be a plain folder name; --out says where it goes.")
    if asked.test_size is not None and not 0 < asked.test_size < 1:
        raise UserError(f"--test-size is {asked.test_size}: it must be a fraction between 0 and 1, as 0.2.")
