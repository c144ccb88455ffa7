"""Data of other tasks are not taken for annotated images or texts, and annotations lead to images of their own data
only.
"""

import json

import pytest

from skipwise.data.boxes.coco import LOOKED_AT
from skipwise.data.boxes.open import is_annotated, read_annotated
from skipwise.data.text.hub import is_saved
from skipwise.data.text.open import are_texts
from support.annotations import PHOTOS, coco, photo, refusal, yolo


def image_folder(folder):
    for name in ("cats", "dogs"):
        for i in range(3):
            photo(folder / "train" / name / f"{i}.png", i)
    return folder


@pytest.mark.parametrize(
    "content",
    [
        '{"lr": 0.1}',
        "[1, 2]",
        "",
        "{",
        '{"images": [1]}',
        "[" * 100_000,
        '{"lr": "' + "a" * LOOKED_AT + '"}',
        '{"text": "say \\"images\\" or annotations: ' + "a" * LOOKED_AT + '"}',
    ],
)
def test_images_beside_some_json_are_no_boxes(tmp_path, content):
    image_folder(tmp_path)
    for name in ("train.json", "train/_annotations.coco.json", "val.json", "valid.json"):
        (tmp_path / name).write_text(content)
    assert not is_annotated(tmp_path)


def test_what_some_json_lacks_is_still_said_where_boxes_are_asked_for(tmp_path):
    (image_folder(tmp_path) / "train.json").write_text('{"lr": 0.1}')
    assert "train.json has no list 'images'" in refusal(tmp_path)


@pytest.mark.parametrize("padding", [0, LOOKED_AT])
def test_coco_is_known_by_its_lists_be_it_small_large_or_broken(tmp_path, padding):
    content = json.loads(coco(tmp_path).read_text())
    (tmp_path / "t").rename(tmp_path / "train")
    text = json.dumps({"info": "", **content, "more": "a" * padding})
    (tmp_path / "train.json").write_text(text)
    assert is_annotated(tmp_path)
    assert len(read_annotated(tmp_path).names) == PHOTOS
    (tmp_path / "train.json").write_text("\ufeff" + text)
    assert is_annotated(tmp_path)
    (tmp_path / "train.json").write_text(text[:-5])
    assert is_annotated(tmp_path)
    assert "train.json cannot be read as JSON" in refusal(tmp_path)


def test_a_json_of_another_kind_does_not_hide_yolo(tmp_path):
    (yolo(tmp_path) / "train.json").write_text('{"lr": 0.1}')
    assert len(read_annotated(tmp_path).names) == PHOTOS


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


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("form", ["{out}/{i}.png", "../out/{i}.png", "a/../../out/{i}.png", "..\\out\\{i}.png"])
def test_file_names_of_coco_that_lead_away(tmp_path, form, inside):
    """Only the last part of such a name counts, and it is looked for among the data's own images."""
    out, data = tmp_path / "out", tmp_path / "data"
    images = [{"id": i, "file_name": form.format(out=out, i=i)} for i in range(1, PHOTOS + 1)]
    file = coco(data, images=images)
    (data / "a").mkdir()
    for i in range(1, PHOTOS + 1):
        photo(out / f"{i}.png", i)
        if not inside:
            (data / "t" / f"{i}.png").unlink()
    if inside:
        assert sorted(read_annotated(file).files) == sorted(data / "t" / f"{i}.png" for i in range(1, PHOTOS + 1))
    else:
        assert f"None of the {PHOTOS} images that {file} lists is there" in refusal(file)


def test_names_that_are_one_file_are_refused(tmp_path):
    images = [{"id": 1, "file_name": "/x/a/1.png"}, {"id": 2, "file_name": "/x/b/1.png"}]
    assert "lists /x/a/1.png and /x/b/1.png, and for both only" in refusal(coco(tmp_path, images=images))


@pytest.mark.parametrize("lines", ["path: ../out\ntrain: images", "train: ../out/images", "train: {out}/images"])
def test_folders_of_a_description_that_lead_away(tmp_path, lines):
    """They are not read; those that lie as they are expected are."""
    yolo(tmp_path / "out")
    (tmp_path / "data").mkdir()
    text = lines.format(out=tmp_path / "out") + "\nnames: [cat, dog]"
    (tmp_path / "data" / "data.yaml").write_text(text)
    assert "holds no folders images and labels" in refusal(tmp_path / "data" / "data.yaml")
    yolo(tmp_path / "data", names=text)
    files = read_annotated(tmp_path / "data").files
    assert len(files) == PHOTOS
    assert all(file.is_relative_to(tmp_path / "data") and ".." not in file.parts for file in files)


@pytest.mark.parametrize("base", [".", "{folder}", "a/.."])
def test_folders_of_a_description_that_come_back_or_are_linked(tmp_path, base):
    yolo(tmp_path / "data" / "made", names=None)
    (tmp_path / "data" / "fruit").symlink_to("made")
    text = f"path: {base.format(folder=tmp_path / 'data')}\ntrain: fruit/images\nnames: [cat, dog]"
    (tmp_path / "data" / "data.yaml").write_text(text)
    source = read_annotated(tmp_path / "data" / "data.yaml")
    assert set(source.names) == {f"fruit/images/{i}.png" for i in range(1, PHOTOS + 1)}
    assert all(len(annotation.labels) == 1 for annotation in source.annotations)
