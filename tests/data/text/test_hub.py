"""Texts of the Hugging Face hub, and what its library saved."""

import pytest

from skipwise.data.text.hub import is_saved
from skipwise.data.text.open import are_texts
from support.annotations import image_folder


@pytest.mark.parametrize("name", ["state.json", "dataset_dict.json", "train/state.json"])
def test_images_beside_a_state_are_no_texts(tmp_path, name):
    (image_folder(tmp_path) / name).write_text("{}")
    assert not is_saved(tmp_path)
    assert not are_texts(str(tmp_path))


def test_what_the_library_saves_is_known(tmp_path):
    datasets = pytest.importorskip("datasets")
    part = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [0, 1]})
    part.save_to_disk(tmp_path / "one")
    datasets.DatasetDict({"train": part, "test": part}).save_to_disk(tmp_path / "two")
    assert is_saved(tmp_path / "one")
    assert is_saved(tmp_path / "two")
