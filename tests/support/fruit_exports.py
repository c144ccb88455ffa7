"""The twelve images of fruit as the tools that people annotate with export them."""

import csv
import json
import shutil

from support.fruit import BOXES, CLASSES, HEIGHT, LABELS, PARTS, WIDTH, content, lines, photos, voc


def coco_instances(folder):
    """CVAT's name, with ids and boxes as other programs write them."""
    (folder / "annotations").mkdir()
    for part, numbers in PARTS.items():
        photos(folder / "images" / part, numbers)
        written = content(numbers)
        for image in written["images"]:
            image["file_name"] = f"{part}/{image['file_name']}"
        for entry in written["annotations"]:
            entry |= {"image_id": f"{entry['image_id']:06d}", "category_id": float(entry["category_id"])}
            entry |= {"bbox": str(entry["bbox"]), "iscrowd": "False"}
        (folder / "annotations" / f"anns_{part}.json").write_text(json.dumps(written))


def coco_outlines(folder):
    """Polygons, and masks of runs, without boxes."""
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        written = content(numbers)
        for entry, i in zip(written["annotations"], numbers, strict=True):
            del entry["bbox"]
            left, top, right, bottom = BOXES[i]
            run = [left * HEIGHT + top, *[bottom - top, HEIGHT - (bottom - top)] * (right - left - 1), bottom - top]
            polygon = [[left, top, right, top, right, bottom, left, bottom]]
            entry["segmentation"] = {"counts": run, "size": [HEIGHT, WIDTH]} if i % 2 else polygon
        (folder / f"{part}.json").write_text(json.dumps(written))


def voc_beside(folder):
    """Roboflow's and labelImg's: a file beside each image, named after it with or without its suffix."""
    voc(folder / "made")
    for part, numbers in PARTS.items():
        (folder / part).mkdir()
        for i in numbers:
            shutil.move(folder / "made" / "JPEGImages" / f"{i:02}.png", folder / part)
            name = f"{i:02}.png.xml" if i % 2 else f"{i:02}.xml"
            shutil.move(folder / "made" / "Annotations" / f"{i:02}.xml", folder / part / name)
    shutil.rmtree(folder / "made")


def yolo_beside(folder):
    for part, numbers in PARTS.items():
        photos(folder / part / "day", numbers)
        for i in numbers:
            (folder / part / "day" / f"{i:02}.txt").write_text(lines(i))
        (folder / part / "day" / "classes.txt").write_text("\n".join(CLASSES))


def yolo_darknet(folder):
    """CVAT's: lists of the parts, with paths of another machine, and obj.data."""
    photos(folder / "obj_train_data", range(12))
    for part, numbers in PARTS.items():
        (folder / f"{part}.txt").write_text("".join(f"data/obj_train_data/{i:02}.png\n" for i in numbers))
    for i in range(12):
        (folder / "obj_train_data" / f"{i:02}.txt").write_text(lines(i))
    (folder / "obj.names").write_text("\n".join(CLASSES))
    (folder / "obj.data").write_text(
        "classes = 3\ntrain = data/train.txt\nvalid = data/val.txt\ntest = data/test.txt\nnames = data/obj.names\n"
        "backup = backup/\neval = coco\n"
    )


def labelme(folder):
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        for i in numbers:
            left, top, right, bottom = BOXES[i]
            shape = {"label": CLASSES[LABELS[i]], "points": [[right, bottom], [left, top]], "shape_type": "rectangle"}
            written = {"version": "5.5.0", "shapes": [shape], "imagePath": f"{i:02}.png", "imageData": None}
            written |= {"imageHeight": HEIGHT, "imageWidth": WIDTH}
            (folder / part / f"{i:02}.json").write_text(json.dumps(written))


def _percent(i):
    left, top, right, bottom = BOXES[i]
    shares = {"x": left / WIDTH, "y": top / HEIGHT, "width": (right - left) / WIDTH, "height": (bottom - top) / HEIGHT}
    return {name: 100 * share for name, share in shares.items()} | {
        "rectanglelabels": [CLASSES[LABELS[i]]],
        "rotation": 0,
    }


def label_studio(folder):
    tasks = []
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        for i in numbers:
            size = {"original_width": WIDTH, "original_height": HEIGHT}
            region = {"type": "rectanglelabels", "value": _percent(i), **size}
            annotations = [{"was_cancelled": True, "result": []}, {"was_cancelled": False, "result": [region]}]
            link = f"/data/upload/1/0123abcd-{i:02}.png" if i % 2 else f"/data/local-files/?d={part}%2F{i:02}.png"
            tasks.append({"id": i, "data": {"image": link}, "annotations": annotations})
    (folder / "project-1-at-2024.json").write_text(json.dumps(tasks))


def label_studio_min(folder):
    tasks = []
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        size = {"original_width": WIDTH, "original_height": HEIGHT}
        tasks += [{"image": f"s3://fruit/{i:02}.png", "id": i, "label": [_percent(i) | size]} for i in numbers]
    (folder / "min.json").write_text(json.dumps(tasks))


def cvat(folder):
    rows = []
    for part, numbers in PARTS.items():
        photos(folder / "images" / part, numbers)
        for i in numbers:
            sides = " ".join(f'{n}="{v}"' for n, v in zip(("xtl", "ytl", "xbr", "ybr"), BOXES[i], strict=True))
            rows.append(
                f'<image id="{i}" name="{part}/{i:02}.png" subset="{part}" width="{WIDTH}" height="{HEIGHT}">'
                f'<box label="{CLASSES[LABELS[i]]}" {sides}><attribute name="a">b</attribute></box></image>'
            )
    text = f"<annotations><version>1.1</version><meta><task/></meta>{''.join(rows)}</annotations>"
    (folder / "annotations.xml").write_text(text)


def _asset(i):
    left, top, right, bottom = BOXES[i]
    box = {"left": left, "top": top, "width": right - left, "height": bottom - top}
    asset = {"name": f"{i:02}.png", "path": f"file:/x/{i:02}.png", "size": {"width": WIDTH, "height": HEIGHT}}
    return {"asset": asset, "regions": [{"type": "RECTANGLE", "tags": [CLASSES[LABELS[i]]], "boundingBox": box}]}


def vott(folder):
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        for i in numbers:
            (folder / part / f"{i:032x}-asset.json").write_text(json.dumps(_asset(i)))


def vott_export(folder):
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
    written = {"name": "fruit", "assets": {str(i): _asset(i) for i in range(12)}}
    (folder / "fruit-export.json").write_text(json.dumps(written))


def create_ml(folder):
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        written = []
        for i in numbers:
            left, top, right, bottom = BOXES[i]
            place = {"x": (left + right) / 2, "y": (top + bottom) / 2, "width": right - left, "height": bottom - top}
            annotation = {"label": CLASSES[LABELS[i]], "coordinates": place}
            written.append({"image": f"{i:02}.png", "annotations": [annotation]})
        (folder / part / "_annotations.createml.json").write_text(json.dumps(written))


def _via_region(i):
    left, top, right, bottom = BOXES[i]
    rectangle = {"name": "rect", "x": left, "y": top, "width": right - left, "height": bottom - top}
    outline = {"name": "polygon", "all_points_x": [left, right, right], "all_points_y": [top, top, bottom]}
    radius = (right - left) / 2
    circle = {"name": "circle", "cx": left + radius, "cy": top + radius, "r": radius}
    shape = (rectangle, outline, circle)[i % 3]
    return {"shape_attributes": shape, "region_attributes": {"fruit": CLASSES[LABELS[i]], "note": "ripe" if i else ""}}


def via_project(folder):
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
    entries = {f"{i:02}.png99": {"filename": f"{i:02}.png", "size": 99, "regions": [_via_region(i)]} for i in range(12)}
    (folder / "via_project_5Nov.json").write_text(json.dumps({"_via_settings": {}, "_via_img_metadata": entries}))


def via_annotations(folder):
    """As of version 1, whose regions are numbered, beside the images of each part; of classes that are ticked."""
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        regions = {i: _via_region(i) for i in numbers}
        for region in regions.values():
            region["region_attributes"] = {"fruit": {region["region_attributes"]["fruit"]: True, "none": False}}
        entries = {f"{i:02}.png99": {"filename": f"{i:02}.png", "regions": {"0": regions[i]}} for i in numbers}
        (folder / part / "via_region_data.json").write_text(json.dumps(entries))


def via_table(folder):
    header = ["#filename", "file_size", "file_attributes", "region_count", "region_id", *VIA_COLUMNS]
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
    regions = [_via_region(i) for i in range(12)]
    cells = [[json.dumps(region["shape_attributes"]), json.dumps(region["region_attributes"])] for region in regions]
    with (folder / "via_export_csv.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *([f"{i:02}.png", 99, "{}", 1, 0, *cells[i]] for i in range(12))])


def tables_of_one_column(folder):
    """Boxes as left, top, width and height in one cell, with brackets or without."""
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        with (folder / f"{part}.csv").open("w", newline="") as file:
            csv.writer(file).writerow(["image_id", "width", "height", "bbox", "label"])
            for i in numbers:
                left, top, right, bottom = BOXES[i]
                sides = [left, top, right - left, bottom - top]
                cell = (str(sides), str(tuple(sides)), " ".join(map(str, sides)))[i % 3]
                csv.writer(file).writerow([f"{i:02}", WIDTH, HEIGHT, cell, CLASSES[LABELS[i]]])


def tables(folder):
    """Roboflow's, one beside the images of each part."""
    header = ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"]
    for part, numbers in PARTS.items():
        photos(folder / part, numbers)
        with (folder / part / "_annotations.csv").open("w", newline="") as file:
            rows = ([f"{i:02}.png", WIDTH, HEIGHT, CLASSES[LABELS[i]], *BOXES[i]] for i in numbers)
            csv.writer(file).writerows([header, *rows])


def table_without_header(folder):
    """RetinaNet's, one for each part."""
    photos(folder / "images", range(12))
    for part, numbers in PARTS.items():
        with (folder / f"{part}_labels.csv").open("w", newline="") as file:
            csv.writer(file).writerows([f"images/{i:02}.png", *BOXES[i], CLASSES[LABELS[i]]] for i in numbers)


VIA_COLUMNS = ("region_shape_attributes", "region_attributes")
EXPORTS = {
    write.__name__: write
    for write in (
        coco_instances, coco_outlines, voc_beside, yolo_beside, yolo_darknet, labelme, label_studio, label_studio_min, cvat,
        vott, vott_export, create_ml, via_project, via_annotations, via_table, tables, tables_of_one_column, table_without_header,
    )
}  # fmt: skip
