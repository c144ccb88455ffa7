"""Texts from tables, folders and the hub; what is wrong is named with its place."""

import json
import sys

import numpy as np
import pytest

from skipwise.data.manifest import UnreadableFile
from skipwise.data.text.open import are_texts, open_texts
from skipwise.errors import UserError
from support.texts import rows, table

GOOD = "text,label\n" + "".join(f"good film {i},pos\nbad film {i},neg\n" for i in range(4))


def file(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def content(source):
    named = [source.classes[label] for label in source.labels]
    return list(zip(source.texts, named, source.parts, strict=True))


def test_one_content_in_every_format(tmp_path):
    some = [
        (text, label, part) for (text, label), part in zip(rows(4), ["train", "val"] * 2 + ["test"] * 4, strict=True)
    ]
    columns = ("text", "label", "split")
    listed = [dict(zip(columns, row, strict=True)) for row in some]
    given = [str(table(tmp_path / "a.csv", some, columns))]
    given.append(file(tmp_path, "a.tsv", "\n".join("\t".join(row) for row in [columns, *some])))
    given.append(file(tmp_path, "a.jsonl", "\n".join(map(json.dumps, listed))))
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    parquet.write_table(arrow.Table.from_pylist(listed), tmp_path / "a.parquet")
    given.append(str(tmp_path / "a.parquet"))
    expected = [(text, label, {"val": "validation"}.get(part, part)) for text, label, part in some]
    for data in given:
        assert content(open_texts(data)) == expected
        assert are_texts(data)


def test_a_text_may_hold_commas_quotes_lines_and_a_mark_of_utf8(tmp_path):
    odd = 'one, "two"\nthree'
    path = table(tmp_path / "a.csv", [(odd, "x"), ("four", "y"), ("a " * 100_000, "y")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    source = open_texts(str(path))
    assert source.texts[0] == odd
    assert len(source.texts[2]) == 200_000


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("a.csv", GOOD.encode() + "caf\u00e9,pos".encode("latin-1"), "{path}, line 10 is not UTF-8 (byte 0xe9): save the file as UTF-8."),
        ("a.csv", GOOD.encode("utf-16"), "{path} is UTF-16: save it as UTF-8."),
        ("a.csv", GOOD + "hello,", "{path}, line 10 (row 9): label is empty: write the text's class there, or remove the row."),
        ("a.csv", "", "{path} has no column 'text' (it has none): name one so."),
        ("a.csv", "text,class\nhello,pos", "{path} has no column 'label' (it has text, class): name one so."),
        ("a.csv", "text,label", "{path} has no rows: it must hold one text a row, with columns text and label."),
        ("a.csv", "text,label\nwell, yes,pos", "{path}, line 2 (row 1) has 3 cells, the header 2: put double quotes around texts that hold a comma."),
        ("a.csv", GOOD + '"open,pos\n' + GOOD, "{path}, line 10 cannot be read (the quote that opens there is never closed): a quote in a text is written twice."),
        ("a.csv", "text,label\na,pos\nb,pos", "a has one label, 'pos': a comparison needs at least two classes."),
        ("a.csv", "text,label,split\na,pos,holdout", "{path}, line 2 (row 1): split is 'holdout': write train, val or test, or nothing."),
        ("a.csv", "text,label\na,pos\n  ,neg", "No text of the class 'neg' can be read (the first: a.csv, row 2: it is empty): replace them, or leave the class out."),
        ("a.jsonl", '{"text": "a", "label": 1}\n\n{"text": }', "{path}, line 3 is no JSON (Expecting value): write one object a line."),
        ("a.jsonl", '["a"]', "{path}, line 1 is '[\"a\"]', no object: write one as {{\"text\": \"what was written\", \"label\": \"its class\"}} a line."),
        ("a.jsonl", '{"txt": "a", "label": 1}', "{path}, line 1 has no column 'text' (it has txt, label): name one so."),
        ("a.jsonl", '{"text": 5, "label": 1}', "{path}, line 1: text is 5, which is no text: write it as a string."),
        ("a.jsonl", '{"text": "a", "label": NaN}', "{path}, line 1: label is empty: write the text's class there, or remove the row."),
        ("a.jsonl", '{"text": "a", "label": [1]}', "{path}, line 1: label is [1]: it must be one word or number."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path, name, given, message):
    path = file(tmp_path, name, given)
    with pytest.raises(UserError) as error:
        open_texts(path)
    assert str(error.value) == message.format(path=path)


def test_a_broken_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    with pytest.raises(UserError, match=r"a.parquet cannot be read as .parquet \(.*\): write it again\.$"):
        open_texts(file(tmp_path, "a.parquet", "none"))


def test_empty_texts_are_left_out_by_name(tmp_path):
    source = open_texts(file(tmp_path, "a.csv", GOOD + ",pos\n"))
    assert len(source.texts) == len(source.labels) == len(source.names) == 8
    assert source.unreadable == [UnreadableFile(name="a.csv, row 9", reason="it is empty")]


def test_half_a_surrogate_pair_is_left_out(tmp_path):
    lines = [json.dumps({"text": text, "label": label}) for text, label in [*rows(2), ("\ud800", "bad")]]
    assert open_texts(file(tmp_path, "a.jsonl", "\n".join(lines))).unreadable == [
        UnreadableFile(name="a.jsonl, line 5", reason="it holds half of a surrogate pair, which is no character")
    ]


def test_labels_that_are_numbers_stand_in_their_order(tmp_path):
    lines = [json.dumps({"text": "a", "label": label}) for label in (10, 2, 1.0, "2")]
    source = open_texts(file(tmp_path, "a.jsonl", "\n".join(lines)))
    assert source.classes == ("1", "2", "10")
    assert source.labels.tolist() == [2, 1, 0, 1]


def test_a_folder_of_files_by_class(tmp_path):
    for part in ("train", "test"):
        for label in ("pos", "neg"):
            for i in range(2):
                file(tmp_path, f"{part}/{label}/{i}.txt", f"{label} {part} {i}")
    file(tmp_path, "train/pos/broken.txt", b"ab\xff")
    file(tmp_path, "train/pos/notes.pdf", "")
    file(tmp_path, "train/neg/.hidden", "")
    source = open_texts(str(tmp_path))
    assert are_texts(str(tmp_path))
    assert content(source)[0] == ("neg test 0", "neg", "test")
    assert sorted(source.parts) == ["test"] * 4 + ["train"] * 4
    assert source.unreadable == [UnreadableFile(name="train/pos/broken.txt", reason="it is not UTF-8: byte 3")]
    assert (source.other_files, source.hidden_files) == (1, 1)


def test_a_folder_of_a_table_for_each_part(tmp_path):
    table(tmp_path / "train.csv", rows(3))
    table(tmp_path / "valid.csv", rows(1))
    table(tmp_path / "test.csv", rows(2))
    assert are_texts(str(tmp_path))
    assert open_texts(str(tmp_path)).parts == ["train"] * 6 + ["validation"] * 2 + ["test"] * 4
    file(tmp_path, "train.jsonl", "")
    with pytest.raises(UserError, match=r"holds both train.csv and train.jsonl: keep one train file"):
        open_texts(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "given"),
    [("a.csv", "path,label\na.png,b"), ("a.txt", "hello"), ("a.npz", b"\x00"), ("train.csv", "path,label\na.png,b")],
)
def test_what_is_no_text_is_not_claimed(tmp_path, name, given):
    path = file(tmp_path / "data", name, given)
    assert not are_texts(path)
    assert not are_texts(str(tmp_path / "data"))
    assert not are_texts("x" * 5000)
    assert not are_texts("a\0b.csv")


@pytest.fixture
def hub(tmp_path):
    """A data set as the library has it: two parts of ours, one that has no labels and one that is none of ours."""
    datasets = pytest.importorskip("datasets")
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["good", "bad"])}
    )

    def part(count, label=None):
        texts, labels = zip(*rows(count), strict=True)
        number = [["good", "bad"].index(name) if label is None else label for name in labels]
        return datasets.Dataset.from_dict({"text": list(texts), "label": number}, features=features)

    return datasets.DatasetDict(
        {"train": part(8), "validation": part(2), "test": part(2, label=-1), "unsupervised": part(2, label=-1)}
    )


def test_a_data_set_that_its_library_saved(hub, tmp_path):
    hub.save_to_disk(tmp_path / "saved")
    data = str(tmp_path / "saved")
    source = open_texts(data)
    assert are_texts(data)
    assert source.classes == ("good", "bad")
    assert content(source)[:2] == [(*rows(1)[0], "train"), (*rows(1)[1], "train")]
    assert source.parts == ["train"] * 16 + ["validation"] * 4
    assert source.notes == (
        "the test part has no labels and is left out",
        "parts that are not read: unsupervised",
    )


def test_a_name_on_the_hub_with_its_configuration(hub, monkeypatch):
    asked = []

    def load_dataset(name, configuration=None):
        asked.append((name, configuration))
        if name != "glue":
            raise FileNotFoundError(f"{name} is nowhere")
        return hub

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    assert len(open_texts("hf:glue/sst2").texts) == 20
    assert asked == [("glue/sst2", None), ("glue", "sst2")]
    with pytest.raises(UserError) as error:
        open_texts("hf:nothing")
    assert str(error.value) == (
        "hf:nothing cannot be read from the Hugging Face hub (FileNotFoundError: nothing is nowhere): check its name and "
        "the network, or save it as train.csv and test.csv with columns text and label."
    )


@pytest.mark.parametrize(("missing", "data"), [("datasets", "hf:ag_news"), ("pyarrow", "a.parquet")])
def test_a_library_that_is_missing(tmp_path, monkeypatch, missing, data):
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.chdir(tmp_path)
    file(tmp_path, "a.parquet", "")
    with pytest.raises(UserError, match=rf"^{data} needs .*{missing}.*pip install 'skipwise\[hub\]'"):
        open_texts(data)


def test_labels_are_whole_numbers(tmp_path):
    assert open_texts(file(tmp_path, "a.csv", GOOD)).labels.dtype == np.int64
