"""Small runs of any task: trained with interruptions, compared by bit, and asked for on the command line."""

import re
import sys
from html import unescape

import numpy as np
import torch
from safetensors.torch import load_file

from skipwise.contender import Contender
from skipwise.networks import PRESETS
from skipwise.networks.fields import set_field
from skipwise.recipe import Recipe
from skipwise.tasks import TASKS
from skipwise.training.loop import Stopped
from skipwise.training.plan import ComputePlan
from skipwise.training.run import train_run

PLAN = ComputePlan(device="cpu", precision="fp32", channels_last=False, threads=1)
RECIPE = Recipe(epochs=3, batch_size=16, crop=1, lr=0.05)
ARCHITECTURE = set_field(PRESETS["resnet8"], "dropout", "0.2")
SETTINGS_OF_TEXTS = ["batch_size=16", "widths=8/8/8", "embedding=8"]


def trained(task, network, recipe, data, folder, *, stops=(), seed=0):
    """Train to the end, stopped and gone on with after so many steps; gives the steps that were taken in all."""
    steps = []
    for stop in (*stops, None):
        try:
            train_run(
                task, Contender(label="it", network=network, recipe=recipe), data, seed=seed, plan=PLAN, folder=folder,
                tell=steps.append,
                should_stop=lambda stop=stop: stop is not None and len(steps) >= stop,
            )  # fmt: skip
        except Stopped:
            assert not (folder / "run.json").exists()
        else:
            assert stop is None, "it was not cut"
    return len(steps)


def train_images(
    data, folder, *, recipe=RECIPE, plan=PLAN, seed=0, should_stop=lambda: False, architecture=ARCHITECTURE
):
    """Train on images; gives what was told step by step."""
    ticks = []
    train_run(
        TASKS["images"],
        Contender(label="it", network=architecture, recipe=recipe),
        data,
        seed=seed,
        plan=plan,
        folder=folder,
        tell=ticks.append,
        should_stop=should_stop,
    )
    return ticks


def same_bits(one, other):
    """Weights and predictions of two run folders."""
    weights, again = (load_file(folder / "model.safetensors") for folder in (one, other))
    assert weights.keys() == again.keys()
    assert all(torch.equal(weights[name], again[name]) for name in weights)
    with np.load(one / "predictions.npz") as a, np.load(other / "predictions.npz") as b:
        assert all(np.array_equal(a[name], b[name]) for name in a.files)


def page_words(study):
    """Return what a reader of the page sees, words in pictures too."""
    page = study.report.read_text(encoding="utf-8")
    page = re.sub(r"<style>.*?</style>|<pre>.*?</pre>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def skipwise(monkeypatch, capsys, *words):
    """The command line in this process: exit code, what it prints, and its complaint."""
    from skipwise.cli import main

    monkeypatch.setattr(sys, "argv", ["skipwise", *map(str, words)])
    capsys.readouterr()
    code = 0
    try:
        main()
    except SystemExit as left:
        code = left.code
    said = capsys.readouterr()
    return code, said.out, said.err
