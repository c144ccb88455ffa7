"""Check that a change that is meant to be neutral leaves the same bits.

    python benchmarks/same_bits.py REVISION            # small studies of every kind, by that revision and by this tree
    python benchmarks/same_bits.py REVISION --full     # and the default study at its full length
    python benchmarks/same_bits.py --write FILE        # the hashes of this tree alone, for a later --against FILE

Each study is a command line that both understand. Every run's weights and predictions are compared, and the name of its
folder, by which a later command finds it again. Exit code 1 where one differs. On 2 cores: 3 minutes a side, 5 with
--full.
"""

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SHORT = ["--seeds", "2", "--epochs", "1"]
STUDIES: dict[str, list[str]] = {
    "compare": ["compare", "digits", "plain8", "resnet8", *SHORT],
    "recipe": ["compare", "photos.csv", "plain8", "b@resnet8:mixup=0.2,ema=0.9,dropout=0.1", "--size", "16", *SHORT],
    "folds": ["compare", "photos", "plain8", "resnet8", "--folds", "3", *SHORT],
    "rates": ["compare", "photos", "plain8", "resnet8", "--tune", "lr", *SHORT],
    "train": ["train", "digits", "resnet8", "--seed", "3", "--epochs", "1"],
    "depth": ["depth", "digits", "--depths", "8,14", *SHORT],
    "ablate": ["ablate", "photos", "resnet8", "--over", "crop,mixup,dropout", *SHORT],
    "learning-curve": ["learning-curve", "digits", "plain8", "resnet8", "--fractions", ".2,1", *SHORT],
    "tune": ["tune", "digits", "--trials", "3", "--workers", "1", *SHORT],
    "text": ["compare", "texts.csv", "plain-text-8", "textcnn", *SHORT],
    "subwords": ["compare", "texts.csv", "plain-text-8", "resnet-text-8", "--tokens", "subwords", *SHORT],
    "boxes": ["compare", "digit-scenes", "plain-slim10", "resnet-slim10", "--size", "48", "--set", "lr=0.001", *SHORT],
}
FULL: dict[str, list[str]] = {"default": ["compare"]}
Hashes = dict[str, dict[str, str]]


def main() -> None:
    """Run every study, and compare or write the hashes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision", nargs="?", help="what git calls it, as main~1")
    parser.add_argument("--full", action="store_true", help="the default study at its full length, too")
    parser.add_argument("--write", type=Path, help="write the hashes of this tree to this file")
    parser.add_argument("--against", type=Path, help="compare with the hashes in this file")
    parser.add_argument("--only", nargs="+", choices=[*STUDIES, *FULL], help="these studies alone")
    wanted = parser.parse_args()
    if not (wanted.revision or wanted.write or wanted.against):
        parser.error("name a revision, --write FILE or --against FILE")
    names = wanted.only or [*STUDIES, *(FULL if wanted.full else {})]
    now = hashes_of(ROOT / "src", names)
    if wanted.write:
        wanted.write.write_text(json.dumps(now, indent=1) + "\n")
        return
    before = json.loads(wanted.against.read_text()) if wanted.against else hashes_of_revision(wanted.revision, names)
    sys.exit(1 if tell_differences(before, now, names) else 0)


def hashes_of_revision(revision: str, names: list[str]) -> Hashes:
    """The hashes that the sources of a revision leave, run by this interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", revision, "src"], cwd=ROOT, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        return hashes_of(Path(folder) / "src", names)


def hashes_of(source: Path, names: list[str]) -> Hashes:
    """Of each study, the hash of each run by the place of its folder."""
    with tempfile.TemporaryDirectory() as folder:
        make_data(Path(folder))
        return {name: study_hashes(source, Path(folder), name) for name in names}


def study_hashes(source: Path, folder: Path, name: str) -> dict[str, str]:
    """Run one study in `folder` with the sources that lie in `source`."""
    words = {**STUDIES, **FULL}[name]
    environment = {**os.environ, "PYTHONPATH": str(source), "SKIPWISE_CACHE": str(folder / "cache")}
    command = [sys.executable, "-m", "skipwise", *words, "--name", name]
    print(f"{source.parent.name}: {' '.join(words)}", flush=True)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}")
    study = folder / "studies" / name
    return {run.parent.relative_to(study).as_posix(): run_hash(run.parent) for run in sorted(study.rglob("run.json"))}


def run_hash(run: Path) -> str:
    """Of its weights, where it did not fail, and predictions; the names of the latter do not count."""
    weights = run / "model.safetensors"
    digest = hashlib.sha256(weights.read_bytes() if weights.exists() else b"none")
    with np.load(run / "predictions.npz") as arrays:
        for name in sorted(arrays.files):
            digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:16]


def tell_differences(before: Hashes, now: Hashes, names: list[str]) -> int:
    """Print a line for each study; gives how many differ."""
    different = 0
    for name in names:
        old, new = before.get(name, {}), now[name]
        wrong = [run for run in {**old, **new} if old.get(run) != new.get(run)]
        different += bool(wrong)
        print(f"{name:<16}{len(new):>4} runs  {'the same bits' if not wrong else 'DIFFERENT: ' + ', '.join(wrong)}")
    return different


def make_data(folder: Path) -> None:
    """Photos in class folders and as a table with groups, and a table of texts: small, and the same every time."""
    from PIL import Image

    generator = np.random.default_rng(0)
    rows = []
    for label in range(3):
        (folder / "photos" / f"class {label}").mkdir(parents=True)
        for number in range(40):
            pixels = generator.integers(0, 120, (20, 24, 3), np.uint8)
            pixels[5 * label : 5 * label + 6, 4:12] += 130
            file = folder / "photos" / f"class {label}" / f"{number}.png"
            Image.fromarray(pixels).save(file)
            rows.append((file.relative_to(folder).as_posix(), f"class {label}", f"group {label}-{number // 2}"))
    write_table(folder / "photos.csv", ("path", "label", "group"), rows)
    words = {"good": ["fine", "bright", "warm", "lovely"], "bad": ["dull", "grey", "cold", "dreary"]}
    texts = [
        (f"film {number} was {' and '.join(generator.permutation(own)[: number % 4 + 1])}, they say", label)
        for number in range(150)
        for label, own in words.items()
    ]
    write_table(folder / "texts.csv", ("text", "label"), texts)


def write_table(file: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """As a .csv."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([columns, *rows])


if __name__ == "__main__":
    main()
