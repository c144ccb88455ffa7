"""Small texts and what is read from them in a moment."""

import csv

from skipwise.data import Options, prepare_texts

WORDS = {"good": "fine bright warm lovely", "bad": "dull grey cold dreary"}
GOOD = "text,label\n" + "".join(f"good film {i},pos\nbad film {i},neg\n" for i in range(4))
"""A .csv that can be read."""


def rows(count=40, long=0):
    """`count` texts of each class with words of their own and a number; number i has up to `long` further words."""
    return [
        (f"film {i} was {' and '.join(words.split()[: i % 4 + 1])}" + " so" * (i * 7 % (long + 1)), label)
        for i in range(count)
        for label, words in WORDS.items()
    ]


def table(path, some, columns=("text", "label")):
    """A .csv of these rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(some)
    return path


def texts(path, some=None, progress=None, **options):
    """The data set of a .csv of these rows, made there."""
    return prepare_texts(str(table(path, rows() if some is None else some)), Options(**options), progress=progress)


def file(folder, name, content):
    """The path of a file with this content, bytes or text."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def content(source):
    """The texts of a source, each with the name of its class and its part."""
    named = [source.classes[label] for label in source.labels]
    return list(zip(source.texts, named, source.parts, strict=True))
