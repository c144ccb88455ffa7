"""A folder of texts: files by class, with or without part folders above them; or a table for each part."""

from collections import Counter
from itertools import islice
from pathlib import Path

from skipwise.data.class_folders import folders_below, parts_below
from skipwise.data.images.source import PART_NAMES
from skipwise.data.text.source import Row, TextSource, source_of_rows
from skipwise.data.text.table import TABLE_READERS, columns_of, table_rows
from skipwise.errors import UserError

TEXT_SUFFIXES = {".txt", ".text"}
LOOKED_AT = 200
"""Files of a folder whose names tell what it holds: enough to tell, few enough to be at once."""


def read_text_folder(path: Path) -> TextSource:
    """The texts below a folder. Raises UserError where there are fewer than two classes of them."""
    tables = part_tables(path)
    return _of_tables(path, tables) if tables else _of_files(path)


def part_tables(path: Path) -> list[Path]:
    """The tables of a folder that are named as a part of a split is, as train.csv, in the order of the parts."""
    tables = [file for file in sorted(path.iterdir()) if file.suffix.lower() in TABLE_READERS and _part(file)]
    return sorted(tables, key=lambda file: list(PART_NAMES).index(file.stem.lower()))


def holds_texts(path: Path) -> bool:
    """Whether a folder has tables of texts, or class folders that hold mainly text files."""
    tables = part_tables(path)
    if tables:
        return any(table.suffix.lower() != ".csv" or "text" in columns_of(table) for table in tables)
    suffixes = Counter[bool]()
    for folder in folders_below(path)[:LOOKED_AT]:
        below = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
        suffixes.update(file.suffix.lower() in TEXT_SUFFIXES for file in islice(below, LOOKED_AT))
    return suffixes[True] > suffixes[False]


def _part(file: Path) -> str | None:
    return PART_NAMES.get(file.stem.lower())


def _of_tables(path: Path, tables: list[Path]) -> TextSource:
    parts: dict[str, Path] = {}
    for table in tables:
        part = PART_NAMES[table.stem.lower()]
        if part in parts:
            raise UserError(f"{path} holds both {parts[part].name} and {table.name}: keep one {part} file.")
        parts[part] = table
    if "train" not in parts:
        names = " and ".join(table.name for table in tables)
        raise UserError(f"{path} holds {names} but no train file: add the texts to train on as {path}/train.csv.")
    alone = len(parts) == 1
    rows = [row for part, table in parts.items() for row in table_rows(table, "" if alone else part)]
    others = [file for file in path.iterdir() if file.is_file() and file not in tables]
    hidden = sum(file.name.startswith(".") for file in others)
    return source_of_rows(path.resolve().name, rows, other_files=len(others) - hidden, hidden_files=hidden)


def _of_files(path: Path) -> TextSource:
    parts, passed_over = parts_below(path, "texts")
    rows: list[Row] = []
    empty: set[str] = set()
    others = hidden = 0
    for part, root in parts.items():
        loose = [file for file in root.iterdir() if file.is_file()]
        for folder in folders_below(root):
            files = [file for file in folder.rglob("*") if file.is_file()]
            seen = [file for file in files if not any(p.startswith(".") for p in file.relative_to(folder).parts)]
            texts = [file for file in sorted(seen) if file.suffix.lower() in TEXT_SUFFIXES]
            rows += [_read(file, path, folder.name, part) for file in texts]
            others += len(seen) - len(texts)
            hidden += len(files) - len(seen)
            empty |= set() if texts else {folder.name}
        hidden_loose = sum(file.name.startswith(".") for file in loose)
        others += len(loose) - hidden_loose
        hidden += hidden_loose
    classes = {row.label for row in rows}
    if len(classes) < 2:
        raise UserError(
            f"{path} holds {f'texts of one class, {next(iter(classes))}' if classes else 'no texts'}: put the texts of each class into a folder of its own, as "
            f"{path}/good/1.txt and {path}/bad/1.txt."
        )
    told = {"folders without texts": sorted(empty - classes), "folders beside train that are not read": passed_over}
    return source_of_rows(
        path.resolve().name,
        sorted(rows, key=lambda row: row.name),
        from_files=True,
        other_files=others,
        hidden_files=hidden,
        notes=[f"{what}: {', '.join(names)}" for what, names in told.items() if names],
    )


def _read(file: Path, root: Path, label: str, part: str) -> Row:
    name = file.relative_to(root).as_posix()
    try:
        return Row(name, file.read_bytes().decode("utf-8-sig"), label, part)
    except UnicodeDecodeError as error:
        return Row(name, None, label, part, reason=f"it is not UTF-8: byte {error.start + 1}")
    except OSError as error:
        return Row(name, None, label, part, reason=(error.strerror or str(error)).lower())
