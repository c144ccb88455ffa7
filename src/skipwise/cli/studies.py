"""The commands that train: what can be said of each, as a table, and how words become what is asked."""

from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from skipwise.errors import UserError

WORDS: dict[str, tuple[Any, Any]] = {
    "data": (
        Annotated[str, typer.Argument(help="A folder, a file, or a name: `skipwise list data`.")],
        "digits",
    ),
    "contenders": (
        Annotated[list[str] | None, typer.Argument(help="[LABEL@]NAME[:field=value,...]; the first is the reference.")],
        None,
    ),
    "contender": (Annotated[str, typer.Argument(help="[LABEL@]NAME[:field=value,...].")], ...),
    "seeds": (
        Annotated[str, typer.Option(help="Runs of each contender, or auto: 3, 5 or 10, until it is decided.")],
        "5",
    ),
    "seed": (Annotated[int, typer.Option(help="What the weights and the stream of images are drawn from.")], 0),
    "epochs": (
        Annotated[int | None, typer.Option(help="Times each training image is shown; default by their number.")],
        None,
    ),
    "budget": (
        Annotated[
            str | None,
            typer.Option(help="epochs|steps|seconds|multiply-adds=VALUE for each run, equal for all contenders."),
        ],
        None,
    ),
    "tune": (
        Annotated[Literal["lr"] | None, typer.Option(help="lr: search each contender's learning rate first.")],
        None,
    ),
    "depths": (
        Annotated[str | None, typer.Option(help="Layers with commas between; of images 8,14,20,32,44,56.")],
        None,
    ),
    "family": (
        Annotated[str | None, typer.Option(help="The residual networks: this name before the depth; resnet.")],
        None,
    ),
    "over": (
        Annotated[
            str | None, typer.Option(help="Ingredients with commas between; default: all. Each is taken out or put in.")
        ],
        None,
    ),
    "fractions": (
        Annotated[str | None, typer.Option(help="Shares of the training images with commas between; .05,.1,.25,.5,1.")],
        None,
    ),
    "trials": (Annotated[int, typer.Option(help="Networks and recipes that are tried.")], 30),
    "space": (
        Annotated[
            Path | None, typer.Option(help="A TOML file of what may be chosen; default: see the study's folder.")
        ],
        None,
    ),
    "task": (
        Annotated[
            str | None,
            typer.Option(help="images, text, boxes, or a dotted path to one of your own; default: what the data are."),
        ],
        None,
    ),
    "tokens": (
        Annotated[
            Literal["characters", "bytes", "words", "subwords"] | None, typer.Option(help="What texts are cut into.")
        ],
        None,
    ),
    "test_size": (
        Annotated[float | None, typer.Option(help="Fraction for testing, where the data have no test set; .2.")],
        None,
    ),
    "folds": (Annotated[int | None, typer.Option(help="Divide the images so often, and test each one once.")], None),
    "long_tail": (
        Annotated[float | None, typer.Option(help="Thin the training images until the classes differ by this ratio.")],
        None,
    ),
    "out": (Annotated[Path, typer.Option(help="The folder that studies go to.")], Path("studies")),
    "name": (Annotated[str | None, typer.Option(help="The study's name; default: data and contenders.")], None),
    "size": (
        Annotated[int | None, typer.Option(help="Side of the images in pixels; length of texts in tokens.")],
        None,
    ),
    "split_seed": (
        Annotated[int, typer.Option(help="Another number, another split into train, validation and test.")],
        0,
    ),
    "workers": (Annotated[int | None, typer.Option(help="Runs at once; changes no result.")], None),
    "pretrained": (
        Annotated[
            str | None,
            typer.Option(help="Weights that every contender begins with: a file, a run's folder, or torchvision/NAME."),
        ],
        None,
    ),
    "settings": (
        Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE for every contender; may repeat.")],
        None,
    ),
    "gradients": (
        Annotated[
            bool, typer.Option("--gradients/--no-gradients", help="Note how large gradients are along the network.")
        ],
        True,
    ),
    "dry_run": (
        Annotated[bool, typer.Option("--dry-run", help="Say what would be trained and how long it takes, and stop.")],
        False,
    ),
}
"""What can be said of a study: how it is written, and what holds where it is not."""

LENGTH = ("epochs", "budget")
DATA = ("task", "test_size", "long_tail", "size", "tokens", "split_seed")
FOLDER = ("out", "name", "workers", "settings", "gradients", "dry_run")

STUDY_COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "compare": (
        "Train contenders over several seeds on the same images, and say which is better, how surely, and why.",
        ("data", "contenders", "seeds", *LENGTH, "tune", "folds", *DATA, "pretrained", *FOLDER),
    ),
    "train": (
        "Train one network with one seed, in the same folder form as a study.",
        ("data", "contender", "seed", *LENGTH, *DATA, "pretrained", *FOLDER),
    ),
    "depth": (
        "Compare plain and residual networks at several depths, and find the depth from which shortcuts pay.",
        ("data", "depths", "family", "seeds", *LENGTH, "tune", "folds", *DATA, *FOLDER),
    ),
    "ablate": (
        "Change one ingredient of a recipe at a time, and say which of them helps.",
        ("data", "contender", "over", "seeds", *LENGTH, "tune", "folds", *DATA, "pretrained", *FOLDER),
    ),
    "learning-curve": (
        "Train on growing shares of the images, and say which contender needs fewer of them.",
        ("data", "contenders", "fractions", "seeds", *LENGTH, "tune", *DATA, "pretrained", *FOLDER),
    ),
    "tune": (
        "Search networks and recipes on validation images, and confirm the best few on fresh seeds.",
        ("data", "family", "trials", "space", "seeds", *LENGTH, *DATA, *FOLDER),
    ),
}
"""Each command that trains: what it is for, and what can be said of it."""


def add_study_commands(app: typer.Typer) -> None:
    """Give the command line a command for each row of the table."""
    for command, (purpose, names) in STUDY_COMMANDS.items():
        app.command(command, help=purpose)(_study_command(command, names))


def _study_command(command: str, names: tuple[str, ...]) -> Callable[..., None]:
    """A function whose signature typer reads: these words, in this order.

    Where a contender must be named the data must be too: a word that may be left out cannot stand before it.
    """

    def ask(*, dry_run: bool, **words: Any) -> None:
        _run(dry_run, command, words)

    required = {"contender", "data"} if "contender" in names else set()
    ask.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(
                name,
                Parameter.KEYWORD_ONLY,
                annotation=WORDS[name][0],
                default=Parameter.empty if name in required else WORDS[name][1],
            )
            for name in names
        ]
    )
    return ask


def _run(dry_run: bool, command: str, words: dict[str, Any]) -> None:
    """Run the study that these words ask for; what is None was not said."""
    from skipwise.commands.compare import run_study
    from skipwise.commands.console import console
    from skipwise.studies.study_file import validated

    said = {name: value for name, value in words.items() if value is not None}
    pretrained, contender = said.pop("pretrained", None), said.pop("contender", None)
    config = {name: READ[name](value) if name in READ else value for name, value in said.items()}
    if contender is not None:
        config["contenders"] = [contender]
    if command == "train":
        config["seeds"] = 1
    if pretrained is not None:
        config["settings"] = [*config.get("settings", []), f"pretrained={pretrained}"]
    run_study(validated({"command": command, **config}), console(), dry_run=dry_run)


def _count(text: str) -> int | str:
    """A number of seeds, or "auto"."""
    if text == "auto":
        return text
    if not text.lstrip("-").isdigit():
        raise UserError(f"--seeds is {text!r}: it takes a whole number, or auto.")
    return int(text)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _numbers(kind: type[int] | type[float], option: str, example: str) -> Callable[[str], list[float]]:
    """Reads numbers with commas between. Raises UserError for other words."""

    def read(text: str) -> list[float]:
        try:
            return [kind(word) for word in _words(text)]
        except ValueError as error:
            what = "whole numbers" if kind is int else "numbers"
            raise UserError(f"{option} is {text!r}: it takes {what} with commas between, as {example}.") from error

    return read


READ: dict[str, Callable[[str], Any]] = {
    "seeds": _count,
    "depths": _numbers(int, "--depths", "8,20,56"),
    "fractions": _numbers(float, "--fractions", ".1,.3,1"),
    "over": _words,
}
"""Words that stand for more than one value."""
