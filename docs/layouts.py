"""Make an example of every layout that data may have, and print what skipwise says of it, as docs/data.md shows it.

python docs/layouts.py                # the tables of docs/data.md
python docs/layouts.py --in examples  # leaves the examples in a folder, to be looked at and tried
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from skipwise.data.layout import recognise

BOX = (4, 3, 20, 15)
"""Left, top, right and bottom of the box in each annotated example, whose images are 32x24 px."""
SIZE = (32, 24)
Maker = Callable[[Path], Path]
"""Fills an empty folder and returns what is to be given to skipwise."""


def image(file: Path) -> None:
    """Write a small image that differs from all others."""
    file.parent.mkdir(parents=True, exist_ok=True)
    seed = sum(os.fsencode(str(file)))
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)).save(file)


def images(root: Path, *names: str) -> Path:
    """Write images below a folder."""
    for name in names:
        image(root / name)
    return root


def text(file: Path, *lines: str) -> Path:
    """Write a file of these lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def table(file: Path, header: str, *rows: str) -> Path:
    """Write a table."""
    return text(file, header, *rows)


REVIEWS = ["a lovely film,good", "what a dull book,bad", "a superb song,good", "an awful walk,bad"]


# Images


def class_folders(root: Path) -> Path:
    return images(root / "photos", "cats/1.jpg", "cats/2.jpg", "dogs/1.jpg")


def parts_above(root: Path) -> Path:
    return images(
        root / "photos", "Training/cats/1.jpg", "Training/dogs/1.jpg", "Testing/cats/2.jpg", "Testing/dogs/2.jpg"
    )


def parts_below(root: Path) -> Path:
    return images(root / "photos", "cats/train/1.jpg", "cats/val/2.jpg", "dogs/train/1.jpg", "dogs/val/2.jpg")


def unpacked(root: Path) -> Path:
    return images(root / "archive", "pets/cats/1.jpg", "pets/dogs/1.jpg")


def image_table(root: Path) -> Path:
    images(root, "a.jpg", "b.jpg", "c.jpg")
    return table(
        root / "photos.csv", "path,label,split,group", "a.jpg,cat,train,1", "b.jpg,dog,train,2", "c.jpg,cat,test,3"
    )


def image_tables(root: Path) -> Path:
    images(root / "photos/images", "a.jpg", "b.jpg", "c.jpg")
    table(root / "photos/train.csv", "image_id,breed", "a,cat", "b,dog")
    table(root / "photos/val.csv", "image_id,breed", "c,cat")
    return root / "photos"


def image_lists(root: Path) -> Path:
    images(root / "photos", "train/1.jpg", "train/2.jpg", "val/1.jpg", "val/2.jpg")
    text(root / "photos/meta/train.txt", "1.jpg 0", "2.jpg 1")
    text(root / "photos/meta/val.txt", "1.jpg 1", "2.jpg 0")
    text(root / "photos/classes.txt", "cat", "dog")
    return root / "photos"


def part_lists(root: Path) -> Path:
    images(root / "photos/images", "cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "dog/2.jpg")
    text(root / "photos/meta/train.txt", "cat/1", "dog/1")
    text(root / "photos/meta/test.txt", "cat/2", "dog/2")
    return root / "photos"


def numbered_lists(root: Path) -> Path:
    images(root / "birds/images", "001.Auk/1.jpg", "002.Wren/2.jpg", "002.Wren/3.jpg")
    text(root / "birds/images.txt", "1 001.Auk/1.jpg", "2 002.Wren/2.jpg", "3 002.Wren/3.jpg")
    text(root / "birds/image_class_labels.txt", "1 1", "2 2", "3 2")
    text(root / "birds/classes.txt", "1 001.Auk", "2 002.Wren")
    text(root / "birds/train_test_split.txt", "1 1", "2 1", "3 0")
    return root / "birds"


def idx_files(root: Path) -> Path:
    (root / "digits").mkdir()
    for part, count in (("train", 4), ("t10k", 2)):
        for name, array in (
            ("images-idx3", np.zeros((count, 8, 8), np.uint8)),
            ("labels-idx1", np.arange(count, dtype=np.uint8) % 2),
        ):
            head = bytes([0, 0, 8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape)
            (root / f"digits/{part}-{name}-ubyte").write_bytes(head + array.tobytes())
    return root / "digits"


def cifar_binary(root: Path) -> Path:
    (root / "cifar").mkdir()
    for name in ("data_batch_1.bin", "test_batch.bin"):
        (root / "cifar" / name).write_bytes(bytes([0, *[9] * 3072, 1, *[7] * 3072]))
    return root / "cifar"


def arrays(root: Path) -> Path:
    x, y = np.zeros((6, 8, 8, 3), np.uint8), np.arange(6) % 2
    np.savez(root / "photos.npz", x_train=x, y_train=y, x_val=x[:2], y_val=y[:2], x_test=x[:2], y_test=y[:2])
    return root / "photos.npz"


def pixel_rows(root: Path) -> Path:
    header = ",".join(["label", *(f"pixel{number}" for number in range(64))])
    return table(root / "digits.csv", header, *(",".join(map(str, [digit, *[10 * digit] * 64])) for digit in (3, 5, 3)))


# Texts


def text_table(root: Path) -> Path:
    return table(root / "reviews.csv", "review,sentiment", *REVIEWS)


def other_delimiter(root: Path) -> Path:
    return table(root / "reviews.csv", "text;label", *(row.replace(",", ";") for row in REVIEWS))


def text_tables(root: Path) -> Path:
    table(root / "reviews/train.csv", "text,label", *REVIEWS)
    table(root / "reviews/dev.csv", "text,label", *REVIEWS[:2])
    return root / "reviews"


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


# Boxes


def coco(file: Path, folder: Path, *names: str) -> None:
    """Write COCO's JSON and its images."""
    left, top, right, bottom = BOX
    entries = [
        {"id": number, "file_name": name, "width": SIZE[0], "height": SIZE[1]} for number, name in enumerate(names)
    ]
    boxes = [
        {"id": number, "image_id": number, "category_id": 1, "bbox": [left, top, right - left, bottom - top]}
        for number in range(len(names))
    ]
    images(folder, *names)
    text(file, json.dumps({"images": entries, "annotations": boxes, "categories": [{"id": 1, "name": "cat"}]}))


def coco_parts(root: Path) -> Path:
    for part in ("train2017", "val2017"):
        coco(root / f"pets/annotations/instances_{part}.json", root / "pets" / part, "1.jpg", "2.jpg")
    return root / "pets"


def coco_export(root: Path) -> Path:
    coco(root / "pets/result.json", root / "pets/images", "1.jpg", "2.jpg")
    return root / "pets"


def voc_xml(file: Path, name: str) -> None:
    """Write the annotation of one image as Pascal VOC has it."""
    sides = "".join(f"<{tag}>{side}</{tag}>" for tag, side in zip(("xmin", "ymin", "xmax", "ymax"), BOX, strict=True))
    size = f"<size><width>{SIZE[0]}</width><height>{SIZE[1]}</height><depth>3</depth></size>"
    text(
        file,
        f"<annotation><filename>{name}</filename>{size}<object><name>cat</name><bndbox>{sides}</bndbox></object></annotation>",
    )


def voc(root: Path) -> Path:
    images(root / "pets/JPEGImages", "1.jpg", "2.jpg", "3.jpg")
    for number in range(1, 4):
        voc_xml(root / f"pets/Annotations/{number}.xml", f"{number}.jpg")
    text(root / "pets/ImageSets/Main/train.txt", "1", "2")
    text(root / "pets/ImageSets/Main/val.txt", "3")
    return root / "pets"


def voc_beside(root: Path) -> Path:
    for part in ("train", "valid"):
        images(root / "pets" / part, "1.jpg", "2.jpg")
        voc_xml(root / "pets" / part / "1.xml", "1.jpg")
        voc_xml(root / "pets" / part / "2.xml", "2.jpg")
    return root / "pets"


def yolo_line() -> str:
    """Return a line of YOLO: class, centre and size as shares of the image."""
    left, top, right, bottom = BOX
    numbers = (
        (left + right) / 2 / SIZE[0],
        (top + bottom) / 2 / SIZE[1],
        (right - left) / SIZE[0],
        (bottom - top) / SIZE[1],
    )
    return "0 " + " ".join(f"{number:.4f}" for number in numbers)


def yolo(root: Path) -> Path:
    for part in ("train", "val"):
        images(root / "pets/images" / part, "1.jpg", "2.jpg")
        for number in (1, 2):
            text(root / f"pets/labels/{part}/{number}.txt", yolo_line())
    text(root / "pets/data.yaml", "train: images/train", "val: images/val", "names: [cat]")
    return root / "pets"


def yolo_beside(root: Path) -> Path:
    images(root / "pets/obj_train_data", "1.jpg", "2.jpg")
    for number in (1, 2):
        text(root / f"pets/obj_train_data/{number}.txt", yolo_line())
    text(root / "pets/obj.names", "cat")
    return root / "pets"


def labelme(root: Path) -> Path:
    images(root / "pets", "1.jpg", "2.jpg")
    for number in (1, 2):
        shape = {"label": "cat", "shape_type": "rectangle", "points": [BOX[:2], BOX[2:]]}
        content = {
            "version": "5.0.0",
            "imagePath": f"{number}.jpg",
            "imageWidth": SIZE[0],
            "imageHeight": SIZE[1],
            "shapes": [shape],
        }
        text(root / f"pets/{number}.json", json.dumps(content))
    return root / "pets"


def box_table(root: Path) -> Path:
    images(root / "pets", "1.jpg", "2.jpg")
    rows = [f"{number}.jpg,{','.join(map(str, BOX))},cat" for number in (1, 2)]
    table(root / "pets/annotations.csv", "image,xmin,ymin,xmax,ymax,label", *rows)
    return root / "pets"


def bbox_column(root: Path) -> Path:
    images(root / "wheat", "train/1.jpg", "train/2.jpg")
    rows = ['1,32,24,"[20, 5, 8, 6]",field', "2,32,24,,field"]
    table(root / "wheat/train.csv", "image_id,width,height,bbox,source", *rows)
    return root / "wheat"


def via(root: Path) -> Path:
    images(root / "pets", "1.jpg", "2.jpg")
    left, top, right, bottom = BOX
    shape = {"name": "rect", "x": left, "y": top, "width": right - left, "height": bottom - top}
    regions = [{"shape_attributes": shape, "region_attributes": {"class": "cat"}}]
    content = {f"{n}.jpg900": {"filename": f"{n}.jpg", "size": 900, "regions": regions} for n in (1, 2)}
    text(root / "pets/via_export_json.json", json.dumps(content))
    return root / "pets"


LAYOUTS: dict[str, dict[str, Maker]] = {
    "Images": {
        "A folder for each class": class_folders,
        "Parts of a split above the classes": parts_above,
        "Parts of a split below the classes": parts_below,
        "Folders as an archive wraps them": unpacked,
        "A table": image_table,
        "A table for each part": image_tables,
        "Lists without a header (mmpretrain, ImageNet)": image_lists,
        "Lists of the parts (Food-101, DTD)": part_lists,
        "Lists by number (CUB-200)": numbered_lists,
        "Arrays": arrays,
        "MNIST's IDX files, packed or not": idx_files,
        "The binary version of CIFAR": cifar_binary,
        "A row of pixels for each image": pixel_rows,
    },
    "Texts": {
        "A table": text_table,
        "A table with another delimiter": other_delimiter,
        "A table for each part": text_tables,
        "JSON lines": json_lines,
        "A JSON array": json_array,
        "fastText's format": fasttext,
        "A file for each class": text_files,
        "A folder for each class": text_folders,
    },
    "Boxes": {
        "COCO": coco_parts,
        "COCO, as annotation tools export it": coco_export,
        "Pascal VOC": voc,
        "Pascal VOC, beside the images": voc_beside,
        "YOLO": yolo,
        "YOLO, beside the images (darknet, CVAT)": yolo_beside,
        "LabelMe, X-AnyLabeling": labelme,
        "VGG Image Annotator": via,
        "A table of boxes (VoTT, Roboflow)": box_table,
        "A table with a column of boxes": bbox_column,
    },
}
"""Every layout by what is learned from it."""


def tree(root: Path, inside: str = "") -> Iterator[str]:
    """Yield a folder's content in lines."""
    for entry in sorted(root.iterdir(), key=lambda entry: (entry.is_file(), entry.name)):
        yield f"{inside}{entry.name}{'/' * entry.is_dir()}"
        if entry.is_dir():
            yield from tree(entry, f"{inside}  ")


def markdown(place: Path) -> Iterator[str]:
    """Yield the tables of docs/data.md, with the examples made in a folder."""
    for kind, layouts in LAYOUTS.items():
        yield from ("", f"### {kind}", "")
        yield from ("| layout | files | line |", "|---|---|---|")
        for number, (name, make) in enumerate(layouts.items(), start=1):
            root = place / kind.lower() / str(number)
            root.mkdir(parents=True)
            given = make(root)
            lines = "<br>".join(line.replace(" ", "&nbsp;") for line in tree(root))
            said = "<br>".join(recognise(str(given)).lines)
            yield f"| {name} | <code>{lines}</code> | {said} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in", dest="place", type=Path, help="the folder for the examples, which stay there")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for line in markdown(wanted.place or Path(temporary)):
            print(line)


if __name__ == "__main__":
    main()
