"""Measure what many examples cost: a folder of images is listed, surveyed, split and handed to a worker; a table of
texts is read, split and cut into words.

    python benchmarks/data_scale.py                       # 1,000,000 files, without decoding them
    python benchmarks/data_scale.py --files 50000 --decode
    python benchmarks/data_scale.py --texts 200000 --words 30

The files are grey images of 8x8 px in PGM (75 bytes), all different, in 10 class folders of sub-folders: distinct
files are cheap to make at this size, and hard links of a few would make a few clusters of duplicates, which are split
otherwise. What a file costs to read depends on the disk; here its bytes are in memory after it was made. Words of texts
are drawn from 60,000, each as often as one over its rank. Each step runs in a process of its own, whose peak memory is
told; that of an interpreter with the libraries imported stands beside it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from skipwise.data.images.cache import Survey
    from skipwise.data.images.source import Source

CLASSES, IN_A_FOLDER, SIDE = 10, 5_000, 8


def main() -> None:
    """Make the files, measure each step, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--decode", action="store_true", help="decode them too, and start a worker on them")
    parser.add_argument("--texts", type=int, help="a table of so many texts in the place of files")
    parser.add_argument("--words", type=int, default=30, help="of a text")
    parser.add_argument("--in", dest="place", type=Path, help="a folder to make the files in, and leave them there")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.step:
        measured(STEPS[wanted.step], wanted.place)
        return
    with tempfile.TemporaryDirectory() as temporary:
        place = (wanted.place or Path(temporary)).resolve()
        if wanted.texts:
            size = write_texts(place / "texts.csv", wanted.texts, wanted.words)
            print(
                f"{wanted.texts:,} texts, {size:,} bytes\n\n| step | seconds | of CPU | peak memory |\n|---|---|---|---|"
            )
            for step in ("imports", "texts"):
                print(row(step, place), flush=True)
            return
        make_files(place / "images", wanted.files)
        print(f"{wanted.files:,} files\n\n| step | seconds | of CPU | peak memory |\n|---|---|---|---|")
        steps = ["imports", "survey", "split"] + (
            ["prepare", "worker", "digits", "worker on digits"] if wanted.decode else []
        )
        for step in steps:
            print(row(step, place), flush=True)
        if wanted.decode:
            print(f"\n{told_sizes(place / 'study')}")


def make_files(folder: Path, count: int) -> None:
    """Write so many different images, unless they are there."""
    if folder.exists():
        return
    head = b"P5 %d %d 255\n" % (SIDE, SIDE)
    generator = np.random.default_rng(0)
    for first in range(0, count, IN_A_FOLDER):
        below = folder / f"class {first // IN_A_FOLDER % CLASSES}" / f"{first // IN_A_FOLDER}"
        below.mkdir(parents=True)
        pixels = generator.integers(0, 256, (min(IN_A_FOLDER, count - first), SIDE * SIDE), np.uint8)
        for number, image in enumerate(pixels):
            with open(f"{below}/{number}.pgm", "wb", buffering=0) as file:  # noqa: PTH123
                file.write(head + image.tobytes())


def write_texts(file: Path, count: int, words: int) -> int:
    """Write a table of so many texts of two classes; gives its bytes."""
    generator = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    known = np.array(["".join(generator.choice(letters, size)) for size in generator.integers(2, 10, 60_000)])
    likely = 1 / np.arange(1, len(known) + 1)
    file.parent.mkdir(exist_ok=True)
    with file.open("w") as table:
        table.write("text,label\n")
        for number in range(count):
            if number % IN_A_FOLDER == 0:
                drawn = generator.choice(known, (IN_A_FOLDER, words), p=likely / likely.sum())
            table.write(f"{' '.join(drawn[number % IN_A_FOLDER])}.,{'good' if number % 2 else 'bad'}\n")
    return file.stat().st_size


def row(step: str, place: Path) -> str:
    """Run a step in a process of its own: a row of the table."""
    command = [sys.executable, __file__, "--step", step, "--in", str(place)]
    environment = {**os.environ, "SKIPWISE_CACHE": str(place / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        return f"| {step} | failed: {done.stderr.strip().splitlines()[-1]} | | |"
    found = json.loads(done.stdout.splitlines()[-1])
    return f"| {step} | {found['seconds']:.1f} | {found['cpu']:.1f} | {found['mib']:,.0f} MiB |"


def measured(step: Callable[[Path], object], place: Path) -> None:
    """Run a step in this process, and print what it took."""
    import skipwise.tasks

    assert skipwise.tasks.TASKS
    began, computed = time.perf_counter(), time.process_time()
    step(place)
    seconds, cpu = time.perf_counter() - began, time.process_time() - computed
    print(
        json.dumps({"seconds": seconds, "cpu": cpu, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10})
    )


def survey_files(place: Path) -> "tuple[Source, Survey]":
    """List the folder, and read every file's bytes and header."""
    from skipwise.data.images.cache import survey
    from skipwise.data.images.dataset import open_source

    source = open_source(place / "images")
    return source, survey(source)


def split_them(place: Path) -> None:
    """The same, and draw the split by clusters of equal bytes."""
    from skipwise.data.quality.exact_duplicates import group_duplicates
    from skipwise.data.split import split, stay_together

    source, looked = survey_files(place)
    together = stay_together(group_duplicates(looked.digests), None)
    parts = split(
        source.labels, source.parts, together, source.classes, test_size=None, fingerprint=looked.fingerprint, seed=0
    )
    print(f"fingerprint {looked.fingerprint[:16]}, sum of test indices {parts.test.sum()}")


def prepare(place: Path, data: str | None = None, study: str = "study") -> None:
    """The same, decode the images, write the manifest and what stands beside it."""
    from skipwise.data import Options
    from skipwise.tasks import find_task

    data = data or str(place / "images")
    dataset = find_task(data).prepare(data, Options(), None)
    folder = place / study
    folder.mkdir(exist_ok=True)
    dataset.stored.write(folder)


def start_worker(place: Path, study: str = "study") -> None:
    """Do as a worker does before its first run: load the data set, draw the order of an epoch, read a batch."""
    from skipwise.data import StoredData
    from skipwise.tasks import TASKS

    task = TASKS["images"]
    dataset = task.load(StoredData.read(place / study))
    stream = task.stream(dataset, task.recipe(dataset, 1), 0, "cpu")
    assert len(next(stream.epoch(0))) > 0


STEPS: dict[str, Callable[[Path], object]] = {
    "imports": lambda _: None,
    "survey": survey_files,
    "split": split_them,
    "prepare": prepare,
    "worker": start_worker,
    "texts": lambda place: prepare(place, str(place / "texts.csv")),
    "digits": lambda place: prepare(place, "digits", "digits"),
    "worker on digits": lambda place: start_worker(place, "digits"),
}


def told_sizes(study: Path) -> str:
    """How large a study's data.json is, and the arrays beside it."""
    arrays = sum(file.stat().st_size for file in (study / "data").glob("*")) if (study / "data").exists() else 0
    return f"data.json: {(study / 'data.json').stat().st_size:,} bytes; arrays beside it: {arrays:,} bytes"


if __name__ == "__main__":
    main()
