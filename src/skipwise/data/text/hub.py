"""Data sets of the Hugging Face hub by name, and those that its library saved in a folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from skipwise.data.images.source import PART_NAMES
from skipwise.data.text.cells import check_columns, row_of
from skipwise.data.text.source import Row, TextSource, source_of_rows
from skipwise.errors import UserError
from skipwise.extras import load_optional

HUB = "hf:"
"""Before the name of a data set."""
PARTS_FILE, STATE_FILE, INFO_FILE = "dataset_dict.json", "state.json", "dataset_info.json"
"""Files that the library leaves in the folder of several parts, and in that of each."""
NO_LABEL = -1
"""The label of what is kept secret in some test parts."""


def read_hub(data: str) -> TextSource:
    """The data set `hf:NAME` or `hf:NAME/CONFIG`. Raises UserError where it, the library or a network is missing."""
    name = data.removeprefix(HUB).strip("/")
    if not name or ".." in name:
        raise UserError(f"{data} names no data set: write it as hf:ag_news, or with its configuration as hf:glue/sst2.")
    library = _library(data)
    *above, last = name.split("/")
    tries: list[tuple[str, str | None]] = [(name, None)] if len(above) < 2 else []
    tries += [("/".join(above), last)] if above else []
    errors = []
    for repository, configuration in tries:
        try:
            return _source(name, library.load_dataset(repository, configuration))
        except UserError:
            raise
        except Exception as error:  # whatever the library, the network or the data set's own files raise
            errors.append(f"{type(error).__name__}: {' '.join(str(error).split())[:160]}")
    raise UserError(
        f"{data} cannot be read from the Hugging Face hub ({errors[-1]}): check its name and the network, or save it "
        "as train.csv and test.csv with columns text and label."
    )


def read_saved(path: Path) -> TextSource:
    """A data set that the library's save_to_disk left in this folder."""
    try:
        content = _library(str(path)).load_from_disk(str(path))
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{path} cannot be read as a saved data set ({str(error)[:120]}): save it again.") from error
    return _source(path.resolve().name, content)


def is_saved(path: Path) -> bool:
    """Whether the library left this folder; a file alone of such a name may be anybody's."""
    folders = [file.parent for file in path.glob(f"*/{STATE_FILE}")] if (path / PARTS_FILE).is_file() else [path]
    return any(_is_part(folder) for folder in folders)


def _is_part(folder: Path) -> bool:
    beside = (folder / INFO_FILE).is_file() or next(folder.glob("*.arrow"), None) is not None
    return beside and (folder / STATE_FILE).is_file()


def _library(data: str) -> Any:
    return load_optional("datasets", data)


def _source(name: str, content: Any) -> TextSource:
    """The texts of a data set, or of one part of it. Parts that are none of ours, or have no labels, are passed
    over.
    """
    given = (
        {"train": content} if hasattr(content, "column_names") and isinstance(content.column_names, list) else content
    )
    rows: list[Row] = []
    notes = []
    classes: list[str] | None = None
    known = {part: PART_NAMES[part.lower()] for part in given if part.lower() in PART_NAMES}
    if "train" not in known.values():
        raise UserError(
            f"{name} has no part called train (it has {', '.join(map(str, given))}): give it as .csv files."
        )
    for part, ours in known.items():
        table = given[part]
        text, label = _columns(table.column_names, f"{name}, {part}")
        if len(table) and set(table[label][:]) == {NO_LABEL}:
            notes.append(f"the {part} part has no labels and is left out")
            continue
        named: list[str] | None = getattr(table.features[label], "names", None)
        classes = classes or named
        called = _called(named)
        rows += _rows(table, text, label, called, part, "" if len(known) == 1 else ours)
    if others := [str(part) for part in given if part not in known]:
        notes.append(f"parts that are not read: {', '.join(others)}")
    return source_of_rows(name, rows, classes=classes, notes=notes)


def _columns(columns: list[str], where: str) -> tuple[str, str]:
    """The columns of text and label: those of these names, or sentence where there is no text."""
    text = "text" if "text" in columns else next((name for name in ("sentence", "content") if name in columns), "text")
    check_columns(["text" if column == text else column for column in columns], where)
    return text, "label"


def _called(named: list[str] | None) -> Callable[[Any], Any]:
    """From a label to its class's name; a number that no class has stays missing."""
    if named is None:
        return lambda label: label
    return lambda label: named[label] if isinstance(label, int) and 0 <= label < len(named) else None


def _rows(table: Any, text: str, label: str, called: Callable[[Any], Any], part: str, ours: str) -> Iterator[Row]:
    for number, (one, its) in enumerate(zip(table[text], table[label], strict=True), start=1):
        where = f"{part}, row {number}"
        yield row_of({"text": one, "label": called(its)}, where, where, ours)
