"""Text classification as a task: prepared, learned, answered, and what stands beside it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from skipwise.data import Options
from skipwise.errors import UserError
from skipwise.networks import PRESETS
from skipwise.tasks.text import TextClassification, new_texts, new_tokens
from support.texts import rows, table

TASK = TextClassification()
IMDB = Path.home() / ".cache" / "skipwise" / "data" / "imdb"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return TASK.prepare(str(table(tmp_path_factory.mktemp("data") / "a.csv", rows(60, long=20))), Options(), None)


def network(name):
    found = PRESETS[name]
    return getattr(found, "architecture", found)


def test_it_is_said_by_which_rules_texts_are_cut(data):
    about = data.manifest.text
    assert TASK.described(data, Options()) == [
        f"120 texts of {about.median_length} words (median), 2 classes",
        f"cut into words ({len(data.input_spec.tokenizer.split())} known; {100 * about.unknown_in_test:.1f} % of the test words "
        f"are not), at most {data.length} of them: {100 * about.longer:.0f} % of the texts are longer (--size, --tokens)",
    ]
    assert dict(TASK.facts(data.manifest))["tokens"] + " (--size, --tokens)" == TASK.described(data, Options())[1]


def test_a_network_learns_and_answers_from_its_form_alone(data, tmp_path):
    """A few steps suffice, for each class has words of its own."""
    recipe = replace(TASK.recipe(data, None), lr=3e-3)
    TASK.check(network("textcnn"), recipe)
    model = TASK.build(network("textcnn"), data.input_spec, seed=0)
    stream, teach = TASK.stream(data, recipe, 0, "cpu"), TASK.training_step(data, recipe, "cpu")
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.lr)
    for epoch in range(8):
        for batch in stream.epoch(epoch):
            optimizer.zero_grad()
            teach(model, batch, 0.0)[0].backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        answers = [TASK.eval_step(model, batch)[0] for batch in stream.eval_batches(data.test)]
        (tmp_path / "new.txt").write_text("film 3 was dull and grey and cold", encoding="utf-8-sig")
        long = "film 5 was fine and bright" + " and so it went on" * 20
        told = TASK.predict(model, [str(tmp_path / "new.txt"), long], data.input_spec)
    assert np.mean([TASK.score(some) for some in answers]) > 0.9
    assert [one.label for one in told] == ["bad", "good"]
    assert len(told[1].file) <= 60
    assert told[1].file.startswith("film 5 was fine and bright and so")


def test_a_new_text_is_cut_as_the_others_were(data):
    for i in data.test[:5]:
        length = min(data.length, int(data.encoded.lengths[i]))
        assert new_tokens(data.texts[int(i)], data.input_spec)[0].tolist() == data.encoded.numbers[i, :length].tolist()


def test_what_a_new_text_can_be(tmp_path):
    (tmp_path / "odd").write_text("in a file")
    (tmp_path / "old").write_bytes("un café à Genève".encode("latin-1"))
    assert new_texts([str(tmp_path / "old")]) == ["un café à Genève"]
    assert new_texts([str(tmp_path / "odd"), "read it in a.txt", "x" * 5000, "two\nlines"]) == [
        "in a file",
        "read it in a.txt",
        "x" * 5000,
        "two\nlines",
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nowhere.txt", "nowhere.txt cannot be read (no such file or directory): give a text, or a file of one."),
        ("  ", "'' cannot be classified: it is empty."),
        ("empty.txt", "'empty.txt' cannot be classified: it is empty."),
        ("bytes.txt", "bytes.txt cannot be classified: it holds NUL bytes, so it is no text."),
        ("folder", "folder cannot be read (is a directory): give a text, or a file of one."),
    ],
)
def test_what_it_cannot_be(tmp_path, monkeypatch, given, message):
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").touch()
    Path("folder").mkdir()
    Path("bytes.txt").write_bytes(b"\0\xe9")
    with pytest.raises(UserError) as error:
        new_texts([given])
    assert str(error.value) == message


def test_what_means_nothing_for_texts(data):
    with pytest.raises(UserError, match="crop cannot be set here: it means nothing for the task text"):
        TASK.check(network("textcnn"), replace(TASK.recipe(data, None), crop=2))
    with pytest.raises(UserError, match="This network reads inputs of 2 dimensions"):
        TASK.check(network("resnet20"), TASK.recipe(data, None))


def test_the_cost_of_a_network_counts_its_table(data):
    costs = TASK.cost(TASK.build(network("textcnn"), data.input_spec, 0), data.input_spec)
    vocabulary, length = data.input_shape
    convolutions = sum(100 * (128 * kernel + 1) for kernel in (3, 4, 5))
    assert costs.parameters == vocabulary * 128 + convolutions + 2 * 301
    assert costs.multiply_adds >= length * 100 * 128 * 12


def test_the_baseline_tells_texts_apart_by_their_words(data):
    answers = TASK.baseline_answers(data)
    assert TASK.score(answers) > 0.9
    assert answers["labels"].tolist() == data.labels[data.test].tolist()
    assert np.allclose(answers["probabilities"].sum(1), 1)


@pytest.mark.slow
@pytest.mark.skipif(not IMDB.is_dir(), reason="IMDB's train.csv and test.csv are not in ~/.cache/skipwise/data/imdb")
def test_imdb_by_its_baseline():
    """Maas et al. 2011 have .8889 with unigrams and a linear model; pairs of words add to that."""
    data = TASK.prepare(str(IMDB), Options(), None)
    assert (len(data.train), len(data.validation), len(data.test)) == (22_500, 2_500, 25_000)
    assert TASK.score(TASK.baseline_answers(data)) > 0.89
