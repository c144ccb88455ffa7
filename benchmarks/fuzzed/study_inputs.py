"""Inputs that are studies: study files, and the folders of studies and runs that somebody else sent."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from fuzzed.files import Files, Input, changed_files
from fuzzed.image_inputs import class_folders, one_photo
from fuzzed.mutations import changed_bytes, changed_json, changed_tree, encoded, how_many

CONTENDERS = ("plain8:widths=4/4/4", "resnet8:widths=4/4/4")
CANARY = b"class Canary:\n    pass\n\n\ndef task(*_):\n    return Canary()\n"
"""A module that lies where a study is opened, and must not be imported."""
TIMES = ("finished", "train_seconds", "wall_seconds_since_last_start", "seconds", "examples_per_second")
"""Fields that differ from one making to the next."""


@cache
def base_study(place: Path) -> Files:
    """Train the smallest study of two contenders in a folder; return its files, and those of its cache.

    Times are levelled, so that the same study is made wherever this runs.
    """
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.contender import parse_contender
    from skipwise.studies.folder import StudyFolder
    from skipwise.studies.record import SplitKey, StudyRecord
    from skipwise.studies.study_file import STUDY_FILE, study_file
    from skipwise.tasks import TASKS, find_task
    from skipwise.training.plan import ComputePlan
    from skipwise.training.run import train_run

    data = place / "shapes.npz"
    data.write_bytes(_shapes())
    from skipwise.data import Options

    dataset = find_task(str(data)).prepare(str(data), Options(), None)
    folder = StudyFolder(place / "study")
    folder.path.mkdir()
    dataset.stored.write(folder.path)
    recipe = Recipe(epochs=2, batch_size=8)
    config = StudyConfig(data="shapes.npz", contenders=CONTENDERS, seeds=2, name="study")
    design = StudyRecord(
        name="study",
        kind="compare",
        data="shapes.npz",
        command=config.line,
        task="images",
        split=SplitKey(fingerprint=dataset.fingerprint, input_shape="x".join(map(str, dataset.input_shape))),
        contenders=tuple(parse_contender(text, recipe) for text in CONTENDERS),
        seeds=(0, 1),
        plan=ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1),
        config=config,
    )
    design = folder.write_design(design)
    (folder.path / STUDY_FILE).write_text(study_file(config, "a study"))
    for run in design.runs:
        train_run(
            TASKS["images"], run.contender, dataset, seed=run.seed, plan=design.plan,
            folder=folder.run_folder(design, run.contender, run.seed), tell=lambda _: None, should_stop=lambda: False,
        )  # fmt: skip
    files: Files = {f"study/{name}": _levelled(name, content) for name, content in _read(folder.path)}
    files["study/looks.jsonl"] = json.dumps(
        {
            "when": "2026-01-01T00:00:00+00:00",
            "seeds": 2,
            "contenders": [each.label for each in design.contenders],
            "alpha": 0.05,
        }
    ).encode()
    return (
        files
        | {f"cache/{name}": content for name, content in _read(place / "cache")}
        | one_photo()
        | {"canary.py": CANARY}
    )


def _shapes() -> bytes:
    """Return arrays of bright and dark images, which two epochs tell apart."""
    noise = np.random.default_rng(0).integers(0, 90, (36, 8, 8), np.uint8)
    labels = np.arange(36) % 2
    noise[labels == 1] += 120
    file = io.BytesIO()
    np.savez(file, x_train=noise[:24], y_train=labels[:24], x_test=noise[24:], y_test=labels[24:])
    return file.getvalue()


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.endswith(".lock"):
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def _levelled(name: str, content: bytes) -> bytes:
    """Return a file with times that never change."""
    if name.endswith(".jsonl"):
        return b"\n".join(json.dumps(_without_times(json.loads(line))).encode() for line in content.splitlines())
    if name.endswith("run.json"):
        return json.dumps(_without_times(json.loads(content))).encode()
    return content


def _without_times(record: dict[str, Any]) -> dict[str, Any]:
    return record | {
        name: "2026-01-01T00:00:00+00:00" if name == "finished" else 1.0 for name in TIMES if name in record
    }


@contextmanager
def own_cache(place: Path) -> Iterator[None]:
    """Let skipwise keep its cache at a place."""
    import os

    before = os.environ.get("SKIPWISE_CACHE")
    os.environ["SKIPWISE_CACHE"] = str(place)
    try:
        yield
    finally:
        del os.environ["SKIPWISE_CACHE"]
        if before is not None:
            os.environ["SKIPWISE_CACHE"] = before


@cache
def _base() -> Files:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as made, own_cache(Path(made) / "cache"):
        return base_study(Path(made))


def study_folders() -> st.SearchStrategy[Input]:
    """Return folders of a study in which a few files are changed."""
    return st.deferred(lambda: _changed_study(_base(), "study"))


def run_folders() -> st.SearchStrategy[Input]:
    """Return folders of a run in which a few files are changed."""
    return st.deferred(lambda: _changed_study(_base(), _run(_base())))


def _run(files: Files) -> str:
    return next(name.rpartition("/")[0] for name in files if name.endswith("/run.json"))


@st.composite
def _changed_study(draw: st.DrawFn, files: Files, opened: str) -> Input:
    inside = [name for name in sorted(files) if name.startswith((f"{opened}/", "cache/"))]
    changed = dict(files)
    often = [name for name in inside if name.endswith((".json", ".jsonl"))]
    for _ in range(draw(how_many(3))):
        name = draw(st.sampled_from(often if draw(st.integers(0, 2)) else inside))
        changed[name] = draw(_changed_file(name, files[name]))
    if draw(st.integers(0, 3)) == 3:
        kept = {name: entry for name, entry in changed.items() if name not in inside}
        changed = kept | draw(changed_files({name: changed[name] for name in inside}, 2))
    return Input(files=changed, data=opened)


@st.composite
def _changed_file(draw: st.DrawFn, name: str, content: Any) -> bytes:
    """Draw other content for a file of a study, as its format allows."""
    whole: bytes = content
    if name.endswith(".json") and draw(st.integers(0, 5)):
        return draw(changed_json(json.loads(whole)))
    if name.endswith(".jsonl") and draw(st.integers(0, 5)):
        lines = [json.loads(line) for line in whole.splitlines()]
        changed = draw(changed_tree(lines))
        return b"\n".join(json.dumps(line).encode() for line in (changed if isinstance(changed, list) else [changed]))
    if name.endswith(".safetensors") and draw(st.integers(0, 3)):
        return draw(changed_weights(whole))
    if name.endswith((".npy", ".npz")) and draw(st.booleans()):
        return draw(_changed_arrays(name, whole))
    return draw(changed_bytes(whole))


@st.composite
def changed_weights(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw weights whose head lies, or with numbers that are not finite."""
    length = int.from_bytes(content[:8], "little")
    head, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    if draw(st.booleans()):
        numbers = np.frombuffer(data[: len(data) // 4 * 4], np.float32).copy()
        numbers[draw(st.integers(0, len(numbers) - 1)) :: 7] = draw(st.sampled_from([np.nan, np.inf, 1e38, 0]))
        return content[: 8 + length] + numbers.tobytes()
    text = json.dumps(draw(changed_tree(head))).encode()
    told = draw(st.sampled_from([len(text)] * 4 + [0, 2**31, 2**63, len(text) + 10**6]))
    return told.to_bytes(8, "little") + text + data


@st.composite
def _changed_arrays(draw: st.DrawFn, name: str, content: bytes) -> bytes:
    """Draw arrays of another type, shape or value."""
    found = np.load(io.BytesIO(content))
    arrays = dict(found) if name.endswith(".npz") else {"": found}
    which = draw(st.sampled_from(sorted(arrays)))
    array = arrays[which]
    kind = draw(st.sampled_from(["i8", "u1", "f8", "f2", "?", "U4", "c8", ""]))
    if kind:
        array = array.astype(kind)
    elif draw(st.booleans()):
        array = array.reshape(-1)[: draw(st.integers(0, array.size))]
    else:
        array = np.full_like(array, draw(st.sampled_from([0, 1, 255, -1 if array.dtype.kind in "if" else 7])))
    file = io.BytesIO()
    if name.endswith(".npz"):
        arrays[which] = array
        np.savez(file, **arrays)
    else:
        np.save(file, array)
    return file.getvalue()


STUDY_CONFIG: dict[str, Any] = {
    "data": "photos",
    "contenders": list(CONTENDERS),
    "command": "compare",
    "seeds": 2,
    "epochs": 1,
    "test_size": 0.2,
    "split_seed": 0,
    "size": 16,
    "settings": ["lr=0.1"],
    "device": "cpu",
    "precision": "fp32",
    "gradients": True,
    "name": "study",
    "out": "studies",
}
MORE_CONFIG: dict[str, Any] = {
    "depths": [8, 14], "fractions": [0.5, 1.0], "budget": "epochs=1", "folds": 3, "task": "images", "long_tail": 2.0, "tokens": "words",
    "trials": 3, "seed": 0, "over": ["crop"], "pretrained": "new.safetensors", "tune": "lr", "fit": "crop", "text_column": "a", "space": "space.toml",
}  # fmt: skip
COMMANDS = ["compare", "train", "ablate", "depth", "learning-curve", "tune", "canary.Canary", "check", ""]
ODD_TOML = [
    "nan", "inf", "1979-05-27", "07:32:00", "0x", "[[", "{", '"""', "'", "1_", "true false", "\x00", "[1, 'a']", "{a = 1, a = 2}", "[" * 2_000 + "]" * 2_000,
    '"\\uD800"', '"""\n\n"""', "1e999", "9" * 5_000,
]  # fmt: skip
ODD_FIELDS = [
    "plain8:", "plain8:lr", "plain8:lr=", "plain8:lr=nan", "plain8:lr=1e999", "plain8:widths=0", "plain8:widths=-1/1/1", "plain8:widths=9999999",
    "plain8:kernel=100", "plain8:kernel=0", "a@b@plain8", "@plain8", "plain0", "plain999999", "resnet8:shortcut=canary.Canary",
    "torchvision/resnet18", "timm/nothing", "canary.Canary", "resnet8:activation=os.system", "resnet8:blocks=1e9", "plain8:batch_size=10000000000",
    "\x1b[31m@plain8", "é@plain8", "x" * 3_000, "resnet8,plain8", "resnet8:stem=", "plain8:dropout=2", "lr=-1", "epochs=99999999999999999999",
]  # fmt: skip


@st.composite
def study_files(draw: st.DrawFn) -> Input:
    """Draw a study file beside the images that it names."""
    fields = dict(STUDY_CONFIG)
    for name in draw(st.lists(st.sampled_from(sorted(MORE_CONFIG)), max_size=2)):
        fields[name] = MORE_CONFIG[name]
    if draw(st.integers(0, 3)) == 3:
        fields["command"] = draw(st.sampled_from(COMMANDS))
    if draw(st.integers(0, 2)) == 2:
        place = draw(st.sampled_from(["contenders", "settings"]))
        fields[place] = [*fields[place], draw(st.sampled_from(ODD_FIELDS))]
    tree = draw(changed_tree(fields, 2))
    lines = (
        [f"{_key(name)} = {_toml(value)}" for name, value in tree.items()] if isinstance(tree, dict) else [str(tree)]
    )
    if draw(st.integers(0, 5)) == 5:
        name = draw(st.sampled_from([*STUDY_CONFIG, *MORE_CONFIG, "unknown"]))
        lines.insert(draw(st.integers(0, len(lines))), f"{name} = {draw(st.sampled_from(ODD_TOML))}")
    content = draw(encoded("\n".join(lines)))
    content = draw(changed_bytes(content, 3)) if draw(st.integers(0, 4)) == 4 else content
    photos: Files = {f"photos/{name}": entry for name, entry in class_folders().items()}
    return Input(files={**photos, "study.toml": content, "canary.py": CANARY}, data="study.toml")


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_toml(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)
