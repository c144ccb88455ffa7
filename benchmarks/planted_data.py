"""How much of what is wrong with data does `skipwise check` find, and how often does it cry wolf?

Writes a part of a real data set as a folder of PNG files, plants wrong labels, copies of training images in test, and
damaged files, and compares what is found with what was planted. Deterministic; needs the data set as an .npz.

    python benchmarks/planted_data.py FILE.npz --images 4000
"""

import argparse
import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from skipwise.commands.check import check_data
from skipwise.commands.consoles import console

WRONG, COPIED, DAMAGED = 0.05, 0.03, 0.02
TEST = 0.2


def shifted(image: Image.Image) -> Image.Image:
    """A pixel to the right, the border repeated."""
    pixels = np.asarray(image)
    return Image.fromarray(np.concatenate([pixels[:, :1], pixels[:, :-1]], axis=1))


def resized(image: Image.Image) -> Image.Image:
    """To three quarters of its size and back."""
    small = image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.BILINEAR)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def recompressed(image: Image.Image) -> Image.Image:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=75)
    return Image.open(content)


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "exact": lambda image: image,
    "JPEG of quality 75": recompressed,
    "brighter by a fifth": lambda image: image.point(lambda level: min(255, level * 1.2)),
    "resized to 3/4 and back": resized,
    "moved by a pixel": shifted,
}


def plant(file: Path, count: int, folder: Path) -> dict[str, dict[str, str]]:
    """Write the folder; of each kind of mistake, the names of the files it was planted in and what was done."""
    chance = np.random.default_rng(0)
    arrays = np.load(file)
    chosen = np.sort(chance.choice(len(arrays["x_train"]), count, replace=False))
    images, truth = arrays["x_train"][chosen], arrays["y_train"][chosen]
    classes = [str(name).replace("/", "-") for name in arrays["class_names"]]
    wrong = chance.random(count) < WRONG
    labels = np.where(wrong, (truth + chance.integers(1, len(classes), count)) % len(classes), truth)
    tested = chance.random(count) < TEST
    damaged = chance.random(count) < DAMAGED
    sources = chance.choice(np.flatnonzero(~wrong & ~tested & ~damaged), round(COPIED * count), replace=False)
    planted: dict[str, dict[str, str]] = {"wrong": {}, "copied": {}, "damaged": {}}

    def write(index: int, image: Image.Image, part: str, name: str) -> str:
        path = folder / part / classes[labels[index]] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
        name_in_folder: str = path.relative_to(folder).as_posix()
        return name_in_folder

    for index in range(count):
        name = write(index, Image.fromarray(images[index]), "test" if tested[index] else "train", f"{index}.png")
        if damaged[index]:
            content = (folder / name).read_bytes()
            (folder / name).write_bytes(content[: len(content) // 2])
            planted["damaged"][name] = "cut in half"
        elif wrong[index]:
            planted["wrong"][name] = classes[truth[index]]
    for number, index in enumerate(sources):
        how = list(COPIES)[number % len(COPIES)]
        name = write(index, COPIES[how](Image.fromarray(images[index])), "test", f"copy-{index}.png")
        planted["copied"][name] = how
    return planted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--into", type=Path, help="Only write the folder, to look at it with `skipwise check`.")
    asked = parser.parse_args()
    if asked.into:
        plant(asked.file, asked.images, asked.into)
        return
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / asked.file.stem, Path(folder) / "check"
        planted = plant(asked.file, asked.images, data)
        check_data(str(data), console(), out=out)
        with (out / "findings.csv").open(newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
    print("\n| planted | number | found | others reported |\n|---|---|---|---|")
    named = {row["file"] for row in rows if row["kind"] == "unreadable"}
    line("file cut in half", set(planted["damaged"]), named)
    pairs = {row["file"] for row in rows if row["kind"].endswith("duplicate-across-split")}
    for how in COPIES:
        of_kind = {name for name, done in planted["copied"].items() if done == how}
        print(f"| copy in test: {how} | {len(of_kind)} | {len(of_kind & pairs)} | |")
    line("all copies", set(planted["copied"]), pairs)
    wrong = {row["file"]: row["suggested_label"] for row in rows if row["kind"] == "wrong-label"}
    line("wrong label", set(planted["wrong"]), set(wrong))
    right = sum(wrong.get(name) == truth for name, truth in planted["wrong"].items())
    print(f"\nOf the wrong labels found, {right} were given the right class instead.")


def line(what: str, planted: set[str], found: set[str]) -> None:
    print(f"| {what} | {len(planted)} | {len(planted & found)} | {len(found - planted)} |")


if __name__ == "__main__":
    main()
