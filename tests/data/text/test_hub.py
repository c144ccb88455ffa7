"""Texts of the Hugging Face hub, what its library saved, and the error where that library is missing."""

import sys
from pathlib import Path

import pytest

from skipwise.data import open_texts
from skipwise.data.glimpse import look_at
from skipwise.data.text.hub import is_saved
from skipwise.data.text.open import readings
from skipwise.errors import UserError
from support.annotations import image_folder
from support.texts import content, file, rows


@pytest.mark.parametrize("name", ["state.json", "dataset_dict.json", "train/state.json"])
def test_images_beside_a_state_are_no_texts(tmp_path, name):
    (image_folder(tmp_path) / name).write_text("{}")
    assert not is_saved(tmp_path)
    assert not readings(look_at(tmp_path))


def test_what_the_library_saves_is_known(tmp_path):
    datasets = pytest.importorskip("datasets")
    part = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [0, 1]})
    part.save_to_disk(tmp_path / "one")
    datasets.DatasetDict({"train": part, "test": part}).save_to_disk(tmp_path / "two")
    assert is_saved(tmp_path / "one")
    assert is_saved(tmp_path / "two")


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
    assert readings(look_at(Path(data)))
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
