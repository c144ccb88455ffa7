"""The command line: reads words, calls one function, prints. Heavy imports wait until they are needed."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from skipwise.errors import UserError

app = typer.Typer(
    help="Find out, on your own data, whether a plain convolutional network or a residual one is better.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

USAGE_ERROR: type[Any] = typer.BadParameter.__base__ or typer.BadParameter
"""What the parser raises for words it cannot use; typer names only this more special one."""

Contenders = Annotated[
    list[str] | None, typer.Argument(help="[LABEL@]NAME[:field=value,...]; the first is the reference.")
]
Data = Annotated[str, typer.Argument(help="A folder of images, an .npz, a .csv, or a name: `skipwise list data`.")]
Seeds = Annotated[str, typer.Option(help="Runs of each contender, or auto: 3, 5 or 10, until it is decided.")]
Epochs = Annotated[int | None, typer.Option(help="Times each training image is shown; default by their number.")]
Budget = Annotated[
    str | None, typer.Option(help="epochs|steps|seconds|multiply-adds=VALUE for each run, equal for all contenders.")
]
Tune = Annotated[Literal["lr"] | None, typer.Option(help="lr: search each contender's learning rate first.")]
TestSize = Annotated[float | None, typer.Option(help="Fraction for testing, where the data have no test set; .2.")]
Folds = Annotated[int | None, typer.Option(help="Divide the images so often, and test each one once.")]
Out = Annotated[Path, typer.Option(help="The folder that studies go to.")]
Name = Annotated[str | None, typer.Option(help="The study's name; default: data and contenders.")]
Size = Annotated[int | None, typer.Option(help="Side of the images in pixels.")]
SplitSeed = Annotated[int, typer.Option(help="Another number, another split into train, validation and test.")]
Workers = Annotated[int | None, typer.Option(help="Runs at once; changes no result.")]
Pretrained = Annotated[
    str | None,
    typer.Option(help="Weights that every contender begins with: a file, a run's folder, or torchvision/NAME."),
]
Settings = Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE for every contender; may repeat.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be trained and how long it takes, and stop.")]


@app.command()
def compare(
    data: Data = "digits",
    contenders: Contenders = None,
    seeds: Seeds = "5",
    epochs: Epochs = None,
    budget: Budget = None,
    tune: Tune = None,
    test_size: TestSize = None,
    folds: Folds = None,
    out: Out = Path("studies"),
    name: Name = None,
    size: Size = None,
    split_seed: SplitSeed = 0,
    workers: Workers = None,
    pretrained: Pretrained = None,
    settings: Settings = None,
    dry_run: DryRun = False,
) -> None:
    """Train contenders over several seeds on the same images, and say which is better, how surely, and why."""
    _run(
        dry_run,
        command="compare",
        data=data,
        contenders=contenders,
        seeds=_count(seeds),
        epochs=epochs,
        budget=budget,
        tune=tune,
        test_size=test_size,
        folds=folds,
        out=out,
        name=name,
        size=size,
        split_seed=split_seed,
        workers=workers,
        settings=_settings(settings, pretrained),
    )


@app.command()
def train(
    data: Data,
    contender: Annotated[str, typer.Argument(help="[LABEL@]NAME[:field=value,...].")],
    seed: Annotated[int, typer.Option(help="What the weights and the stream of images are drawn from.")] = 0,
    epochs: Epochs = None,
    budget: Budget = None,
    test_size: TestSize = None,
    out: Out = Path("studies"),
    name: Name = None,
    size: Size = None,
    split_seed: SplitSeed = 0,
    pretrained: Pretrained = None,
    settings: Settings = None,
    dry_run: DryRun = False,
) -> None:
    """Train one network with one seed, in the same folder form as a study."""
    _run(
        dry_run,
        command="train",
        data=data,
        contenders=[contender],
        seeds=1,
        seed=seed,
        epochs=epochs,
        budget=budget,
        test_size=test_size,
        out=out,
        name=name,
        size=size,
        split_seed=split_seed,
        settings=_settings(settings, pretrained),
    )


@app.command()
def depth(
    data: Data = "digits",
    depths: Annotated[str, typer.Option(help="Layers, with commas between.")] = "8,14,20,32,44,56",
    family: Annotated[str, typer.Option(help="The residual networks: this name before the depth.")] = "resnet",
    seeds: Seeds = "5",
    epochs: Epochs = None,
    budget: Budget = None,
    tune: Tune = None,
    test_size: TestSize = None,
    folds: Folds = None,
    out: Out = Path("studies"),
    name: Name = None,
    size: Size = None,
    split_seed: SplitSeed = 0,
    workers: Workers = None,
    settings: Settings = None,
    dry_run: DryRun = False,
) -> None:
    """Compare plain and residual networks at several depths, and find the depth from which shortcuts pay."""
    _run(
        dry_run,
        command="depth",
        data=data,
        depths=_numbers(depths, int, "--depths", "8,20,56"),
        family=family,
        seeds=_count(seeds),
        epochs=epochs,
        budget=budget,
        tune=tune,
        test_size=test_size,
        folds=folds,
        out=out,
        name=name,
        size=size,
        split_seed=split_seed,
        workers=workers,
        settings=tuple(settings or ()),
    )


@app.command()
def ablate(
    data: Data,
    contender: Annotated[str, typer.Argument(help="The base that is changed: [LABEL@]NAME[:field=value,...].")],
    over: Annotated[
        str | None, typer.Option(help="Ingredients with commas between; default: all. Each is taken out or put in.")
    ] = None,
    seeds: Seeds = "5",
    epochs: Epochs = None,
    budget: Budget = None,
    test_size: TestSize = None,
    folds: Folds = None,
    out: Out = Path("studies"),
    name: Name = None,
    size: Size = None,
    split_seed: SplitSeed = 0,
    workers: Workers = None,
    settings: Settings = None,
    dry_run: DryRun = False,
) -> None:
    """Change one ingredient of a recipe at a time, and say which of them helps."""
    _run(
        dry_run,
        command="ablate",
        data=data,
        contenders=[contender],
        over=None if over is None else tuple(word.strip() for word in over.split(",")),
        seeds=_count(seeds),
        epochs=epochs,
        budget=budget,
        test_size=test_size,
        folds=folds,
        out=out,
        name=name,
        size=size,
        split_seed=split_seed,
        workers=workers,
        settings=tuple(settings or ()),
    )


@app.command("learning-curve")
def learning_curve(
    data: Data = "digits",
    contenders: Contenders = None,
    fractions: Annotated[
        str, typer.Option(help="Shares of the training images, with commas between.")
    ] = ".05,.1,.25,.5,1",
    seeds: Seeds = "5",
    epochs: Epochs = None,
    budget: Budget = None,
    tune: Tune = None,
    test_size: TestSize = None,
    out: Out = Path("studies"),
    name: Name = None,
    size: Size = None,
    split_seed: SplitSeed = 0,
    workers: Workers = None,
    settings: Settings = None,
    dry_run: DryRun = False,
) -> None:
    """Train on growing shares of the images, and say which contender needs fewer of them."""
    _run(
        dry_run,
        command="learning-curve",
        data=data,
        contenders=contenders,
        fractions=_numbers(fractions, float, "--fractions", ".1,.3,1"),
        seeds=_count(seeds),
        epochs=epochs,
        budget=budget,
        tune=tune,
        test_size=test_size,
        out=out,
        name=name,
        size=size,
        split_seed=split_seed,
        workers=workers,
        settings=tuple(settings or ()),
    )


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="A study file, as study.toml in the folder of each study.")],
    workers: Workers = None,
    dry_run: DryRun = False,
) -> None:
    """Run the study that a file describes."""
    from dataclasses import replace

    from skipwise.comparison import run_study
    from skipwise.console import console
    from skipwise.studies.study_file import read_study_file

    asked = read_study_file(file)
    run_study(asked if workers is None else replace(asked, workers=workers), console(), dry_run=dry_run)


@app.command()
def show(
    network: Annotated[str, typer.Argument(help="NAME[:field=value,...], as `skipwise list networks` has them.")],
    input: Annotated[  # noqa: A002
        str | None, typer.Option(help="Channels and sides as 3x224x224; default: what it was made for.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="Another network beside it, as its plain twin.")] = None,
    classes: Annotated[int | None, typer.Option(help="Classes; default: as many as it was made for.")] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Where the picture goes, .svg or .png; default: NETWORK.svg here.")
    ] = None,
) -> None:
    """Show a network layer by layer, what it costs, and draw it with its shortcuts."""
    from skipwise.showing import show_network

    show_network(network, against=against, input_text=input, classes=classes, picture=picture)


@app.command()
def report(study: Annotated[Path, typer.Argument(help="The folder of a study.")]) -> None:
    """Build the page of a study again from its folder."""
    from skipwise.reports import write_report
    from skipwise.studies import Study

    opened = Study.open(study)
    write_report(opened, opened.look())
    typer.echo(f"Report: {opened.report}")


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(help="The folder of a study (its best run answers) or of a run.")],
    images: Annotated[list[str], typer.Argument(help="Image files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Every class's probability, as JSON.")] = False,
) -> None:
    """Name the class of each image, with its probability."""
    from dataclasses import asdict

    from skipwise.deployment import Model
    from skipwise.studies import Study

    is_run = (model / "run.json").exists()
    predictions = (Model.load(model) if is_run else Study.open(model).best).predict(images)
    if as_json:
        typer.echo(json.dumps([asdict(prediction) for prediction in predictions], indent=2, ensure_ascii=False))
        return
    width = max(len(prediction.file) for prediction in predictions)
    for prediction in predictions:
        typer.echo(f"{prediction.file:<{width}}  {prediction.label}  {prediction.probability:.3f}")


@app.command("list")
def list_known(
    what: Annotated[Literal["networks", "data", "shortcuts", "studies"], typer.Argument(help="What to list.")],
    out: Out = Path("studies"),
) -> None:
    """List the networks, data sets or shortcuts known by name, or the studies that are there."""
    from skipwise.catalogue import catalogue

    for line in catalogue(what, out):
        typer.echo(line)


def main() -> None:
    """Run the command line; a mistake that the user can mend is one sentence and exit code 2."""
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except UserError as error:
        sys.exit(_complain(str(error)))
    except USAGE_ERROR as error:
        sys.exit(_complain(error.format_message()))
    except typer.Exit as left:
        sys.exit(left.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        sys.exit(_complain(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."))
    sys.exit(code if isinstance(code, int) else 0)  # some versions of typer give the code of Ctrl-C, others raise


def _run(dry_run: bool, **asked: Any) -> None:
    """Run the study that these words ask for; what is None was not said."""
    from skipwise.comparison import run_study
    from skipwise.console import console
    from skipwise.studies.study_file import validated

    run_study(
        validated({name: value for name, value in asked.items() if value is not None}), console(), dry_run=dry_run
    )


def _count(text: str) -> int | str:
    """A number of seeds, or "auto"."""
    if text == "auto":
        return text
    if not text.lstrip("-").isdigit():
        raise UserError(f"--seeds is {text!r}: it takes a whole number, or auto.")
    return int(text)


def _numbers(text: str, kind: type[int] | type[float], option: str, example: str) -> tuple[float, ...]:
    try:
        return tuple(kind(word) for word in text.split(",") if word.strip())
    except ValueError as error:
        what = "whole numbers" if kind is int else "numbers"
        raise UserError(f"{option} is {text!r}: it takes {what} with commas between, as {example}.") from error


def _settings(settings: list[str] | None, pretrained: str | None) -> tuple[str, ...]:
    """What holds for every contender."""
    return (*(settings or ()), *([f"pretrained={pretrained}"] if pretrained is not None else []))


def _complain(sentence: str) -> int:
    typer.echo(f"skipwise: {sentence}", err=True)
    return 2


if __name__ == "__main__":
    main()
