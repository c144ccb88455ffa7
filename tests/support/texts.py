"""Small texts and what is read from them in a moment."""

import csv

from skipwise.data import prepare_texts

WORDS = {"good": "fine bright warm lovely", "bad": "dull grey cold dreary"}


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


def texts(path, some=None, **options):
    """The data set of a .csv of these rows, made there."""
    asked = {"size": None, "tokens": None, "test_size": None, "split_seed": 0, **options}
    return prepare_texts(str(table(path, rows() if some is None else some)), **asked)
