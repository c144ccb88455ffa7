"""Analyses of networks, drawn: every part for images, those that make sense for texts."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from skipwise import compare
from skipwise.analysis.inside import landscape
from skipwise.analysis.inside.attribution import attribute
from skipwise.analysis.inside.disagreements import groups_of
from skipwise.analysis.inside.trained import inspected_seeds, trained_on_folds
from skipwise.extras import load_optional
from skipwise.reports import write_report
from skipwise.reports.sections.inside import NETWORK_ANALYSES
from skipwise.reports.sections.task import SECTIONS, task_sections
from skipwise.studies import Study
from skipwise.training.run import MODEL
from support.images import shapes, squares_in_folders
from support.libraries import without
from support.runs import SETTINGS_OF_TEXTS, page_words
from support.texts import rows, table

SLOW = {name for name, analysis in NETWORK_ANALYSES.items() if analysis.slow}
TITLES = {
    "shattered": "Shattered gradients",
    "similarity": "Representation similarity (CKA)",
    "receptive_field": "Effective receptive field",
    "features": "Filters, feature maps and maximally activating images",
    "sharpness": "Sharpness (top Hessian eigenvalue)",
    "landscape": "Loss landscape",
    "disagreements": "Disagreements",
    "attribution_faithfulness": "Attribution faithfulness (deletion and insertion)",
    "robustness": "Robustness to corruptions",
}


@pytest.fixture(autouse=True)
def few_points(monkeypatch):
    monkeypatch.setattr(landscape, "GRID", 5)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return compare(
        shapes(home / "squares.npz"), ["plain8", "resnet14"], seeds=1, epochs=1, settings=["batch_size=16"], out=home
    )


def drawn(study, **options):
    """The page, and what is kept of each analysis."""
    write_report(study, look_inside=print, **options)
    files = {file.stem: json.loads(file.read_text()) for file in study.folder.file("analysis").glob("*.json")}
    json.dumps(files, allow_nan=False)
    return study.report.read_text(), {name: content["found"] for name, content in files.items()}


def test_every_part_of_images(study):
    page, found = drawn(study)
    assert set(found) == set(NETWORK_ANALYSES) - SLOW
    assert not any(TITLES.get(name, "no title") in page for name in SLOW)
    page, found = drawn(study, everything=True)
    assert set(found) == set(NETWORK_ANALYSES)
    assert all(title in page for title in TITLES.values())
    assert not re.search(r"\{\w+\}", page_words(study)), "every word has its value"
    assert found["similarity"]["first"] == "plain8"
    assert set(found["landscape"]["loss"]) == set(found["features"]) == {"plain8", "resnet14"}
    assert sum(file.stat().st_size for file in study.folder.file("analysis").glob("*.json")) < 200_000
    figures = {file.stem.rpartition("-")[0] or file.stem for file in study.folder.file("figures").glob("*.svg")}
    assert set(TITLES) <= figures | {"similarity", "disagreements"}
    numbers = json.loads(study.folder.file("verdict.json").read_text())
    assert numbers["sharpness"]["plain8"][0]["eigenvalue"] == found["sharpness"]["plain8"][0]["eigenvalue"]


@pytest.mark.slow
def test_a_missing_library_is_told_and_the_rest_is_drawn(study, tmp_path, monkeypatch):
    copy = Study.open(shutil.copytree(study.path, tmp_path / "copy"))
    shutil.rmtree(copy.path / "analysis", ignore_errors=True)
    for name in NETWORK_ANALYSES.keys() - {"responses", "landscape", "disagreements"}:
        monkeypatch.delitem(NETWORK_ANALYSES, name)
    with monkeypatch.context() as patch:
        without(patch, "captum", "matplotlib")
        _, found = drawn(copy, everything=True)
        words = page_words(copy)
        assert set(found) == {"responses"}, "what was skipped is looked for again once the library is there"
        assert "Landscape Skipped: this analysis needs matplotlib: pip install 'skipwise[report]'." in words
        assert "Disagreements Skipped: this analysis needs captum: pip install 'skipwise[explain]'." in words
    _, found = drawn(copy, everything=True)
    assert set(found) == {"responses", "landscape", "disagreements"}
    assert "Skipped" not in page_words(copy)
    without(monkeypatch, "captum", "matplotlib")
    drawn(copy)
    words = page_words(copy)
    assert "Landscape Skipped: A loss surface needs matplotlib: pip install 'skipwise[report]'." in words
    assert "captum" not in words, "maps that are kept are drawn without it"


def test_an_analysis_that_fails_costs_nothing_else_and_is_done_again(study, tmp_path, monkeypatch):
    """Of one network, of all of them, or where its result cannot be kept."""

    def broken(*_):
        raise ZeroDivisionError("no such number.")

    copy = Study.open(shutil.copytree(study.path, tmp_path / "copy"))
    shutil.rmtree(copy.path / "analysis", ignore_errors=True)
    for name in NETWORK_ANALYSES.keys() - {"responses", "lesions", "similarity", "receptive_field"}:
        monkeypatch.delitem(NETWORK_ANALYSES, name)
    with monkeypatch.context() as patch:
        for name, changed in {
            "lesions": {"of_run": broken},
            "similarity": {"of_seed": broken},
            "receptive_field": {"of_run": lambda _: object()},
        }.items():
            patch.setitem(NETWORK_ANALYSES, name, replace(NETWORK_ANALYSES[name], **changed))
        _, found = drawn(copy)
        words = page_words(copy)
    assert set(found) == {"responses"}
    assert "Failed: lesions could not be analysed (ZeroDivisionError: no such number)." in words
    assert "Failed: similarity could not be analysed (ZeroDivisionError: no such number)." in words
    assert "Failed: receptive field could not be kept (TypeError:" in words
    assert words.count("could not be") == 6, "each is among the cautions, too"
    assert str(copy.verdict)[:30] in words
    _, found = drawn(copy)
    assert set(found) == {"responses", "lesions", "similarity", "receptive_field"}
    assert "could not be" not in page_words(copy)


def test_a_section_of_the_task_whose_library_is_missing_is_told(study, monkeypatch):
    def fails(study):
        return load_optional("matplotlib", "this table")

    monkeypatch.setitem(SECTIONS, "class scores", fails)
    without(monkeypatch, "matplotlib")
    sections = {section.name: section for section in task_sections(study)}
    assert sections["class scores"].note == "Skipped: this table needs matplotlib: pip install 'skipwise[report]'."
    assert sections["confusion"].rows or sections["confusion"].charts


@pytest.mark.slow
def test_what_makes_sense_of_texts(tmp_path):
    data = table(tmp_path / "films.csv", rows(30, long=12))
    study = compare(
        data, ["plain-text-8", "resnet-text-8"], out=tmp_path, seeds=1, epochs=1, size=16, settings=SETTINGS_OF_TEXTS
    )
    page, found = drawn(study, everything=True)
    assert not any(
        found[name] for name in ("shattered", "receptive_field", "features", "attribution_faithfulness", "robustness")
    )
    assert all(TITLES[name] in page for name in ("similarity", "sharpness", "landscape", "disagreements"))
    assert TITLES["shattered"] not in page
    maps = found["disagreements"]["maps"]["plain-text-8"]
    words = {(start, stop) for places in maps.values() for start, stop, _ in places}
    assert (0, 4) in words, "every text begins with `film`"
    assert re.search(r'<span style="background: rgba\([^"]*">(film|was|and|fine|dull)', page)
    assert drawn(Study.open(study.path), everything=True)[1] == found


@pytest.mark.slow
def test_of_folds_each_example_has_the_map_of_the_network_that_was_tested_on_it(tmp_path):
    data = squares_in_folders(tmp_path / "squares")
    study = compare(
        data, ["plain8", "resnet8"], folds=3, seeds=1, epochs=1, settings=["batch_size=16"], out=tmp_path / "studies"
    )
    page, found = drawn(study, everything=True)
    assert [name for name, title in TITLES.items() if title not in page] == []
    maps = found["disagreements"]["maps"]
    assert set(maps) == {"plain8", "resnet8"}
    (places,) = {tuple(sorted(map(int, of_label))) for of_label in maps.values()}
    tested = [set(fold.test_indices().tolist()) for fold in study.results["plain8"][0].folds]
    assert all(any(place in fold for place in places) for fold in tested), "every fold has one that is shown"
    for label, of_label in maps.items():
        for runs in trained_on_folds(study, label):
            mine = [place for place in places if place in runs.stream.dataset.test]
            batch = next(runs.stream.eval_batches(np.array(mine), len(mine)))
            answers = runs.network(batch.inputs).argmax(1)
            expected = attribute(runs.network, batch.inputs, answers, "occlusion").cpu().numpy()
            assert np.array([of_label[str(place)] for place in mine]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.slow
def test_the_seeds_that_are_looked_at_are_those_of_which_all_have_weights(tmp_path):
    """plain8 has none of seed 0, as after a first epoch without a finite loss, and what resnet8 answers is no longer
    finite.

    Two test images are too few for some looks.
    """
    data = shapes(tmp_path / "squares.npz", classes=2, test=2)
    study = compare(data, ["plain8", "resnet8"], seeds=2, epochs=1, settings=["batch_size=16"], out=tmp_path)
    (study.results["plain8"][0].folder / MODEL).unlink()
    broken = study.results["resnet8"][1].folder / MODEL
    save_file({name: value * (1e25 if value.ndim > 1 else 1) for name, value in load_file(broken).items()}, broken)
    again = Study.open(study.path)
    assert inspected_seeds(again) == [1, 0]
    page, found = drawn(again, everything=True)
    assert found["responses"]["resnet8"][0]["stage 3, block 1, conv2"] is None
    assert {run["seed"] for run in found["features"]["plain8"]} == {1}
    assert [run["seed"] for run in found["features"]["resnet8"]] == [1, 0]
    assert "plain8, seed 1" in page
    assert not found["similarity"], "it takes four examples"
    places = {place for group in groups_of(again) for place in group.first}
    assert all(set(of_label) == set(map(str, places)) for of_label in found["disagreements"]["maps"].values())


@pytest.mark.slow
def test_disagreements_of_foreign_networks_are_shown_without_maps(tmp_path):
    data = shapes(tmp_path / "squares.npz", train=24, test=12, side=32)
    contenders = ["torchvision/squeezenet1_1", "torchvision/mobilenet_v3_small"]
    study = compare(data, contenders, seeds=1, epochs=1, settings=["batch_size=8"], out=tmp_path)
    page, found = drawn(study)
    assert found["disagreements"] == {"maps": {}}
    assert TITLES["disagreements"] in page
    assert "pointing game" not in page
