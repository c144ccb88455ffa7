"""Inputs of images with boxes: exports of the tools that people annotate with."""

import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from fuzzed.files import PARTS, Files, Input, changed_files
from fuzzed.image_inputs import photo
from fuzzed.mutations import changed_bytes, changed_json, changed_tree, encoded, to_json, values
from fuzzed.text_inputs import separated

IMAGES = 10
WIDTH, HEIGHT = 9, 8
NAMES = ("cat", "dog")
VIA_COLUMNS = ("region_shape_attributes", "region_attributes")


def photos(folder: str = "") -> Files:
    """Return the images of a set, in a folder."""
    return {f"{folder}{i}.png": photo(i) for i in range(IMAGES)}


def box(number: int) -> tuple[int, int, int, int]:
    """Return left, top, width and height of an image's object, in pixels."""
    return number % 3, number % 2, 4 + number % 2, 5


@st.composite
def coco(draw: st.DrawFn) -> Input:
    """Draw COCO's JSON beside the images, or one for each part."""
    tree: dict[str, Any] = {
        "images": [{"id": i + 1, "file_name": f"{i}.png", "width": WIDTH, "height": HEIGHT} for i in range(IMAGES)],
        "annotations": [
            {"id": i + 1, "image_id": i + 1, "category_id": 1 + i % 2, "bbox": list(box(i)), "iscrowd": 0, "area": 20}
            for i in range(IMAGES)
        ],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
    }
    if draw(st.integers(0, 2)) == 2:
        left, top, width, height = box(1)
        tree["annotations"][1]["segmentation"] = [[left, top, left + width, top, left + width, top + height]]
        tree["annotations"][2]["segmentation"] = {"counts": [10, 5, 57], "size": [HEIGHT, WIDTH]}
        tree["annotations"][3]["segmentation"] = {"counts": "52203", "size": [HEIGHT, WIDTH]}
    name = draw(
        st.sampled_from(["t.json", "annotations/instances_default.json", "result.json", "_annotations.coco.json"])
    )
    files = photos(draw(st.sampled_from(["t/", "images/", "", "train/"])))
    files[name] = draw(changed_json(tree))
    if draw(st.integers(0, 3)) == 3:
        files[f"annotations/{draw(st.sampled_from(PARTS))}.json"] = draw(changed_json(tree))
    files = draw(changed_files(files, 2)) if draw(st.integers(0, 3)) == 3 else files
    return Input(files=files, data=draw(st.sampled_from([name, ""])))


def element(tag: str, text: str = "", children: list[Any] | None = None, **attributes: str) -> dict[str, Any]:
    """Return an element of XML as a tree."""
    return {"tag": tag, "attributes": attributes, "text": text, "children": children or []}


def to_xml(node: Any) -> str:
    """Write a tree of elements; what is none stands there as it is."""
    if not isinstance(node, dict) or not isinstance(node.get("tag"), str):
        return str(node)
    attributes = node.get("attributes")
    pairs = attributes.items() if isinstance(attributes, dict) else ()
    said = "".join(f" {name}={quoteattr(str(value))}" for name, value in pairs)
    children = node.get("children")
    inner = "".join(map(to_xml, children)) if isinstance(children, list) else str(children)
    return f"<{node['tag']}{said}>{escape(str(node.get('text', '')))}{inner}</{node['tag']}>"


HEADS = [
    "", "", "", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>', '<?xml version="1.0" encoding="no-such"?>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>', "<!--",
]  # fmt: skip


@st.composite
def changed_xml(draw: st.DrawFn, tree: Any) -> bytes:
    """Draw a file of XML made of a changed tree, a few of them broken as bytes too."""
    whole = draw(st.sampled_from(HEADS)) + to_xml(draw(changed_tree(tree)))
    deep = draw(st.integers(0, 40)) == 40
    content = draw(encoded("<a>" * 30_000 + "</a>" * 30_000 if deep else whole))
    return draw(changed_bytes(content, 3)) if draw(st.integers(0, 3)) == 3 else content


@st.composite
def voc(draw: st.DrawFn) -> Input:
    """Draw Pascal VOC: an XML file for each image, beside it or in a folder of its own, with lists of parts."""
    images, documents = draw(
        st.sampled_from([("JPEGImages/", "Annotations/"), ("images/", "annotations/"), ("", ""), ("train/", "train/")])
    )
    files = photos(images)
    for i in range(IMAGES):
        left, top, width, height = box(i)
        sides = {"xmin": left + 1, "ymin": top + 1, "xmax": left + width, "ymax": top + height}
        bounds = element("bndbox", children=[element(side, str(value)) for side, value in sides.items()])
        size = element(
            "size", children=[element("width", str(WIDTH)), element("height", str(HEIGHT)), element("depth", "3")]
        )
        found = element("object", children=[element("name", NAMES[i % 2]), element("difficult", "0"), bounds])
        tree = element("annotation", children=[element("filename", f"{i}.png"), size, found])
        files[f"{documents}{i}.xml"] = draw(changed_xml(tree)) if i < 2 else to_xml(tree).encode()
    if draw(st.integers(0, 2)) == 2:
        for part in ("train", "val", "trainval"):
            lines = [f"{i}" for i in range(*((0, 7) if part == "train" else (7, 10)))]
            listed = draw(changed_tree(lines))
            files[f"ImageSets/Main/{part}.txt"] = "\n".join(
                map(str, listed if isinstance(listed, list) else [listed])
            ).encode("utf-8", "replace")
    return Input(files=draw(changed_files(files, 2)) if draw(st.integers(0, 3)) == 3 else files)


@st.composite
def yolo(draw: st.DrawFn) -> Input:
    """Draw YOLO: a text file of rows for each image, and a description in YAML."""
    images, labels = draw(
        st.sampled_from(
            [
                ("images/", "labels/"),
                ("images/train/", "labels/train/"),
                ("train/images/", "train/labels/"),
                ("", ""),
                ("obj_train_data/",) * 2,
            ]
        )
    )
    files = photos(images)
    rows = [[[i % 2, *_shares(i)]] for i in range(IMAGES)]
    changed = draw(changed_tree(rows))
    for i, lines in enumerate(changed if isinstance(changed, list) else [changed]):
        many = lines if isinstance(lines, list) else [lines]
        text = "\n".join(" ".join(map(str, row)) if isinstance(row, list) else str(row) for row in many)
        files[f"{labels}{i}.txt"] = draw(encoded(text))
    name = draw(st.sampled_from(["data.yaml", "data.yaml", "dataset.yml", "other.yaml"]))
    files[name] = draw(yolo_description(images))
    if draw(st.integers(0, 3)) == 3:
        files[draw(st.sampled_from(["classes.txt", f"{labels}classes.txt", "obj.names"]))] = draw(encoded("cat\ndog\n"))
        files["train.txt"] = draw(encoded("".join(f"./{images}{i}.png\n" for i in range(IMAGES))))
    files = draw(changed_files(files, 2)) if draw(st.integers(0, 3)) == 3 else files
    return Input(files=files, data=draw(st.sampled_from(["", "", name])))


def _shares(number: int) -> list[float]:
    left, top, width, height = box(number)
    return [(left + width / 2) / WIDTH, (top + height / 2) / HEIGHT, width / WIDTH, height / HEIGHT]


ODD_YAML = [
    "a: &a [x]\nb: &b [*a, *a, *a]\nnames: [*b, *b]", "names: !!python/object/apply:os.system ['true']", "<<: *x", "names: {0: cat, 5: dog}",
    "names: {99999999: cat}", "names: [" + "[" * 3_000 + "]" * 3_000 + "]", "? [a]\n: b", "names: |\n  cat\n  dog", "%YAML 9.9\n---\nnames: [a]",
    "--- a\n--- b", "nc: 1000000000", "names:\n- yes\n- no\n- 1e999\n- ~", "kpt_shape: [17, 3]", "train: [a, b", "path: ../../..", "\t- a", "train: /dev/zero",
]  # fmt: skip


@st.composite
def yolo_description(draw: st.DrawFn, images: str) -> bytes:
    """Draw a description of classes and parts; JSON is YAML, so that it is changed as a tree."""
    tree = {"path": ".", "train": images.rstrip("/") or ".", "nc": 2, "names": list(NAMES)}
    if draw(st.booleans()):
        tree |= {"val": images.rstrip("/") or ".", "names": {str(i): name for i, name in enumerate(NAMES)}}
    text = to_json(draw(changed_tree(tree)))
    if draw(st.integers(0, 3)) == 3:
        text = draw(st.sampled_from(ODD_YAML))
    content = draw(encoded(text))
    return draw(changed_bytes(content, 3)) if draw(st.integers(0, 3)) == 3 else content


@st.composite
def labelme(draw: st.DrawFn) -> Input:
    """Draw LabelMe: a file of JSON beside each image."""
    files = photos()
    for i in range(IMAGES):
        left, top, width, height = box(i)
        points = [[left, top], [left + width, top + height]]
        kinds = ("rectangle", "polygon", "circle", "point", "line", "rotation")
        shape: dict[str, Any] = {
            "label": NAMES[i % 2],
            "points": points,
            "shape_type": kinds[0 if i < 4 else i % 6],
            "flags": {},
            "group_id": None,
        }
        tree: dict[str, Any] = {"version": "5.0", "flags": {}, "shapes": [shape], "imagePath": f"{i}.png"}
        tree |= {"imageData": None, "imageHeight": HEIGHT, "imageWidth": WIDTH}
        files[f"{i}.json"] = draw(changed_json(tree)) if i < 2 else json.dumps(tree).encode()
    return Input(files=draw(changed_files(files, 2)) if draw(st.integers(0, 3)) == 3 else files)


@st.composite
def label_studio(draw: st.DrawFn) -> Input:
    """Draw Label Studio's JSON or JSON-MIN: a list of tasks with regions in percent."""
    small = draw(st.booleans())
    tasks: list[Any] = []
    for i in range(IMAGES):
        x, y, width, height = (100 * share for share in _shares(i))
        value = {
            "x": x - width / 2,
            "y": y - height / 2,
            "width": width,
            "height": height,
            "rotation": 0,
            "rectanglelabels": [NAMES[i % 2]],
        }
        size = {"original_width": WIDTH, "original_height": HEIGHT}
        region = {"type": "rectanglelabels", "from_name": "label", "to_name": "image", "value": value} | size
        image = f"/data/upload/1/0123abcd-{i}.png"
        tasks.append(
            {"image": image, "label": [value | size]}
            if small
            else {"id": i, "data": {"image": image}, "annotations": [{"result": [region]}]}
        )
    return _beside_images(draw, photos("images/"), "export.json", draw(changed_json(tasks)))


@st.composite
def vott(draw: st.DrawFn) -> Input:
    """Draw VoTT's JSON: assets with regions in pixels."""
    assets = {}
    for i in range(IMAGES):
        left, top, width, height = box(i)
        bounds = {"left": left, "top": top, "width": width, "height": height}
        region = {
            "id": str(i),
            "type": "RECTANGLE",
            "tags": [NAMES[i % 2]],
            "boundingBox": bounds,
            "points": [{"x": left, "y": top}],
        }
        asset = {
            "name": f"{i}.png",
            "path": f"file:/home/somebody/{i}.png",
            "size": {"width": WIDTH, "height": HEIGHT},
            "state": 2,
        }
        assets[f"a{i}"] = {"asset": asset, "regions": [region], "version": "2.2.0"}
    tree = {"name": "project", "tags": [{"name": name, "color": "#fff"} for name in NAMES], "assets": assets}
    return _beside_images(draw, photos(), "project-export.json", draw(changed_json(tree)))


@st.composite
def via(draw: st.DrawFn) -> Input:
    """Draw VGG Image Annotator's JSON, as a project or as annotations alone, or its CSV."""
    entries, rows = {}, [["filename", "file_size", "file_attributes", "region_count", "region_id", *VIA_COLUMNS]]
    for i in range(IMAGES):
        left, top, width, height = box(i)
        shape: dict[str, Any] = {"name": "rect", "x": left, "y": top, "width": width, "height": height}
        if i % 4 == 3:
            right, bottom = left + width, top + height
            shape = {"name": "polygon", "all_points_x": [left, right, right], "all_points_y": [top, top, bottom]}
        if i % 4 == 2:
            shape = {"name": "ellipse", "cx": left + 2, "cy": top + 2, "rx": 2, "ry": 1, "theta": 0.3}
        named = {"class": NAMES[i % 2]}
        region = {"shape_attributes": shape, "region_attributes": named}
        entries[f"{i}.png100"] = {"filename": f"{i}.png", "size": 100, "regions": [region], "file_attributes": {}}
        rows.append([f"{i}.png", "100", "{}", "1", "0", to_json(shape), to_json(named)])
    if draw(st.integers(0, 2)) == 2:
        content = draw(separated(draw(changed_tree(rows)), odd=draw(st.integers(0, 3)) == 3))
        return _beside_images(draw, photos(), "via_export_csv.csv", content)
    if draw(st.booleans()):
        listed = {"_via_settings": {}, "_via_img_metadata": entries, "_via_attributes": {"region": {"class": {}}}}
        return _beside_images(draw, photos(), "via_project.json", draw(changed_json(listed)))
    return _beside_images(draw, photos(), "via_export_json.json", draw(changed_json(entries)))


@st.composite
def cvat(draw: st.DrawFn) -> Input:
    """Draw CVAT's XML for images: one file with the shapes of all."""
    images = []
    for i in range(IMAGES):
        left, top, width, height = box(i)
        sides = {"xtl": str(left), "ytl": str(top), "xbr": str(left + width), "ybr": str(top + height)}
        shape = element("box", label=NAMES[i % 2], occluded="0") | {"attributes": {"label": NAMES[i % 2], **sides}}
        if i % 4 == 3:
            shape = element(
                "polygon", label=NAMES[i % 2], points=f"{left},{top};{left + width},{top};{left},{top + height}"
            )
        images.append(
            element("image", children=[shape], id=str(i), name=f"{i}.png", width=str(WIDTH), height=str(HEIGHT))
        )
    labels = [element("label", children=[element("name", name)]) for name in NAMES]
    meta = element("meta", children=[element("task", children=[element("labels", children=labels)])])
    tree = element("annotations", children=[element("version", "1.1"), meta, *images])
    return _beside_images(draw, photos("images/"), "annotations.xml", draw(changed_xml(tree)))


@st.composite
def create_ml(draw: st.DrawFn) -> Input:
    """Draw CreateML's JSON: a list of images with centred boxes."""
    tree = []
    for i in range(IMAGES):
        left, top, width, height = box(i)
        place = {"x": left + width / 2, "y": top + height / 2, "width": width, "height": height}
        tree.append({"image": f"{i}.png", "annotations": [{"label": NAMES[i % 2], "coordinates": place}]})
    return _beside_images(draw, photos(), "_annotations.createml.json", draw(changed_json(tree)))


@st.composite
def box_tables(draw: st.DrawFn) -> Input:
    """Draw a table with a row for each box."""
    heads = [
        ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"],
        ["image", "label", "xmin", "ymin", "xmax", "ymax"],
        ["ImageID", "LabelName", "XMin", "YMin", "XMax", "YMax"],
        ["image_id", "width", "height", "source", "bbox"],
    ]
    head = draw(st.sampled_from(heads))
    rows: list[list[Any]] = [list(head)]
    for i in range(IMAGES):
        left, top, width, height = box(i)
        size = [WIDTH, HEIGHT] if "width" in head else []
        whole = head[-1] == "bbox"
        place = [f"[{left}, {top}, {width}, {height}]"] if whole else [left, top, left + width, top + height]
        rows.append([f"{i}.png", *size, NAMES[i % 2], *place])
    content = draw(separated(draw(changed_tree(rows)), odd=draw(st.integers(0, 3)) == 3))
    return _beside_images(draw, photos(), "_annotations.csv", content)


def _beside_images(draw: st.DrawFn, images: Files, name: str, content: bytes) -> Input:
    """One file of annotations beside images; the folder or the file is opened."""
    files: Files = {**images, name: content}
    if draw(st.integers(0, 5)) == 5:
        other: Callable[[], st.SearchStrategy[Any]] = values
        files[f"more/{name}"] = str(draw(other())).encode("utf-8", "replace")
    files = draw(changed_files(files, 2)) if draw(st.integers(0, 3)) == 3 else files
    return Input(files=files, data=draw(st.sampled_from(["", "", name])))
