"""Parts, names and places that people give and that cannot be used, or are ambiguous: each said as just that."""

import json
import shutil

import pytest

from skipwise.data import open_scenes
from skipwise.data.boxes.open import readings
from skipwise.data.glimpse import look_at
from skipwise.data.layout import recognise
from skipwise.errors import UserError
from support import fruit
from support.annotations import PHOTOS, coco, entry, image_folder, photo, ready, refusal, voc, voc_object, yolo
from support.fruit_exports import cvat, labelme, tables, yolo_beside, yolo_darknet


def notes(folder):
    return " ".join(ready(folder).manifest.notes)


def test_a_part_of_a_description_that_is_gone(tmp_path):
    yolo(tmp_path, names="train: images\nval: valid/images\nnames: [cat, dog]")
    assert "data.yaml names 'valid/images' for the validation part, and nothing of that name lies in" in refusal(
        tmp_path
    )


@pytest.mark.parametrize("description", ["train: images/train\nval: images/val\nnames: [cat, dog]", None])
def test_a_part_without_a_single_label_file(tmp_path, description):
    yolo(tmp_path / "made", names=None)
    for kind in ("images", "labels"):
        (tmp_path / kind).mkdir()
        shutil.move(tmp_path / "made" / kind, tmp_path / kind / "train")
    for i in range(3):
        photo(tmp_path / "images" / "val" / f"x{i}.png", 100 + i)
    if description:
        (tmp_path / "data.yaml").write_text(description)
    assert f"The validation part of {tmp_path.name} (images/val) has 3 images and not a single label file" in refusal(
        tmp_path
    )


def test_a_part_without_a_single_box(tmp_path):
    fruit.coco_beside(tmp_path)
    written = fruit.content(fruit.PARTS["test"])
    (tmp_path / "test.json").write_text(json.dumps(written | {"annotations": []}))
    assert f"The test part of {tmp_path.name} has 3 images and not a single box: annotate some" in refusal(tmp_path)


def test_images_that_a_list_leaves_out_are_told(tmp_path):
    yolo(tmp_path, names="train: train.txt\nval: val.txt\nnames: [cat, dog]")
    (tmp_path / "train.txt").write_text("".join(f"./images/{i}.png\n" for i in range(1, 7)))
    (tmp_path / "val.txt").write_text("".join(f"/elsewhere/images/{i}.png\n" for i in range(7, 10)))
    source = open_scenes(tmp_path)
    assert sorted(source.parts) == ["train"] * 6 + ["validation"] * 3
    assert source.notes == ("images that data.yaml does not name are left out: 3 (the first: images/10.png)",)
    (tmp_path / "val.txt").write_text("images/7.png\nimages/lost.png\n")
    assert (
        "val.txt lists 2 images of the validation part, of which 1 are not there (the first: images/lost.png)"
        in refusal(tmp_path)
    )


def test_parts_that_the_description_spells_otherwise_or_leaves_out(tmp_path):
    fruit.yolo_exported(tmp_path)
    assert open_scenes(tmp_path).notes == (
        "data.yaml names ../valid/images for the validation part, and val/images is read",
        "data.yaml does not name the test part, whose folder is there and is read (test/images/09.png and its like)",
    )


def test_class_lists_that_number_otherwise_are_refused(tmp_path):
    yolo_beside(tmp_path)
    (tmp_path / "val" / "day" / "classes.txt").write_text("cherry\napple\nbig pear")
    assert "val/day/classes.txt" in refusal(tmp_path)
    assert "give other names to the same numbers" in refusal(tmp_path)
    (tmp_path / "val" / "day" / "classes.txt").write_text("apple\nbig pear")
    assert open_scenes(tmp_path).classes == fruit.CLASSES


@pytest.mark.parametrize("number", ["1e19", "100000000", "10000"])
def test_class_numbers_are_bounded(tmp_path, number):
    yolo(tmp_path, f"{number} .5 .5 .2 .2\n", names=None)
    assert f"1.txt, line 1 has the class {number}: classes are numbered from 0 to 9,999." in refusal(tmp_path)


def test_class_numbers_that_nobody_uses_take_no_room(tmp_path):
    yolo(tmp_path, "9999 .5 .5 .2 .2\n", names=None)
    assert open_scenes(tmp_path).classes == ("0", "1", "9999")


def test_names_are_bounded(tmp_path):
    yolo(tmp_path, names="names:\n" + "".join(f"- c{i}\n" for i in range(10_001)))
    assert "data.yaml, line 2: names holds 10,001 entries, and at most 10,000 are read." in refusal(tmp_path)
    (tmp_path / "data.yaml").write_text("names:\n  " + "9" * 900 + ": a")
    assert "and must be numbered as in `0: cat`" in refusal(tmp_path)
    (tmp_path / "data.yaml").write_text("#" * (1 << 20) + "\nnames: [a]")
    assert "at most 1,048,576 are read" in refusal(tmp_path)


def test_a_list_of_darknet_that_is_there_without_obj_data(tmp_path):
    yolo_darknet(tmp_path)
    (tmp_path / "obj.data").unlink()
    source = open_scenes(tmp_path)
    assert [source.parts.count(part) for part in ("train", "validation", "test")] == [6, 3, 3]
    assert source.classes == fruit.CLASSES


def test_two_kinds_of_annotations_ask_which_is_meant(tmp_path):
    fruit.coco_beside(tmp_path)
    (tmp_path / "images_of_cvat").mkdir()
    cvat(tmp_path / "images_of_cvat")
    words = refusal(tmp_path)
    assert "can be read in ways that train different things: COCO boxes: test.json, train.json, val.json" in words
    assert "CVAT boxes: images_of_cvat/annotations.xml" in words
    assert len(open_scenes(tmp_path / "images_of_cvat").names) == 12


@pytest.mark.parametrize("inside", ["annotations", "labels"])
def test_the_folder_of_annotations_alone_may_be_given(tmp_path, inside):
    if inside == "annotations":
        fruit.coco_official(tmp_path)
    else:
        fruit.yolo(tmp_path)
    assert open_scenes(tmp_path / inside).names == open_scenes(tmp_path).names


def test_annotations_without_a_part_are_left_out_beside_parts(tmp_path):
    fruit.coco_beside(tmp_path)
    (tmp_path / "all.json").write_text(json.dumps(fruit.content(range(12))))
    assert "annotation files of no part are left out beside those of parts: 1 (all.json)" in notes(tmp_path)


def test_images_of_one_part_that_is_not_trained_on_are_split_anew(tmp_path):
    fruit.coco_beside(tmp_path)
    for part in ("train", "test"):
        (tmp_path / f"{part}.json").unlink()
    source = open_scenes(tmp_path)
    assert source.parts == ["", "", ""]
    assert source.notes == ("all images are of the validation part, which is split anew",)


def test_an_image_of_another_part_is_never_taken(tmp_path):
    fruit.coco_beside(tmp_path)
    (tmp_path / "train" / "00.png").unlink()
    shutil.copy(tmp_path / "val" / "06.png", tmp_path / "val" / "00.png")
    scenes = ready(tmp_path)
    assert [some.name for some in scenes.manifest.unreadable] == ["train/00.png"]


def test_categories_of_one_name_are_one_class_and_told(tmp_path):
    categories = [{"id": 1, "name": "cat"}, {"id": 2.0, "name": "cat "}]
    scenes = ready(coco(tmp_path, categories=categories))
    assert scenes.classes == ("cat",)
    assert "categories of one name are one class: 1 (t.json: categories[1], cat)" in scenes.manifest.notes


def test_shares_where_pixels_are_expected(tmp_path):
    only = [entry(i, (0.1, 0.2, 0.5, 0.5)) for i in range(1, PHOTOS + 1)]
    scenes = ready(coco(tmp_path, only=only))
    assert scenes.objects[0].boxes.round(9).tolist() == [[4, 6, 24, 21]]
    assert "boxes are below 1 where pixels are expected, and are read as shares of the image: 1 (t.json)" in notes(
        tmp_path
    )


def test_an_error_does_not_blame_for_boxes_that_were_left_out(tmp_path):
    only = [entry(i, iscrowd="yes") for i in range(1, PHOTOS + 1)]
    words = refusal(coco(tmp_path, only=only))
    assert "annotate some" not in words
    assert (
        "t has 12 images and no box that can be used (boxes round crowds (iscrowd) are left out: 12 (the first:"
        in words
    )


def test_difficult_objects_and_other_boxes_of_xml(tmp_path):
    outline = "<polygon><x1>3</x1><y1>4</y1><x2>12</x2><y2>4</y2><x3>12</x3><y3>11</y3></polygon>"
    turned = "<robndbox><cx>10</cx><cy>10</cy><w>8</w><h>4</h><angle>0</angle></robndbox>"
    objects = [
        voc_object(more="<difficult>False</difficult>"),
        voc_object(more="<difficult>True</difficult>"),
        f"<object><name>cat</name>{outline}</object>",
        f"<object><name>cat</name>{turned}</object>",
    ]
    source = open_scenes(voc(tmp_path, f"<annotation>{''.join(objects)}</annotation>"))
    first = source.annotations[source.names.index("JPEGImages/1.png")]
    assert first.boxes.tolist() == [[2, 3, 12, 11], [2, 3, 12, 11], [5, 7, 14, 12]]
    assert source.tally.counts["objects marked difficult are left out"] == 1
    assert source.tally.counts["objects without a box have the one round their outline"] == 2


def test_an_image_that_only_the_filename_names(tmp_path):
    voc(tmp_path)
    (tmp_path / "Annotations" / "1.xml").write_text(
        f"<annotation><filename>7.PNG</filename>{voc_object()}</annotation>"
    )
    (tmp_path / "Annotations" / "7.xml").rename(tmp_path / "Annotations" / "seven.xml")
    (tmp_path / "Annotations" / "seven.xml").write_text(
        f"<annotation><filename>7.PNG</filename>{voc_object()}</annotation>"
    )
    assert "JPEGImages/7.png" in open_scenes(tmp_path).names


def test_a_list_of_which_nothing_is_there(tmp_path):
    lists = voc(tmp_path) / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("".join(f"{i}.png\n" for i in range(1, 9)))
    (lists / "test.txt").write_text("x1\nx2\n")
    assert "ImageSets lists 2 images of the test part, and none of them is there" in refusal(tmp_path)


def test_names_in_two_folders_are_told_by_their_way_or_refused(tmp_path):
    labelme(tmp_path)
    shutil.copy(tmp_path / "test" / "09.png", tmp_path / "train" / "09.png")
    assert "test/09.png" in open_scenes(tmp_path).names
    (tmp_path / "other").mkdir()
    tables(tmp_path / "other")
    content = (tmp_path / "other" / "test" / "_annotations.csv").read_text()
    (tmp_path / "other" / "boxes.csv").write_text(content)
    for part in ("train", "test", "val"):
        (tmp_path / "other" / part / "_annotations.csv").unlink()
    shutil.copytree(tmp_path / "other" / "test", tmp_path / "other" / "again")
    with pytest.raises(
        UserError, match=r"holds both again/09\.png and test/09\.png, and boxes\.csv, line 2 may mean either"
    ):
        open_scenes(tmp_path / "other")


def test_shapes_without_an_area_and_circles(tmp_path):
    photo(tmp_path / "a.png")
    shapes = [
        {"label": "cat", "shape_type": "circle", "points": [[20, 15], [23, 19]]},
        {"label": "cat", "shape_type": "polygon", "points": [[1, 2], [9, 3], [5, 8]]},
        {"label": "cat", "shape_type": "point", "points": [[1, 2]]},
    ]
    (tmp_path / "a.json").write_text(json.dumps({"shapes": shapes, "imagePath": "..\\x\\a.png"}))
    source = open_scenes(tmp_path)
    assert source.annotations[0].boxes.tolist() == [[15, 10, 25, 20], [1, 2, 9, 8]]
    assert source.tally.counts == {
        "shapes (circle) are taken by the boxes round them": 1,
        "shapes (polygon) are taken by the boxes round them": 1,
        "shapes without an area (point) are left out": 1,
    }


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("a.json", {"categories": {}, "items": [], "info": {}}, "is an export of Datumaro"),
        ("a.xml", "<annotations><track/></annotations>", "is an export of CVAT for video"),
        ("train.tfrecord-00000-of-00001", "x", "is of TFRecord, which is not read: export as COCO, Pascal VOC or YOLO"),
        ("data.mdb", "x", "is of LMDB"),
        ("training/label_2/000.txt", "Car 0", "is of KITTI"),
        ("labelTxt/a.txt", "1 2 3", "is of DOTA"),
    ],
)
def test_annotations_that_are_not_read_are_named(tmp_path, file, content, words):
    image_folder(tmp_path)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(content if isinstance(content, str) else json.dumps(content))
    (reading,) = readings(look_at(tmp_path))
    assert words in reading.refused
    assert refusal(tmp_path) == reading.refused
    assert readings(look_at(tmp_path))


def test_masks_and_unknown_files_beside_images_are_named(tmp_path):
    from PIL import Image

    for i in range(3):
        photo(tmp_path / "images" / f"{i}.png", i)
        (tmp_path / "masks").mkdir(exist_ok=True)
        Image.new("L", (8, 8)).save(tmp_path / "masks" / f"{i}.png")
    assert "masks holds masks of the images in images, and masks alone are not read" in refusal(tmp_path)
    shutil.rmtree(tmp_path / "masks")
    for i in range(3):
        (tmp_path / "images" / f"{i}.json").write_text('{"what": 1}')
    assert "0.json lies beside an image as its annotation does, in a form that is not known" in refusal(tmp_path)


def test_class_folders_are_no_annotations(tmp_path):
    image_folder(tmp_path)
    (tmp_path / "train" / "cats" / "notes.txt").write_text("0 is a good number")
    (tmp_path / "labels.csv").write_text("path,label\na.png,cat\n")
    (tmp_path / "README.txt").write_text("1 2 3 4 5\n")
    assert readings(look_at(tmp_path)) == []


def test_json_of_texts_has_no_reading_as_boxes(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"text": "good", "label": "pos"}]))
    (tmp_path / "b.json").write_text('{"text": "good", "label": "pos"}\n' * 2)
    assert readings(look_at(tmp_path / "a.json")) == readings(look_at(tmp_path / "b.json")) == []
    assert readings(look_at(tmp_path)) == []


def test_a_table_of_images_with_boxes_beside_their_classes_stays_one(tmp_path):
    image_folder(tmp_path)
    names = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png"))
    rows = [f"{name},{'owl' if i % 2 else 'jay'},1,1,3,3" for i, name in enumerate(names)]
    (tmp_path / "table.csv").write_text("\n".join(["filename,species,bbox_x,bbox_y,bbox_width,bbox_height", *rows]))
    found = recognise(str(tmp_path / "table.csv"))
    assert found.lines[0] == "images in a table: table.csv"
