"""Images with boxes, as the tools that people annotate with write them."""

import json
from pathlib import Path

from layout_examples.files import SIZE, images, table, text

BOX = (4, 3, 20, 15)
"""Left, top, right and bottom of the box in each annotated example, whose images are 32x24 px."""


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


def label_studio(root: Path) -> Path:
    images(root / "pets/images", "1.jpg", "2.jpg")
    left, top, right, bottom = (100 * side / along for side, along in zip(BOX, (SIZE[0], SIZE[1]) * 2, strict=True))
    value = {"x": left, "y": top, "width": right - left, "height": bottom - top, "rectanglelabels": ["cat"]}
    size = {"original_width": SIZE[0], "original_height": SIZE[1]}
    result = [{"type": "rectanglelabels", "value": value, **size}]
    tasks = [
        {"id": number, "data": {"image": f"/data/upload/1/{number}.jpg"}, "annotations": [{"result": result}]}
        for number in (1, 2)
    ]
    text(root / "pets/project-1.json", json.dumps(tasks))
    return root / "pets"


def cvat(root: Path) -> Path:
    images(root / "pets/images", "1.jpg", "2.jpg")
    sides = " ".join(f'{name}="{side}"' for name, side in zip(("xtl", "ytl", "xbr", "ybr"), BOX, strict=True))
    shown = "".join(
        f'<image id="{number}" name="{number}.jpg" width="{SIZE[0]}" height="{SIZE[1]}"><box label="cat" {sides}/></image>'
        for number in (1, 2)
    )
    text(root / "pets/annotations.xml", f"<annotations><version>1.1</version>{shown}</annotations>")
    return root / "pets"


def vott(root: Path) -> Path:
    images(root / "pets", "1.jpg", "2.jpg")
    left, top, right, bottom = BOX
    place = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    region = {"type": "RECTANGLE", "tags": ["cat"], "boundingBox": place}
    assets = {
        str(number): {
            "asset": {"name": f"{number}.jpg", "size": {"width": SIZE[0], "height": SIZE[1]}},
            "regions": [region],
        }
        for number in (1, 2)
    }
    text(root / "pets/pets-export.json", json.dumps({"name": "pets", "assets": assets}))
    return root / "pets"


def create_ml(root: Path) -> Path:
    images(root / "pets", "1.jpg", "2.jpg")
    left, top, right, bottom = BOX
    place = {"x": (left + right) / 2, "y": (top + bottom) / 2, "width": right - left, "height": bottom - top}
    shown = [{"image": f"{number}.jpg", "annotations": [{"label": "cat", "coordinates": place}]} for number in (1, 2)]
    text(root / "pets/_annotations.createml.json", json.dumps(shown))
    return root / "pets"


def box_table(root: Path) -> Path:
    images(root / "pets", "1.jpg", "2.jpg")
    rows = [f"{number}.jpg,{','.join(map(str, BOX))},cat" for number in (1, 2)]
    table(root / "pets/annotations.csv", "image,xmin,ymin,xmax,ymax,label", *rows)
    return root / "pets"


def box_rows(root: Path) -> Path:
    images(root / "pets/images", "1.jpg", "2.jpg")
    text(root / "pets/train.csv", f"images/1.jpg,{','.join(map(str, BOX))},cat")
    text(root / "pets/val.csv", f"images/2.jpg,{','.join(map(str, BOX))},cat")
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
