"""The command line: reads words, calls one function, prints. Heavy imports wait until they are needed."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from skipwise.cli.mistakes import empty_option, mistake_in
from skipwise.cli.studies import AS_JSON, DRY_RUN, QUIET, add_study_command, add_study_commands, conclude, loading, read
from skipwise.cli.trust import TRUST, vouch
from skipwise.commands.output import complain, end_of_pipe, ready_streams, say, say_json
from skipwise.errors import UserError, clause
from skipwise.studies.config import OPTIONS
from skipwise.studies.kinds import kind_named

app = typer.Typer(
    help="Find out, on your own data, whether a plain convolutional network or a residual one is better.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

USAGE_ERROR: type[Any] = typer.BadParameter.__base__ or typer.BadParameter
"""The error of the parser for words it cannot use; typer names only this more special one."""

add_study_commands(app)


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="A study file, as study.toml in the folder of each study.")],
    workers: Annotated[int | None, typer.Option(min=1, help="Runs at once; changes no result.")] = None,
    dry_run: Annotated[bool, DRY_RUN] = False,
    quiet: Annotated[bool, QUIET] = False,
    as_json: Annotated[bool, AS_JSON] = False,
    trust: Annotated[bool, TRUST] = False,
) -> None:
    """Run the study that a file describes."""
    from dataclasses import replace

    with loading(silent=quiet or as_json) as phases:
        from skipwise.studies.study_file import read_study_file

        vouch(file, trust)
        config = read_study_file(file)
        config = config if workers is None else replace(config, workers=workers)
        conclude(config, phases, dry_run=dry_run, quiet=quiet, as_json=as_json, trust=trust)


@app.command()
def show(
    network: Annotated[
        str,
        typer.Argument(
            help="NAME[:field=value,...], as `skipwise list networks` has them; with --depths a family, as resnet."
        ),
    ],
    input: Annotated[  # noqa: A002
        str | None, typer.Option(help="Channels and sides as 3x224x224; default: what it was made for.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="Another network beside it, as its plain twin.")] = None,
    classes: Annotated[int | None, typer.Option(help="Classes; default: as many as it was made for.")] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Where the picture goes, .svg or .png; default: NETWORK.svg here.")
    ] = None,
    signal: Annotated[
        bool, typer.Option("--signal", help="Draw, too, how large signal and gradient are before any training.")
    ] = False,
    depths: Annotated[
        str | None,
        typer.Option(
            help="As 8,20,56: how much the gradient grows before any training, plain and residual at these depths."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What it costs, as JSON; nothing is drawn.")] = False,
) -> None:
    """Show a network layer by layer, what it costs, and draw it with its shortcuts."""
    from skipwise.commands.show import show_depths, show_network

    if depths is not None:
        if against is not None or signal or as_json:
            raise UserError(
                "--depths shows the signal of a family beside its plain twins: leave --against, --signal and --json out."
            )
        show_depths(network, read("depths", depths), input_text=input, classes=classes, picture=picture)
        return
    show_network(
        network,
        against=against,
        input_text=input,
        classes=classes,
        picture=picture,
        with_signal=signal,
        as_json=as_json,
    )


@app.command()
def report(
    study: Annotated[Path, typer.Argument(help="The folder of a study.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Look in every way, in those that take minutes, too.")
    ] = False,
    trust: Annotated[bool, TRUST] = False,
) -> None:
    """Look into the networks of a study, once, and build its page again from its folder."""
    from skipwise.commands.phases import Phases
    from skipwise.reports import write_report
    from skipwise.studies import Study

    vouch(study, trust)
    opened = Study.open(study)
    with Phases() as phases:
        phases.begin("scoring the runs", say)

        def tell(line: str) -> None:
            phases.told()
            say(line)

        def doing(words: str) -> None:
            phases.begin(words, say)

        write_report(opened, look_inside=tell, everything=everything, doing=doing)
    if opened.design.points:
        say("A sweep is not looked into: compare two of its contenders for that.")
    say(f"Report: {opened.report}")


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(help="The folder of a study (its best run answers) or of a run.")],
    examples: Annotated[
        list[str],
        typer.Argument(
            help="Files; folders, all files below them; tables, a row each by a column path or text; of texts also the "
            "texts themselves."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Everything that is answered, as JSON.")] = False,
    table: Annotated[Path | None, typer.Option("--csv", help="Write the answers into this table, too.")] = None,
    pictures: Annotated[
        Path, typer.Option(help="The folder for pictures of the answers, where there are such.")
    ] = Path("predictions"),
    trust: Annotated[bool, TRUST] = False,
) -> None:
    """Answer for new examples: the class with its probability, or the boxes.

    Exit code 1 where an example could not be read; the others are answered.
    """
    from skipwise.commands.predict import predict_examples

    vouch(model, trust)
    if predict_examples(model, examples, as_json=as_json, table=table, pictures=pictures):
        raise typer.Exit(1)


@app.command()
def explain(
    model: Annotated[
        Path, typer.Argument(help="The folder of a study (each contender's best run answers) or of a run.")
    ],
    examples: Annotated[
        list[str], typer.Argument(help="Files, folders, tables as for predict; of texts also the texts themselves.")
    ],
    method: Annotated[
        str | None,
        typer.Option(help="grad-cam, integrated-gradients, occlusion or smooth-grad; default: by what is explained."),
    ] = None,
    label: Annotated[
        str | None, typer.Option("--class", help="A class to be explained; default: each network's own answer.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder for pictures and page; what it holds else stays.")] = Path(
        "explanations"
    ),
    trust: Annotated[bool, TRUST] = False,
) -> None:
    """Show which parts of new examples speak for the answers, for all contenders side by side."""
    from skipwise.commands.explain import explain as explain_examples

    vouch(model, trust)
    if explain_examples(model, examples, method=method, label=label, out=out, tell=say):
        raise typer.Exit(1)


@app.command()
def check(
    data: Annotated[str, typer.Argument(help="A folder, a file, or a name: `skipwise list data`.")],
    out: Annotated[Path | None, typer.Option(help="The folder for page and table; default: checks/DATA.")] = None,
    task: Annotated[str | None, typer.Option(help="images, text or boxes; default: what the data are.")] = None,
    size: Annotated[int | None, typer.Option(help="Side in pixels that images are looked at.")] = None,
    fit: Annotated[Literal["crop", "pad", "stretch"] | None, typer.Option(help=OPTIONS["fit"].help)] = None,
    labels: Annotated[
        bool, typer.Option("--labels/--no-labels", help="Train models to find labels that are likely wrong.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Every finding, as JSON.")] = False,
) -> None:
    """Tell what is in data: duplicates, likely wrong labels, outliers, unreadable files.

    Exit code 1 where there are errors: unreadable files, duplicates or near duplicates across train and test or with
    different labels, or more than 1 % of labels that are likely wrong. All else is a note, and exit code 0.
    """
    from skipwise.commands.check import check_data
    from skipwise.commands.consoles import SilentConsole, console

    speaking = SilentConsole() if as_json else console()
    if check_data(data, speaking, task=task, size=size, fit=fit, out=out, with_labels=labels, as_json=as_json):
        raise typer.Exit(1)


@app.command("list")
def list_known(
    what: Annotated[Literal["networks", "data", "shortcuts", "studies"], typer.Argument(help="What to list.")],
    out: Annotated[Path, typer.Option(help="The folder that studies are in.")] = Path("studies"),
    as_json: Annotated[
        bool, typer.Option("--json", help="The same as JSON, with costs and verdicts as numbers.")
    ] = False,
    trust: Annotated[bool, TRUST] = False,
) -> None:
    """List the networks, data sets or shortcuts known by name, or the studies that are there."""
    from skipwise.commands.catalogue import catalogue, catalogue_json

    vouch(out, trust)
    if as_json:
        say_json(catalogue_json(what, out))
        return
    for line in catalogue(what, out):
        say(line)


def _tell_version(wanted: bool) -> bool:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("skipwise"))
        raise typer.Exit
    return wanted


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Find out, on your own data, whether a plain convolutional network or a residual one is better."""


def main() -> None:
    """Run the command line; a mistake that the user can mend is one sentence and exit code 2."""
    ready_streams()
    try:
        code = _run(sys.argv[1:] or ["--help"])
        sys.stdout.flush()
    except BrokenPipeError:
        code = end_of_pipe()
    sys.exit(code)


def _run(words: list[str]) -> int:
    """Run a command; gives its exit code."""
    try:
        if not {"--help", "--version"} & {*words}:
            _check_working_directory()
        if re.fullmatch(r"\w+(\.\w+)+", words[0]):  # a kind of study of the user's own
            from skipwise.networks.dotted import trust

            trust(words[0])
            add_study_command(app, kind_named(words[0]))
        if any(word == "" or word.endswith("=") for word in words):
            _refuse_empty_options(words)
        code = app(words, standalone_mode=False)
    except UserError as error:
        return complain(str(error))
    except USAGE_ERROR as error:
        return complain(mistake_in(error, words))
    except typer.Exit as left:
        return left.exit_code
    except (KeyboardInterrupt, typer.Abort) as error:
        if isinstance(error.__cause__, EOFError):  # the parser takes it for the end of somebody's typing
            return complain(f"A file ends too early ({clause(error.__cause__)}): it is damaged.")
        return 130
    except BrokenPipeError:
        raise
    except SystemExit as left:  # the parser leaves so where nobody reads
        if isinstance(left.__context__, BrokenPipeError):
            raise left.__context__ from None
        raise
    except OSError as error:
        return complain(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    return code if isinstance(code, int) else 0  # some versions of typer give the code of Ctrl-C, others raise


def _refuse_empty_options(words: list[str]) -> None:
    group: Any = typer.main.get_command(app)
    if sentence := empty_option(group.commands, words):
        raise UserError(sentence)


def _check_working_directory() -> None:
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise UserError(
            "The folder that this terminal is in was deleted: change to another one, as with cd."
        ) from error
