"""Print the tables of docs/data.md: an example of every layout, and the line that skipwise says of it.

python docs/layouts.py                # the tables
python docs/layouts.py --in examples  # leaves the examples in a folder, to be looked at and tried
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from layout_examples import boxes, images, texts

from skipwise.data.layout import recognise

Maker = Callable[[Path], Path]
"""Fills an empty folder and returns what is to be given to skipwise."""

LAYOUTS: dict[str, dict[str, Maker]] = {
    "Images": {
        "A folder for each class": images.class_folders,
        "Parts of a split above the classes": images.parts_above,
        "Parts of a split below the classes": images.parts_below,
        "Folders as an archive wraps them": images.unpacked,
        "A table": images.image_table,
        "A table for each part": images.image_tables,
        "A table with a column for each class (Roboflow)": images.column_for_each_class,
        "Lists without a header (mmpretrain, ImageNet)": images.image_lists,
        "Lists of the parts (Food-101, DTD)": images.part_lists,
        "Lists by number (CUB-200)": images.numbered_lists,
        "Arrays": images.arrays,
        "MNIST's IDX files, packed or not": images.idx_files,
        "The binary version of CIFAR": images.cifar_binary,
        "A row of pixels for each image": images.pixel_rows,
    },
    "Texts": {
        "A table": texts.text_table,
        "A table with another delimiter": texts.other_delimiter,
        "A table without a header": texts.without_header,
        "A Parquet file": texts.parquet_file,
        "A table for each part": texts.text_tables,
        "JSON lines": texts.json_lines,
        "A JSON array": texts.json_array,
        "fastText's format": texts.fasttext,
        "A file for each class": texts.text_files,
        "A folder for each class": texts.text_folders,
    },
    "Boxes": {
        "COCO": boxes.coco_parts,
        "COCO, as annotation tools export it": boxes.coco_export,
        "Pascal VOC": boxes.voc,
        "Pascal VOC, beside the images": boxes.voc_beside,
        "YOLO": boxes.yolo,
        "YOLO, beside the images (darknet, CVAT)": boxes.yolo_beside,
        "LabelMe, X-AnyLabeling": boxes.labelme,
        "Label Studio": boxes.label_studio,
        "CVAT": boxes.cvat,
        "VoTT": boxes.vott,
        "CreateML": boxes.create_ml,
        "VGG Image Annotator": boxes.via,
        "A table of boxes (VoTT, Roboflow)": boxes.box_table,
        "A table of boxes without a header (RetinaNet)": boxes.box_rows,
        "A table with a column of boxes": boxes.bbox_column,
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
