"""Tables of images: columns for file and label, and perhaps split and group; files are found beside the table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from skipwise.data.class_folders import listed
from skipwise.data.images.find_files import located
from skipwise.data.images.listed import Listed, Listing, classes_of, source_of_listed
from skipwise.data.images.source import Source
from skipwise.data.images.table_labels import check_single, columns_of_flags, likely_labels, one_spelling, quoted
from skipwise.data.links import is_there
from skipwise.data.parts import part_of, parts_among
from skipwise.data.tables import Line, Table, glance_at_table, is_list, open_table
from skipwise.errors import UserError, short
from skipwise.names import cut, tidy

FILE = (
    "path",
    "file",
    "filename",
    "file_name",
    "filepath",
    "file_path",
    "image",
    "img",
    "image_path",
    "image_name",
    "images",
)
IDENTITY = ("image_id", "img_id", "id", "id_code", "isic_id", "name")
UNUSUAL = ("image_index", "imageid", "image_file", "img_name", "photo", "picture")
"""Names of columns of files: those that are nothing else, and those that are where no other is there."""
LABEL = (
    "label",
    "labels",
    "class",
    "class_name",
    "classname",
    "class_id",
    "classid",
    "category",
    "target",
    "species",
    "breed",
    "diagnosis",
    "dx",
    "tag",
    "y",
)
EXAMPLES = {"sample_submission", "samplesubmission", "submission"}
"""Names of tables that show how answers are to be written, whose labels are nobody's."""
MOST_NAMED, LONGEST_NAME = 4, 60
"""Columns that a sentence names, and characters of each."""
BOXES = {"xmin", "x_min", "x1", "bbox", "box", "left", "segmentation", "encodedpixels"}
"""Columns that only annotated objects have."""


@dataclass(frozen=True, kw_only=True)
class ImageColumns:
    """The places of columns in a table of images. `one_hot`: a column for each class, where there is none of labels."""

    file: int
    label: int | None
    split: int | None
    group: int | None
    one_hot: tuple[int, ...] = ()

    def notes(self, table: Table, place: str) -> list[str]:
        """Say which columns were taken, where they are not called path and label."""
        if self.label is None:
            classes = listed([table.columns[number].strip() for number in self.one_hot])
            return [f"{place}: the class of an image is the column that holds 1 ({classes})"]
        own = table.columns[self.file], table.columns[self.label]
        if tuple(map(str.lower, own)) == ("path", "label"):
            return []
        return [f"{place}: the files are those of column {own[0]!r}, the labels those of column {own[1]!r}"]


def image_columns(table: Table, label: str | None = None) -> ImageColumns | None:
    """Find the columns of a table of images, None where it is none. Raises UserError where several may be the labels.

    `label` is the column of labels that a user named.
    """
    names = [_plain(column) for column in table.columns]
    if not table.has_header or BOXES & set(names):
        return None
    file = _file_column(table)
    if file is None:
        return None
    wanted = (label.strip().lower(),) if label is not None else LABEL
    found = [
        number for number, name in enumerate(names) if name in wanted or table.columns[number].strip().lower() in wanted
    ]
    exact = [number for number in found if names[number] == "label"]
    if len(found) > 1 and len(exact) != 1:
        several = " and ".join(repr(cut(table.columns[number], LONGEST_NAME)) for number in found[:MOST_NAMED])
        raise UserError(
            f"{table.path} has the columns {several}, and it is not clear which holds the labels: name it with --label-column."
        )
    one_hot = _one_hot(table, file) if not found and label is None else ()
    if not found and not one_hot:
        return None
    split = next((names.index(name) for name in ("split", "subset", "partition") if name in names), None)
    group = names.index("group") if "group" in names else None
    chosen = (exact or found)[0] if found else None
    return ImageColumns(file=file, label=chosen, split=split, group=group, one_hot=one_hot)


def _file_column(table: Table) -> int | None:
    """Return the column of files: of a usual name, else the only one whose cells are names of images; else None."""
    from skipwise.data.images.folder import is_image

    if any(is_image(PurePosixPath(column)) for column in table.columns):
        return None  # a list without a header, whose first row was taken for one
    names = [_plain(column) for column in table.columns]
    usual = [names.index(name) for name in (*FILE, *IDENTITY, *UNUSUAL) if name in names]
    if usual and _holds_files(table, usual[0]):
        return usual[0]
    images = [number for number in range(len(names)) if number not in usual[:1] and _holds_images(table, number)]
    return images[0] if len(images) == 1 else None


def _one_hot(table: Table, file: int) -> tuple[int, ...]:
    """Return the columns beside the file's where each row holds a single 1 and else 0, as for classes; else nothing."""
    columns = tuple(number for number in range(len(table.columns)) if number != file)
    rows = [sorted(_word(line, number) for number in columns) for line in table.head]
    single = ["0"] * (len(columns) - 1) + ["1"]
    return columns if len(columns) > 1 and rows and all([*map(_short, row)] == single for row in rows) else ()


def _short(cell: str) -> str:
    return cell.removesuffix(".0")


def _holds_images(table: Table, column: int) -> bool:
    """Return whether most cells are names of image files here, and no addresses."""
    from skipwise.data.images.folder import is_image

    cells = _cells(table, column)
    images = sum(
        is_image(PurePosixPath(cell)) or is_there(table.path.parent / cell)
        for cell in cells
        if cell and len(cell) < 500 and "://" not in cell
    )
    return images > len(cells) / 2


def _cells(table: Table, column: int) -> list[str]:
    return [str(line.cells[column]).strip() for line in table.head[:100] if column < len(line.cells)]


def _holds_files(table: Table, column: int) -> bool:
    """Return whether most cells look like the names of image files, or are called so and no text."""
    cells = _cells(table, column)
    if not cells or _holds_images(table, column):
        return True
    short = sum(len(cell.split()) == 1 and len(cell) < 100 for cell in cells)
    name = table.columns[column].strip().lower()
    return name not in ("name",) and short > len(cells) / 2


def names_images(path: Path) -> bool:
    """Return whether the files that a table lists are named as images are, or are there."""
    table = glance_at_table(path)
    file = None if table is None else _file_column(table)
    return table is not None and file is not None and (not table.head or _holds_images(table, file))


def image_tables(tables: Sequence[Path], label: str | None = None) -> list[Path]:
    """Return those of some files that are tables of images, as their beginnings show.

    Examples of answers to a contest are left out, and beside tables of the parts of a split all others.
    """
    glances = [(path, glance_at_table(path)) for path in tables]
    found = [path for path, table in glances if table is not None and image_columns(table, label) is not None]
    answers = [path for path in found if path.stem.lower() not in EXAMPLES]
    parts = parts_among([path.stem for path in answers])
    return [path for path in answers if path.stem in parts] or answers or found


def unlabelled_table(tables: Sequence[Path]) -> str | None:
    """Return the sentence on a table that lists images without a column that is known to hold labels, None for none."""
    found: list[tuple[list[str], Table]] = []
    for path in tables:
        table = glance_at_table(path)
        file = None if table is None or not table.has_header or len(table.columns) < 2 else _file_column(table)
        if table is None or file is None or BOXES & set(map(_plain, table.columns)):
            continue
        if flags := columns_of_flags(table, file):
            return (
                f"{path} gives each image several labels ({listed(flags)} hold 0 or 1 each), and skipwise compares networks on "
                f"one class an image: name the column to learn, as --label-column {quoted(flags[0])}."
            )
        found.append((likely_labels(table, file), table))
    if not found:
        return None
    likely, table = max(found, key=lambda one: len(one[0]))
    example = f", as --label-column {quoted(likely[0])}" if likely else ""
    return (
        f"{table.path} lists images, and none of its columns is known to hold labels ({listed(table.columns)}): name it "
        f"with --label-column{example}."
    )


def read_tables(root: Path, tables: Sequence[Path], label: str | None = None) -> Source:
    """Return the images that a table lists, or the tables of the parts of a split. Raises UserError naming a line."""
    named = parts_among([path.stem for path in tables]) if len(tables) > 1 else {}
    parts = {path: named.get(path.stem) or (path.parent != root and part_of(path.parent.name)) or "" for path in tables}
    listing = Listing()
    notes: list[str] = []
    spellings: dict[str, set[str]] = {}
    for path in tables:
        table = open_table(path)
        columns = image_columns(table, label)
        assert columns is not None
        notes += [
            *filter(None, [table.form_note]),
            *table.notes,
            *columns.notes(table, path.relative_to(root).as_posix()),
        ]
        for line in table.rows(range(len(table.columns))):
            if label is not None and columns.label is not None and not _word(line, columns.label):
                listing.tally.add(
                    f"rows without a label in column {table.columns[columns.label]!r} are left out", table.where(line)
                )
                continue
            row = _listed(table, columns, line, parts[path])
            if path.parent != root:
                row = replace(row, file=f"{path.parent.relative_to(root).as_posix()}/{row.file}")
            written = row.label if columns.label is None else _word(line, columns.label)
            spellings.setdefault(row.label, set()).add(written)
            listing.put(row)
    if not listing.rows:
        raise UserError(f"{tables[0]} has no rows below its header: list one image a row.")
    same = [name for name, written in spellings.items() if len(written) > 1]
    notes += [f"labels that look the same are one class: {listed(same)}"] if same else []
    images, alike = one_spelling(listing.rows.values())
    notes += alike
    check_single(classes_of(images, tables[0], listing.tally), images)
    names, told = located(root, [row.file for row in images], str(tables[0]))
    name = tables[0].stem if len(tables) == 1 else root.resolve().name
    return source_of_listed(name, root, images, names, (*notes, *told, *listing.tally.notes()))


def _listed(table: Table, columns: ImageColumns, line: Line, part: str) -> Listed:
    where = table.where(line)
    file = _word(line, columns.file)
    label = _only_class(table, columns, line) if columns.label is None else _word(line, columns.label)
    for what, word, column in (("file", file, columns.file), ("label", label, columns.label)):
        if not word and column is not None:
            raise UserError(
                f"{where}: {table.columns[column]} is empty: write the image's {what} there, or remove the row."
            )
    if columns.label is not None and is_list(label):
        raise UserError(
            f"{where}: {table.columns[columns.label]} is {short(label, 60)!r}, a list of labels: skipwise gives each image one "
            "class; keep one label an image, or give boxes a row each with columns xmin, ymin, xmax and ymax."
        )
    split = _word(line, columns.split)
    if split and part_of(split) is None:
        raise UserError(
            f"{where}: {table.columns[columns.split or 0]} is {split!r}: write train, val or test, or nothing."
        )
    return Listed(
        file=file, label=tidy(label), part=part or part_of(split) or "", group=_word(line, columns.group), where=where
    )


def _only_class(table: Table, columns: ImageColumns, line: Line) -> str:
    """Return the name of the column that holds 1. Raises UserError where it is not one."""
    own = [table.columns[number].strip() for number in columns.one_hot if _short(_word(line, number)) == "1"]
    if len(own) != 1:
        raise UserError(
            f"{table.where(line)} has {f'the classes {listed(own)}' if own else 'no class'}: an image has one class here, so "
            "mend or remove the row."
        )
    return own[0]


def _plain(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("-", "_")


def _word(line: Line, column: int | None) -> str:
    """Return a cell as a word, whole numbers without a point, "" where it is missing."""
    cell: Any = line.cells[column] if column is not None and column < len(line.cells) else None
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
