"""The description of a YOLO data set: a file that names its classes and the folders of its parts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from skipwise.data.boxes.formats.files import LARGEST_DESCRIPTION, read_lines
from skipwise.data.parts import PARTS, part_of
from skipwise.errors import UserError

Value = str | list[str]
NULL = "tag:yaml.org,2002:null"
YAML = (".yaml", ".yml")
DARKNET = ".data"
PART_WORDS = ("train", "training", "val", "valid", "validation", "dev", "test", "testing")
READ = ("path", "names", "kpt_shape", *PART_WORDS)
"""All that is read of a description; `eval` is another thing in darknet's."""
MOST_CLASSES = 10_000


@dataclass(frozen=True, kw_only=True)
class Description:
    """A description: the folder that others are relative to, folders or lists by part, and class names.

    `poses`: whether the data hold keypoints.
    """

    base: str = ""
    parts: Sequence[tuple[str, str]] = ()
    names: Sequence[str] = ()
    poses: bool = False


def describe(file: Path) -> Description:
    """Read a data.yaml, or darknet's obj.data. Raises UserError naming file and line."""
    lines = read_lines(file, LARGEST_DESCRIPTION)
    if file.suffix.lower() == DARKNET:
        values: dict[str, Value] = {
            name.strip(): value.strip() for name, found, value in (line.partition("=") for line in lines) if found
        }
        values["names"] = _darknet_names(file, str(values.get("names", "")))
    else:
        values = read_description("\n".join(lines), str(file))
    names = values.get("names", [])
    if isinstance(names, str):
        raise UserError(f"{file}: the description's names are {names[:40]!r}, and must be a list as [cat, dog].")
    base = values.get("path", "")
    return Description(
        base=base if isinstance(base, str) else "", parts=_parts(values, file), names=names, poses="kpt_shape" in values
    )


def _darknet_names(file: Path, written: str) -> list[str]:
    """The names that obj.data names by a file, of which the last part counts; none where it is not there."""
    names = file.parent / (PurePosixPath(written.replace("\\", "/")).name or "obj.names")
    return [line.strip() for line in read_lines(names) if line.strip()] if names.is_file() else []


def _parts(values: Mapping[str, Value], file: Path) -> list[tuple[str, str]]:
    """Parts in order, each with a folder or list. Raises UserError for a part under two words."""
    words: dict[str, str] = {}
    for name in PART_WORDS:
        if values.get(name) and (part := part_of(name)):
            if part in words:
                raise UserError(f"{file} names the {part} part twice, as {words[part]} and {name}: keep one.")
            words[part] = name
    found = []
    for part in PARTS:
        value = values[words[part]] if part in words else []
        found += [(part, some) for some in ([value] if isinstance(value, str) else value) if some]
    return found


def read_description(text: str, file: str, wanted: Collection[str] = READ) -> dict[str, Value]:
    """Read the fields called `wanted` at the top of a description; all other fields are passed over.

    A value is a text as it is written, or a list of texts; numbered texts become a list in the order of their numbers.
    Only YAML's structure is read and no value is built, so that tags and aliases cost nothing. Raises UserError naming
    file and line for what is no YAML, and for numbers that are not 0, 1, 2 and so on, each once.
    """
    found: dict[str, Value] = {}
    for key, value in _fields(_structure(text, file), file):
        if not isinstance(key, ScalarNode) or key.value not in wanted:
            continue
        name: str = key.value
        if name in found:
            raise UserError(f"{_where(file, key)}: {name} stands there twice: keep one.")
        found[name] = _value(name, value, file)
    return found


def _structure(text: str, file: str) -> Node | None:
    """The tree of a YAML file by PyYAML's safe loader, None for an empty one."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = "" if mark is None else f", line {mark.line + 1}"
        reasons = ", ".join(reason for reason in (error.context, error.problem) if reason)
        raise UserError(f"{file}{line} is no YAML ({reasons}): write `name: value` and `- value` lines.") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())[:120]
        raise UserError(f"{file} is no YAML ({reason}): save it as plain text in UTF-8.") from error
    except RecursionError as error:
        raise UserError(f"{file} is nested too deeply to be read: write `name: value` and `- value` lines.") from error


def _fields(node: Node | None, file: str) -> list[tuple[Node, Node]]:
    """The names and values at the top."""
    if node is None:
        return []
    if not isinstance(node, MappingNode):
        shown = f": {_shown(node)} is no `name: value`" if isinstance(node, ScalarNode) else " holds no names"
        raise UserError(f"{_where(file, node)}{shown}: begin with `names: [cat, dog]`.")
    fields: list[tuple[Node, Node]] = node.value
    return fields


def _value(name: str, node: Node, file: str) -> Value:
    """A text, a list of texts, or numbered texts in the order of their numbers."""
    if isinstance(node, ScalarNode):
        return _text(node)
    if isinstance(node, SequenceNode):
        _check_count(name, node, file)
        for item in node.value:
            if not isinstance(item, ScalarNode):
                raise UserError(f"{_where(file, item)}: below {name} stands a list or names, and must be a text.")
        return [_text(item) for item in node.value]
    return _numbered(name, node, file)


def _numbered(name: str, node: Node, file: str) -> list[str]:
    texts: dict[int, str] = {}
    _check_count(name, node, file)
    for key, item in node.value:
        written = key.value if isinstance(key, ScalarNode) else ""
        if not (written.isascii() and written.isdigit() and len(written) < 9 and isinstance(item, ScalarNode)):
            shown = f"{written}: {item.value}" if isinstance(item, ScalarNode) else f"{written}: ..."
            raise UserError(
                f"{_where(file, key)}: below {name} stands {shown[:40]!r}, and must be numbered as in `0: cat`."
            )
        if int(written) in texts:
            raise UserError(
                f"{_where(file, key)}: the number {int(written)} of {name} stands there twice: give each a number of its own."
            )
        texts[int(written)] = _text(item)
    missing = next((number for number in range(len(texts)) if number not in texts), None)
    if missing is not None:
        raise UserError(
            f"{_where(file, node)}: {name} has no number {missing}: number them from 0 to {len(texts) - 1}."
        )
    return [texts[number] for number in range(len(texts))]


def _check_count(name: str, node: Node, file: str) -> None:
    if len(node.value) > MOST_CLASSES:
        raise UserError(
            f"{_where(file, node)}: {name} holds {len(node.value):,} entries, and at most {MOST_CLASSES:,} are read."
        )


def _text(node: ScalarNode) -> str:
    """A value as it is written, "" for none."""
    written: str = "" if node.tag == NULL else node.value
    return written


def _shown(node: ScalarNode) -> str:
    return repr(node.value.strip()[:40])


def _where(file: str, node: Node) -> str:
    return f"{file}, line {node.start_mark.line + 1}"
