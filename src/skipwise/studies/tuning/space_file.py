"""The file of a space in TOML: a line for each field, choices in brackets or a range in braces."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from skipwise.errors import UserError, reason_of, unknown
from skipwise.names import path_of
from skipwise.networks import Architecture
from skipwise.networks.dotted import demand_trust, is_dotted
from skipwise.networks.fields import ARCHITECTURE_FIELDS, set_field
from skipwise.recipe import RECIPE_FIELDS, RENAMED_FIELDS, Recipe
from skipwise.regular_files import IrregularFileError, read_text
from skipwise.studies.tuning.space import DEPTH, OWN_FIELDS, WIDTH, Dimension, Family, Range, Space, Value

SHARED = ("epochs", "steps", "seconds", "fraction", "pretrained")
"""Fields that all trials must have in common, or their accuracies could not be compared while they train."""
MOST_DEPTHS = 4
"""Of a family, in the usual space: its shallowest."""
RANGE: TypeAdapter[Range] = TypeAdapter(Range)


def space_of(path: str | Path | None, family: Family, recipe: Recipe) -> Space:
    """The space in a file, or the usual one of the family round the recipe."""
    return usual_space(family, recipe) if path is None else read_space(Path(path_of(str(path))), family)


def read_space(path: Path, family: Family) -> Space:
    """The space in a file. Raises UserError with the wrong field and the nearest name, or for a program that is
    not trusted.
    """
    try:
        text = read_text(path)
    except FileNotFoundError as error:
        raise UserError(
            f"There is no file {path}: name a space, as search/space.toml in the folder of a tuning."
        ) from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder: name the file of a space, as {path / 'space.toml'}.") from error
    except IrregularFileError as error:
        raise UserError(f"{path} cannot be read ({reason_of(error)}): name a space, as search/space.toml.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no text in UTF-8: save it as UTF-8.") from error
    return parse_space(text, family, str(path), path)


def parse_space(text: str, family: Family, where: str, file: Path | None = None) -> Space:
    """The space that a text in TOML says; errors begin with `where`. Programs that a `file` names must be trusted."""
    try:
        content = {RENAMED_FIELDS.get(field, field): given for field, given in tomllib.loads(text).items()}
    except RecursionError as error:
        raise UserError(f"{where} is nested too deeply: write for example kernel = [3, 5, 7].") from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where} is no TOML: {reason_of(error)}.") from error
    except ValueError as error:  # a number of thousands of digits
        raise UserError(f"{where} cannot be read ({reason_of(error)}): write smaller numbers.") from error
    if not content:
        raise UserError(f"{where} names no field: write for example kernel = [3, 5, 7].")
    for field in content:
        _check_field(field, content, family, where)
    dimensions = tuple(one for field, given in content.items() for one in _dimensions(field, given, family, where))
    if file is not None:
        words = [str(word) for one in dimensions if isinstance(one.values, tuple) for word in one.values]
        demand_trust(filter(is_dotted, words), file)
    space = Space(family=family, dimensions=dimensions, text=text)
    space.check(where)
    return space


def _check_field(field: str, content: dict[str, Any], family: Family, where: str) -> None:
    if field in SHARED:
        raise UserError(f"{where}: {field} is the same for every trial: give it with --set {field}=VALUE.")
    if field not in (*OWN_FIELDS, *ARCHITECTURE_FIELDS, *RECIPE_FIELDS):
        raise UserError(
            f"{where}: {unknown('field of a space', field, [*OWN_FIELDS, *ARCHITECTURE_FIELDS, *RECIPE_FIELDS])}"
        )
    if field == DEPTH and not family.depths:
        raise UserError(f"{where}: {family.name} is one network: depth is for families, as --family resnet.")
    for own, other in ((DEPTH, "blocks"), (WIDTH, "widths")):
        if field == own and other in content:
            raise UserError(f"{where}: {own} and {other} say the same in two ways: keep one of them.")


def _dimensions(field: str, given: Any, family: Family, where: str) -> list[Dimension]:
    """Read one line of a space: choices, choices for each stage, or a range."""
    if isinstance(given, dict):
        if field == DEPTH:
            raise UserError(
                f"{where}: depth is a range: not every number has a network, so write choices as [8, 14, 20]."
            )
        return [Dimension(field=field, values=_range(field, given, where))]
    if not isinstance(given, list) or not given:
        raise UserError(
            f"{where}: {field} is {given!r}: write choices as [1, 2], choices for each stage as [[1, 2], [1, 2]], "
            "or a range as {low = 1, high = 2}."
        )
    if not all(isinstance(part, list) for part in given):
        return [Dimension(field=field, values=_choices(field, given, where))]
    stages = len(family.network.stages)
    if field not in ARCHITECTURE_FIELDS or field in ("shortcut", "branch"):
        raise UserError(f"{where}: {field} is no matter of single stages: write its choices in one list.")
    if len(given) != stages:
        raise UserError(f"{where}: {field} has choices for {len(given)} stages, and {family.usual} has {stages}.")
    return [
        Dimension(field=field, values=_choices(field, part, where), stage=stage) for stage, part in enumerate(given)
    ]


def _choices(field: str, given: list[Any], where: str) -> tuple[Value, ...]:
    wrong = [value for value in given if not isinstance(value, Value)]
    if wrong or not given:
        what = f"{wrong[0]!r} among its choices" if wrong else "an empty list of choices"
        raise UserError(f"{where}: {field} has {what}: they are numbers, words, true or false.")
    return tuple(dict.fromkeys(given))


def _range(field: str, given: dict[str, Any], where: str) -> Range:
    for name in given:
        if name not in Range.__dataclass_fields__:
            raise UserError(f"{where}: {unknown(f'part of the range of {field}', name, Range.__dataclass_fields__)}")
    try:
        found = RANGE.validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        what = first["loc"][0]
        if first["type"] == "missing":
            raise UserError(
                f"{where}: the range of {field} has no {what}: write {field} = {{low = 1, high = 2}}."
            ) from error
        takes = "true or false" if what == "log" else "a number"
        raise UserError(f"{where}: {what} in the range of {field} is {first['input']!r}: it takes {takes}.") from error
    if not found.low < found.high:
        raise UserError(f"{where}: the range of {field} goes from {found.low} to {found.high}: low must be below high.")
    if found.log and found.low <= 0:
        raise UserError(f"{where}: the range of {field} is log and begins at {found.low}: it must begin above 0.")
    return found


def usual_space(family: Family, recipe: Recipe) -> Space:
    """Return the space that is searched where no file says it: kernel by stage, downsampling, depth, width, shortcut,
    rate and decay.

    Rate and decay reach from below to above those of the recipe, which differ between optimizers.
    """
    network, stages = family.network, len(family.network.stages)
    depths = list(family.depths)
    near = depths[:MOST_DEPTHS]
    lines = [
        "# Each line is a field of network or recipe: choices, choices for each stage, or a range.",
        f"# The networks are those of --family {family.name}; `depth` counts their layers, `width` is the factor by which",
        "# their stages are wider. What is not named stays as it is.",
        *([f"depth = {near}"] if len(near) > 1 else []),
        "width = [0.5, 1, 2]",
        f"kernel = {[[3, 5, 7]] * stages}",
    ]  # fmt: skip
    for field, candidates in (
        ("downsample", ("stride", "max", "average")),
        ("shortcut", ("none", "zero-pad", "projection")),
    ):
        taken = [word for word in candidates if _can_be(network, field, word)]
        lines += [f"{field} = {taken}".replace("'", '"')] if len(taken) > 1 else []
    decay = recipe.weight_decay or Recipe().weight_decay
    lines += [
        f"lr = {{low = {recipe.lr / 4:.3g}, high = {recipe.lr * 10:.3g}, log = true}}",
        f"weight_decay = {{low = {_plain(decay / 50)}, high = {_plain(decay * 10)}, log = true}}",
    ]
    if not _can_be(network, "kernel", "5"):
        lines = [line for line in lines if not line.startswith("kernel")]
    return parse_space("\n".join(lines) + "\n", family, "the usual space")


def _plain(number: float) -> str:
    """With an exponent of one digit where small: 5e-3."""
    digits, _, exponent = f"{number:.2e}".partition("e")
    return f"{float(digits):g}e{int(exponent)}" if number < 0.01 else f"{number:.3g}"


def _can_be(network: Architecture, field: str, text: str) -> bool:
    try:
        set_field(network, field, text).check()
    except UserError:
        return False
    return True
