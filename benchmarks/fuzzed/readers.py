"""Readers that are fuzzed: for each the inputs that it gets, and the steps that a command takes with one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from fuzzed import box_inputs, image_inputs, study_inputs, text_inputs
from fuzzed.files import Input

Step = Callable[[Path], object]
"""Does a thing with what lies at a path."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A reader: `inputs` to draw from, and `steps` that are all tried, whatever an earlier one refused."""

    inputs: st.SearchStrategy[Input]
    steps: tuple[Step, ...]


def prepare(path: Path) -> None:
    """Read data as every command that trains does, keep them as a study would, load them, and take a batch."""
    from skipwise.data import Options, StoredData
    from skipwise.data.layout import layout_lines
    from skipwise.tasks import TASKS, find_task, recognised

    data = str(path)
    found = recognised(data)
    task = find_task(data) if found is None else TASKS[found.reading.task]
    assert found is None or layout_lines(found)
    dataset = task.prepare(data, Options(), None)
    assert task.described(dataset, Options())
    study = Path.cwd().parent / "stored"
    study.mkdir()
    dataset.stored.write(study)
    json.loads((study / "data.json").read_text())
    loaded = task.load(StoredData.read(study))
    batch = next(iter(task.stream(loaded, task.recipe(loaded, 1), 0, "cpu").epoch(0)))
    assert len(batch) > 0


def read_config(path: Path) -> None:
    """Read a study file, and settle which study it asks for, as `skipwise run` does before any training."""
    from skipwise.studies.prepare import resolve
    from skipwise.studies.study_file import read_study_file

    config = read_study_file(path)
    resolved = resolve(config)
    assert resolved.folder


def summarise(path: Path) -> None:
    """Open a study and compute what console, page, results.csv and verdict.json tell."""
    from skipwise.reports.summary import summarise as summary
    from skipwise.studies import Study
    from skipwise.studies.results import write_csv

    study = Study.open(path)
    found = summary(study)
    json.dumps([verdict.to_json() for verdict in found.verdicts])
    results = [result for several in study.results.values() for result in several]
    for result in results:
        result.history()
    write_csv(path.parent / "results.csv", results, path)


def list_studies(path: Path) -> None:
    """List the studies of the folder that a study lies in."""
    from skipwise.commands.catalogue import catalogue, catalogue_json

    assert all(isinstance(line, str) for line in catalogue("studies", path.parent))
    json.dumps(catalogue_json("studies", path.parent))


def load_data(path: Path) -> None:
    """Load the data that a study keeps, and take a batch of test examples."""
    from skipwise.studies import Study

    study = Study.open(path)
    dataset = study.dataset
    recipe = study.design.contenders[0].recipe
    stream = study.design.to_learn.stream(dataset, recipe, 0, "cpu")
    assert len(next(iter(stream.eval_batches(dataset.test, 4)))) > 0


def answer(path: Path) -> None:
    """Let the best run of a study answer for a new image."""
    from skipwise.studies import Study

    assert Study.open(path).best.predict([path.parent / "new.png"])[0].words


def answer_of_run(path: Path) -> None:
    """Let a run answer for a new image."""
    from skipwise.deployment import Model

    assert Model.load(path).predict([Path("new.png")])[0].words


def history(path: Path) -> None:
    """Read a run's metrics and predictions."""
    from skipwise.studies.results import Result

    result = Result.read(path, "it")
    result.history()
    result.scores()


def of_data(inputs: st.SearchStrategy[Input]) -> Reader:
    """Return the reader of data of some kind."""
    return Reader(inputs=inputs, steps=(prepare,))


READERS: Mapping[str, Reader] = {
    "image-folder": of_data(image_inputs.image_folders()),
    "image-files": of_data(image_inputs.image_files()),
    "image-table": of_data(image_inputs.image_tables()),
    "image-lists": of_data(image_inputs.image_lists()),
    "npz": of_data(image_inputs.image_arrays()),
    "text-table": of_data(text_inputs.text_tables()),
    "json": of_data(text_inputs.json_tables()),
    "parquet": of_data(text_inputs.parquet_tables()),
    "text-folder": of_data(text_inputs.text_folders()),
    "class-files": of_data(text_inputs.class_files()),
    "fasttext": of_data(text_inputs.fasttext_lines()),
    "coco": of_data(box_inputs.coco()),
    "voc": of_data(box_inputs.voc()),
    "yolo": of_data(box_inputs.yolo()),
    "labelme": of_data(box_inputs.labelme()),
    "label-studio": of_data(box_inputs.label_studio()),
    "vott": of_data(box_inputs.vott()),
    "via": of_data(box_inputs.via()),
    "cvat": of_data(box_inputs.cvat()),
    "create-ml": of_data(box_inputs.create_ml()),
    "box-table": of_data(box_inputs.box_tables()),
    "study-file": Reader(inputs=study_inputs.study_files(), steps=(read_config,)),
    "study": Reader(inputs=study_inputs.study_folders(), steps=(summarise, list_studies, load_data, answer)),
    "run": Reader(inputs=study_inputs.run_folders(), steps=(history, answer_of_run)),
}


def import_all() -> None:
    """Import all of skipwise: hypothesis draws values that stand in modules that are loaded, so these must be the
    same wherever inputs are drawn.
    """
    import importlib
    import pkgutil

    import skipwise

    for module in pkgutil.walk_packages(skipwise.__path__, "skipwise."):
        if not module.name.endswith(("__main__", ".process")):
            importlib.import_module(module.name)
