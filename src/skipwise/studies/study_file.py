"""A study file: a study as TOML, which `skipwise run` reads and every study leaves in its folder."""

import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import TypeAdapter, ValidationError

from skipwise.errors import UserError, unknown
from skipwise.studies.asked import Asked

STUDY_FILE = "study.toml"
ASKED: TypeAdapter[Asked] = TypeAdapter(Asked)


def read_study_file(path: Path) -> Asked:
    """What a study file asks for. Raises UserError with the line or field that is wrong, and the nearest name."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"There is no file {path}: name a study file, as study.toml.") from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder: name the study file, as {path / STUDY_FILE}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no text in UTF-8: save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is no TOML: {error}.") from error
    return validated(content, where=str(path))


def validated(content: dict[str, Any], where: str = "") -> Asked:
    """What these fields ask for. Raises UserError that begins with `where`, if given, and names the field."""
    named = f"{where}: " if where else ""
    known = Asked.__dataclass_fields__
    for name in content:
        if name not in known:
            raise UserError(f"{named}{unknown('field of a study', name, known)}")
    try:
        return ASKED.validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "it"
        what = first["msg"].removeprefix("Input ")
        raise UserError(f"{named}{_as_written(field, bool(where))} is {first['input']!r}: it {_must(what)}.") from error


def study_file(asked: Asked, head: str) -> str:
    """The text of the file that asks for the same, with comments of `head` before it."""
    content = {name: _plain(value) for name, value in asked.given().items() if name != "workers"}
    return "".join(f"# {line}\n" for line in head.splitlines()) + tomli_w.dumps(content)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def _as_written(field: str, in_file: bool) -> str:
    return field if in_file or field == "contenders" else f"--{field.replace('_', '-')}"


def _must(message: str) -> str:
    """pydantic's message as the rest of a sentence."""
    if message.startswith("should match pattern"):
        return "must be a plain folder name; out says where it goes"
    return message.replace("should be", "must be", 1).replace("should have", "must have", 1)
