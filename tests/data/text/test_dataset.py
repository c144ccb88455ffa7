"""Texts: split, cut and kept; whatever is learned is learned from the training part."""

import json

import numpy as np
import pytest

from skipwise.data import InputSpec, load_texts
from skipwise.data.cache_home import data_home
from skipwise.data.folds import fold_of
from skipwise.data.quality.kinds import FindingKind
from skipwise.data.subset import subset_of
from skipwise.data.text.dataset import LONGEST
from skipwise.errors import UserError
from support.stored import moved, written
from support.texts import rows, table, texts


def own_split(path, test_word="splendid"):
    """A table whose test part has a word of its own, twice a text."""
    some = [(text, label, "train") for text, label in rows(20)]
    some += [(f"{text} {test_word} {test_word}", label, "test") for text, label in rows(5)]
    return table(path, some, ("text", "label", "split"))


def prepared(path, **options):
    from skipwise.data import Options, prepare_texts

    return prepare_texts(str(path), Options(**options))


def words(dataset, i):
    known = ("<padding>", "<unknown>", *dataset.encoded.tokens.tokenizer)
    return [known[number] for number in dataset.encoded.numbers[i] if number]


def test_a_word_of_the_test_part_alone_is_unknown(tmp_path):
    dataset = prepared(own_split(tmp_path / "a.csv"))
    assert "splendid" not in dataset.encoded.tokens.tokenizer
    for i in dataset.test:
        assert words(dataset, i)[-2:] == ["<unknown>", "<unknown>"]
    cut = dataset.encoded.numbers[dataset.test]
    assert dataset.manifest.text.unknown_in_test == pytest.approx((cut == 1).sum() / (cut > 0).sum())
    assert all(words(dataset, i)[0] == "film" for i in range(len(dataset.labels)))


def test_a_fold_learns_its_words_anew_and_stays_in_the_networks_table(tmp_path):
    some = [(f"{text} rare{i // 4}", label) for i, (text, label) in enumerate(rows(40))]
    dataset = texts(tmp_path / "a.csv", some)
    for fold in range(4):
        part = fold_of(dataset, fold, 4, seed=0)
        known = {word for i in part.train for word in part.texts[int(i)].split()}
        learned = set(part.encoded.tokens.tokenizer)
        assert learned <= known
        assert part.input_shape == dataset.input_shape
        assert part.encoded.numbers.max() < dataset.vocabulary
        assert part.input_spec.tokenizer == part.encoded.tokens.text
    assert {word for word in learned if word.startswith("rare")} != {
        word for word in dataset.encoded.tokens.tokenizer if word.startswith("rare")
    }


def test_a_share_knows_the_words_of_its_own_texts_alone(tmp_path):
    dataset = texts(tmp_path / "a.csv")
    part = subset_of(dataset, 0.2, seed=0)
    known = {word for i in part.train for word in part.texts[int(i)].split()}
    assert set(part.encoded.tokens.tokenizer) <= known
    assert len(part.encoded.tokens.tokenizer) < len(dataset.encoded.tokens.tokenizer)


def test_bytes_stay_where_they_are_kept_when_parts_change(tmp_path):
    dataset = texts(tmp_path / "a.csv", tokens="bytes")
    assert fold_of(dataset, 0, 4, seed=0).kept == dataset.kept


@pytest.mark.parametrize("kind", ["characters", "bytes", "words", "subwords"])
def test_another_process_reads_the_same_from_json_alone(tmp_path, kind):
    if kind == "subwords":
        pytest.importorskip("tokenizers")
    path = tmp_path / "a.csv"
    dataset = texts(path, tokens=kind)
    path.unlink()
    again = load_texts(written(dataset, tmp_path))
    assert np.array_equal(again.encoded.numbers, dataset.encoded.numbers)
    assert again.texts[3] == rows()[3][0]
    assert again.texts[-2:] == [text for text, _ in rows()[-2:]]
    assert InputSpec.from_json(json.loads(json.dumps(again.input_spec.to_json()))) == dataset.input_spec
    for part in ("train", "validation", "test", "labels"):
        assert np.array_equal(getattr(again, part), getattr(dataset, part))


def test_a_cache_that_is_gone(tmp_path):
    dataset = texts(tmp_path / "a.csv")
    with pytest.raises(UserError, match="are gone: run the command that made the study again"):
        load_texts(moved(dataset, str(tmp_path / "nowhere")))


def test_nothing_is_mistaken_in_the_cache(tmp_path):
    """Other texts, kinds, lengths and parts each have numbers of their own; the same have the same."""
    asked = [{}, {"size": 20}, {"tokens": "bytes"}, {"split_seed": 1}, {"some": rows(39)}, {"long_tail": 2.0}]
    found = [texts(tmp_path / "a.csv", **options).kept for options in (*asked, {})]
    assert len(set(found)) == len(asked)
    assert found[-1] == found[0]


def test_what_is_cut_off_leaves_nothing_behind(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    some = [(f"{text} of another set", label) for text, label in rows(60)]
    with pytest.raises(KeyboardInterrupt):
        texts(tmp_path / "a.csv", some, progress=stop)
    assert not [folder for folder in (data_home() / "texts").iterdir() if folder.name.startswith(".part")]
    assert len(texts(tmp_path / "a.csv", some).encoded.numbers) == 120


def test_the_length_covers_most_training_texts(tmp_path):
    """Of 76 training texts of 17 to 92 words or so, 95 % are not cut."""
    some = [("w " * (20 + i), "ab"[i % 2]) for i in range(100)]
    dataset = texts(tmp_path / "a.csv", some)
    lengths = np.array([20 + i for i in dataset.train])
    assert dataset.length == int(np.ceil(np.percentile(lengths, 95)))
    assert dataset.manifest.text.longer == np.mean([20 + i > dataset.length for i in range(100)])
    assert texts(tmp_path / "b.csv").length == 16
    assert texts(tmp_path / "c.csv", [("w " * 1000, "a"), *some]).length <= LONGEST["words"]
    assert texts(tmp_path / "d.csv", [(f"{i} " + "wordless" * 500, "ab"[i % 2]) for i in range(20)]).length == 1014


def test_numbers_take_little_room(tmp_path):
    assert texts(tmp_path / "a.csv", tokens="bytes").encoded.numbers.dtype == np.uint8
    many = [(" ".join(f"w{i}x{j}" for j in range(30)) * 2, "ab"[i % 2]) for i in range(30)]
    assert texts(tmp_path / "b.csv", many).encoded.numbers.dtype == np.uint16


def test_identical_texts_stay_on_one_side(tmp_path):
    some = [(text, label) for text, label in rows(30) for _ in range(2)]
    dataset = texts(tmp_path / "a.csv", some)
    side = {i: part for part in ("train", "validation", "test") for i in getattr(dataset, part)}
    assert all(side[i] == side[i + 1] for i in range(0, len(some), 2))
    assert dataset.manifest.quality.count(FindingKind.DUPLICATE) == 60
    assert "60 exact duplicates in the same part (`skipwise check` shows them)" in dataset.manifest.told()


def test_what_a_class_lacks_is_said_of_texts(tmp_path):
    with pytest.raises(UserError, match=r"^The class 'odd' has 2 texts and none of them is for testing"):
        texts(tmp_path / "a.csv", [*rows(), ("one", "odd"), ("two", "odd")])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 3}, "The size asked for is 3: texts need at least 16 tokens."),
        ({"test_size": 1.5}, "The test size asked for is 1.5: give a share of the texts between 0 and 1, as 0.2."),
        ({"tokens": "word"}, "There is no kind of tokens called 'word': did you mean 'words'?"),
    ],
)
def test_what_cannot_be_asked(tmp_path, options, message):
    with pytest.raises(UserError) as error:
        texts(tmp_path / "a.csv", **options)
    assert str(error.value) == message
