"""One network by layer, beside another if asked for, and as a picture."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.table import Table
from torch import nn

from skipwise.analysis.inside.signal import SEEDS, Signal, signal
from skipwise.commands.phases import Phases
from skipwise.commands.terminal import Terminal
from skipwise.contender import slug
from skipwise.errors import UserError
from skipwise.networks import CATALOGUE, Architecture, build, build_text, check_input, check_text, cost, shapes_of
from skipwise.networks.dotted import trust
from skipwise.recipe import Recipe
from skipwise.reports.charts.palette import colours, series_colours
from skipwise.reports.charts.study import to_svg
from skipwise.reports.drawings.network import NamedArchitecture, draw, to_png
from skipwise.reports.drawings.network_table import network_rows
from skipwise.reports.format import byte_count, short_count
from skipwise.reports.sections.signal import growth_chart, growth_word, signal_chart, signal_sentence
from skipwise.studies.contender import Contender, make_contender
from skipwise.studies.contender_spec import ContenderSpec
from skipwise.studies.kinds.depth import depth_sweep

MADE_FOR, MADE_FOR_TEXT = (3, 32, 32), (20_000, 256)
"""The inputs for which a network is shown that was not made for any: an image, and tokens and length of a text."""


def show_network(
    text: str,
    *,
    against: str | None = None,
    input_text: str | None = None,
    classes: int | None = None,
    picture: Path | None = None,
    with_signal: bool = False,
    as_json: bool = False,
) -> None:
    """Print a network's table, its cost beside another's, and write the picture; with `as_json` its costs alone.

    `with_signal`: draw, too, how large signal and gradient are before training. `input_text`: channels and sides as
    "3x224x224", or tokens and length of a text as "256x1024". Raises UserError for names, shapes and files that cannot
    be.
    """
    _check(picture, classes)
    specs = [ContenderSpec.parse(one) for one in (text, against) if one is not None]
    trust(*(program for spec in specs for program in spec.programs))
    contenders = [make_contender(spec, Recipe()) for spec in specs]
    made_for = CATALOGUE.get(specs[0].name)
    usual = made_for.input_shape if made_for else MADE_FOR_TEXT if _reads_text(contenders[0]) else MADE_FOR
    shape = _shape(input_text) if input_text else usual
    classes = classes or (made_for.classes if made_for else 10)
    terminal = Terminal()
    networks = [_shapes_of(contender, shape, classes) for contender in contenders]
    if as_json:
        costs = [
            {"network": one.label, "input": list(shape), "classes": classes, **asdict(cost(network, shape))}
            for one, network in zip(contenders, networks, strict=True)
        ]
        print(json.dumps(costs, indent=2))
        return
    _print_table(terminal, contenders[0], networks[0], shape)
    if made_for:
        terminal.print(f"{specs[0].name}: {made_for.source}.", soft_wrap=True)
    example = f"{'text' if _reads_text(contenders[0]) else 'image'} of {'x'.join(map(str, shape))}"
    _print_costs(terminal, contenders, networks, shape, example)
    target = picture or Path(f"{slug('-'.join(one.label for one in contenders))}.svg")
    named = [NamedArchitecture(one.label, one.network) for one in contenders if isinstance(one.network, Architecture)]
    if named:
        _write_picture(terminal, target, draw(named, shape, classes))
    if with_signal:
        signals = {}
        with Phases() as phases:
            for one in contenders:
                phases.begin(f"passing a signal through {one.label}", terminal.print)
                signals[one.label] = _signal_of(one, shape, classes)
        terminal.print()
        for label, found in signals.items():
            terminal.print(signal_sentence(label, found), soft_wrap=True)
        svg = to_svg(signal_chart(signals, colours(contenders)))
        _write_picture(terminal, target.with_stem(f"{target.stem}-signal"), svg)


def show_depths(
    family: str,
    depths: Sequence[int],
    *,
    input_text: str | None = None,
    classes: int | None = None,
    picture: Path | None = None,
) -> None:
    """Print and draw by what factor the gradient grows before training, of a family and its plain twins at these
    depths.

    `input_text` as for one network. Raises UserError for names, depths, shapes and files that cannot be.
    """
    _check(picture, classes)
    sweep = depth_sweep(family, depths, Recipe())
    usual = CATALOGUE[sweep.contenders[0].label]
    shape = _shape(input_text) if input_text else usual.input_shape
    terminal = Terminal()
    signals: dict[str, list[Signal]] = {}
    with Phases() as phases:
        for contender, point in zip(sweep.contenders, sweep.points, strict=True):
            _shapes_of(contender, shape, 2)  # which refuses what cannot be
            phases.begin(f"passing a signal through {contender.label}", terminal.print)
            signals.setdefault(point.series, []).append(_signal_of(contender, shape, classes or usual.classes))
    at = list(dict.fromkeys(int(point.at) for point in sweep.points))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("layers", *(f"gradient grows, {series}" for series in signals)):
        table.add_column(heading, justify="right", overflow="fold")
    for depth, *several in zip(at, *signals.values(), strict=True):
        table.add_row(str(depth), *map(growth_word, several))
    terminal.print(table)
    terminal.print(
        f"Before training, inputs of {'x'.join(map(str, shape))}, from the last block back to the stem, {SEEDS} seeds.",
        soft_wrap=True,
    )
    svg = to_svg(growth_chart(signals, at, series_colours(list(signals))))
    _write_picture(terminal, picture or Path(f"{family}-depths-signal.svg"), svg)


def _check(picture: Path | None, classes: int | None) -> None:
    if picture is not None and picture.suffix not in (".svg", ".png"):
        raise UserError(f"--picture is {picture}: it must end in .svg or .png.")
    if classes is not None and classes < 2:
        raise UserError(f"--classes is {classes}: it must be at least 2.")


def _write_picture(terminal: Terminal, target: Path, svg: str) -> None:
    target.write_bytes(to_png(svg) if target.suffix == ".png" else svg.encode())
    terminal.print(f"\nPicture: {target}", soft_wrap=True)


def _signal_of(contender: Contender, shape: tuple[int, ...], classes: int) -> Signal:
    """Before any training, over a few seeds."""
    network = contender.network

    def built(seed: int) -> nn.Module:
        if _reads_text(contender):
            return build_text(network, *shape, classes, seed)  # type: ignore[call-arg]
        return build(network, shape, classes, seed)

    return signal(built, shape, classes)


def _shape(text: str) -> tuple[int, ...]:
    """Raises UserError for anything but channels and one to three sides."""
    if not re.fullmatch(r"[1-9]\d{0,3}(x[1-9]\d{0,4}){1,3}", text):
        raise UserError(f"--input is {text!r}: it must be channels and sides in pixels, as 3x224x224.")
    return tuple(int(number) for number in text.split("x"))


def _reads_text(contender: Contender) -> bool:
    return isinstance(contender.network, Architecture) and bool(contender.network.embedding)


def _shapes_of(contender: Contender, shape: tuple[int, ...], classes: int) -> nn.Module:
    """The network without its numbers, where it is one of ours."""
    if not isinstance(contender.network, Architecture):
        return build(contender.network, shape, classes, seed=0)
    if not contender.network.embedding:
        check_input(contender.network, shape)
        return shapes_of(contender.network, shape, classes)
    check_text(contender.network)
    if len(shape) != 2 or shape[0] < 2:
        raise UserError(
            f"{contender.label} reads text, and {'x'.join(map(str, shape))} is no text's shape: say how many tokens there "
            "are and how long a text is, as --input 256x1024."
        )
    return shapes_of(contender.network, shape, classes)


def _print_table(terminal: Terminal, contender: Contender, network: nn.Module, shape: tuple[int, ...]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(contender.label, overflow="fold", min_width=30)
    for heading in ("output", "parameters", "mult-adds", "memory", "depth", "sees"):
        table.add_column(heading, justify="right", no_wrap=True)
    where = None
    for row in network_rows(network, shape):
        if row.where != where:
            where = row.where
            table.add_row(where)
        table.add_row(
            f"  {row.what}",
            "x".join(map(str, row.output)),
            f"{row.parameters:,}",
            short_count(row.multiply_adds),
            byte_count(row.activation_bytes),
            str(row.depth),
            row.sees,
        )
    terminal.print(table)


def _print_costs(
    terminal: Terminal,
    contenders: list[Contender],
    networks: list[nn.Module],
    shape: tuple[int, ...],
    example: str,
) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(f"one {example}", overflow="fold", min_width=12)
    for heading in ("layers", "parameters", "mult-adds", "memory"):
        table.add_column(heading, justify="right", no_wrap=True)
    for contender, network in zip(contenders, networks, strict=True):
        costs = cost(network, shape)
        table.add_row(
            contender.label,
            str(costs.depth),
            f"{costs.parameters:,}",
            short_count(costs.multiply_adds),
            byte_count(costs.activation_bytes),
        )
    terminal.print(table)
    if len(networks) == 2:
        terminal.print(_shared(contenders, networks), soft_wrap=True)
    terminal.print(
        f"A multiply-add counts once. Memory is what training in fp32 keeps of one {example.partition(' ')[0]} for the way "
        "back; a layer's row\n"
        "includes the normalisation and activation beside it. Depth counts layers with weights on the longest way;\n"
        "`sees` is the side of the receptive field.",
        soft_wrap=True,
    )


def _shared(contenders: list[Contender], networks: list[nn.Module]) -> str:
    """Say how many parameters two networks share by name and shape, which therefore begin with the same bits."""
    one, other = ({name: value.shape for name, value in network.named_parameters()} for network in networks)
    shared = {name for name in one if one[name] == other.get(name)}
    sizes = [sum(shape.numel() for name, shape in names.items() if name not in shared) for names in (one, other)]
    both = sum(one[name].numel() for name in shared)
    return (
        f"They share {both:,} parameters by name and shape, which begin with the same bits for each seed; "
        f"{sizes[0]:,} are {contenders[0].label}'s alone, {sizes[1]:,} {contenders[1].label}'s.\n"
    )
