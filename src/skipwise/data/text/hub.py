"""Data sets of the Hugging Face hub by name, and those that its library saved in a folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from skipwise.data.parts import part_of
from skipwise.data.tables import Line, Table, choose_columns
from skipwise.data.tables.table import HEAD_ROWS
from skipwise.data.text.cells import Labels, text_of
from skipwise.data.text.source import Row, TextSource, source_of_rows
from skipwise.errors import UserError, reason_of
from skipwise.extras import load_optional

HUB = "hf:"
"""Before the name of a data set."""
PARTS_FILE, STATE_FILE, INFO_FILE = "dataset_dict.json", "state.json", "dataset_info.json"
"""Files that the library leaves in the folder of several parts, and in that of each."""
NO_LABEL = -1
"""The label of what is kept secret in some test parts."""


def read_hub(data: str, *, text_column: str | None = None, label_column: str | None = None) -> TextSource:
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
            content = library.load_dataset(repository, configuration)
        except UserError:
            raise
        except Exception as error:  # whatever the library, the network or the data set's own files raise
            errors.append(f"{type(error).__name__}: {reason_of(error)}")
        else:
            return _source(name, content, text_column, label_column)
    raise UserError(
        f"{data} cannot be read from the Hugging Face hub ({errors[-1]}): check its name and the network, or save it "
        "as train.csv and test.csv with columns text and label."
    )


def read_saved(path: Path, *, text_column: str | None = None, label_column: str | None = None) -> TextSource:
    """A data set that the library's save_to_disk left in this folder."""
    try:
        content = _library(str(path)).load_from_disk(str(path))
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{path} cannot be read as a saved data set ({reason_of(error)}): save it again.") from error
    return _source(path.resolve().name, content, text_column, label_column)


def is_saved(path: Path) -> bool:
    """Whether the library left this folder; a file alone of such a name may be anybody's."""
    folders = [file.parent for file in path.glob(f"*/{STATE_FILE}")] if (path / PARTS_FILE).is_file() else [path]
    return any(_is_part(folder) for folder in folders)


def _is_part(folder: Path) -> bool:
    beside = (folder / INFO_FILE).is_file() or next(folder.glob("*.arrow"), None) is not None
    return beside and (folder / STATE_FILE).is_file()


def _library(data: str) -> Any:
    return load_optional("datasets", data)


def _source(name: str, content: Any, text_column: str | None, label_column: str | None) -> TextSource:
    """The texts of a data set, or of one part of it. Parts that are none of ours, or have no labels, are passed
    over.
    """
    given = (
        {"train": content} if hasattr(content, "column_names") and isinstance(content.column_names, list) else content
    )
    rows: list[Row] = []
    notes: list[str] = []
    classes: list[str] | None = None
    known = {part: ours for part in given if (ours := part_of(part)) is not None}
    labels = Labels()
    if "train" not in known.values():
        raise UserError(
            f"{name} has no part called train (it has {', '.join(map(str, list(given)[:12]))}): give it as .csv files."
        )
    for part, ours in known.items():
        table = given[part]
        chosen = choose_columns(_as_table(f"{name}, {part}", table), text=text_column, label=label_column)
        text, label = (table.column_names[column] for column in (chosen.text, chosen.label))
        notes += [note for note in chosen.notes if note not in notes]
        if len(table) and set(table[label][:]) == {NO_LABEL}:
            notes.append(f"the {part} part has no labels and is left out")
            continue
        named: list[str] | None = getattr(table.features[label], "names", None)
        classes = classes or named
        called = _called(named)
        rows += _rows(table, text, label, called, part, "" if len(known) == 1 else ours, labels)
    if others := [str(part) for part in given if part not in known]:
        notes.append(f"parts that are not read: {', '.join(others)}")
    return source_of_rows(name, rows, classes=classes, notes=[*notes, *labels.notes()])


def _as_table(name: str, part: Any) -> Table:
    """Return the beginning of a part as a table, whose columns can be chosen."""
    some = part[:HEAD_ROWS]
    head = [Line(number, cells) for number, cells in enumerate(zip(*some.values(), strict=True), start=1)]
    return Table(path=Path(name), columns=tuple(some), rows=lambda _: iter(()), head=head, words="a data set")


def _called(named: list[str] | None) -> Callable[[Any], Any]:
    """From a label to its class's name; a number that no class has stays missing."""
    if named is None:
        return lambda label: label
    return lambda label: named[label] if isinstance(label, int) and 0 <= label < len(named) else None


def _rows(
    table: Any, text: str, label: str, called: Callable[[Any], Any], part: str, ours: str, labels: Labels
) -> Iterator[Row]:
    for number, (one, its) in enumerate(zip(table[text], table[label], strict=True), start=1):
        where = f"{part}, row {number}"
        readable, reason = text_of(one, where)
        yield Row(where, readable, labels.name(called(its), where), ours, reason=reason)
