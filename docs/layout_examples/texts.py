"""Texts that have a class each."""

import json
from pathlib import Path

from layout_examples.files import table, text

REVIEWS = ["a lovely film,good", "what a dull book,bad", "a superb song,good", "an awful walk,bad"]


def text_table(root: Path) -> Path:
    return table(root / "reviews.csv", "review,sentiment", *REVIEWS)


def other_delimiter(root: Path) -> Path:
    return table(root / "reviews.csv", "text;label", *(row.replace(",", ";") for row in REVIEWS))


def text_tables(root: Path) -> Path:
    table(root / "reviews/train.csv", "text,label", *REVIEWS)
    table(root / "reviews/dev.csv", "text,label", *REVIEWS[:2])
    return root / "reviews"


def without_header(root: Path) -> Path:
    kinds = ("film", "book", "song", "walk", "meal", "town")
    return text(
        root / "reviews.tsv", *(f"{'a dull' if i % 2 else 'a lovely'} {kind}\t{i % 2}" for i, kind in enumerate(kinds))
    )


def parquet_file(root: Path) -> Path:
    import pyarrow
    from pyarrow import parquet

    words, labels = zip(*(row.split(",") for row in REVIEWS), strict=True)
    (root / "reviews.parquet").parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table({"text": list(words), "label": list(labels)}), root / "reviews.parquet")
    return root / "reviews.parquet"


def json_lines(root: Path) -> Path:
    return text(
        root / "reviews.jsonl",
        *(json.dumps(dict(zip(("text", "label"), row.split(","), strict=True))) for row in REVIEWS),
    )


def json_array(root: Path) -> Path:
    rows = [dict(zip(("text", "label"), row.split(","), strict=True)) for row in REVIEWS]
    return text(root / "reviews.json", json.dumps(rows))


def fasttext(root: Path) -> Path:
    return text(root / "reviews.txt", *(f"__label__{row.split(',')[1]} {row.split(',')[0]}" for row in REVIEWS))


def text_files(root: Path) -> Path:
    text(root / "reviews/pos.txt", "a lovely film", "a superb song")
    text(root / "reviews/neg.txt", "what a dull book", "an awful walk")
    return root / "reviews"


def text_folders(root: Path) -> Path:
    for number, row in enumerate(REVIEWS):
        words, label = row.split(",")
        text(root / "reviews" / ("train" if number < 2 else "test") / label / f"{number}.txt", words)
    return root / "reviews"
