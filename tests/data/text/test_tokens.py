"""Tokens: known by hand, learned from what they are given alone, the same everywhere."""

import subprocess
import sys

import numpy as np
import pytest

from skipwise.data import tokens_from
from skipwise.data.text.tokens import ALPHABET, KINDS, are_spaced, kind_called, learn, words_of
from skipwise.errors import UserError
from support.slow import slow_where


def numbers(tokens, text):
    return next(tokens.numbers([text])).tolist()


def test_characters_are_those_of_the_paper():
    tokens = learn("characters", [])
    assert tokens.size == 69
    assert len(set(ALPHABET)) == len(ALPHABET) == 67
    a, z, space = (2 + ALPHABET.index(sign) for sign in "az ")
    assert numbers(tokens, "A\tzÉ\\a") == [a, space, z, 1, 1, a]


def test_bytes_know_every_text_and_never_padding():
    tokens = learn("bytes", [])
    assert numbers(tokens, "aé\0") == [0x61, 0xC3, 0xA9, 255]
    assert tokens.size == 256


def test_words_are_the_commonest_that_are_there_twice():
    tokens = learn("words", ["b a, b", "A b once", "c, c"])
    assert tokens.tokenizer == ("b", ",", "a", "c")
    assert numbers(tokens, "A b never, once") == [4, 2, 1, 3, 1]
    assert learn("words", ["b a b", "a b c c"], most=4).tokenizer == ("b", "a")


@pytest.mark.parametrize(
    ("text", "words"),
    [("It's GOOD!", ["it's", "good", "!"]), ("a_1 über", ["a_1", "über"]), ("...", [".", ".", "."]), (" \n", [])],
)
def test_where_words_end(text, words):
    assert words_of(text) == words


def test_words_are_those_of_the_whole_text():
    """Stretches between spaces are looked up once: nothing changes, whatever is called a space."""
    texts = ["It's a-b.", "c\u00a0d\u2003e\x1cf\vg", "", "  ", "a-b. A-B. it's"]
    tokens = learn("words", texts * 2)
    assert list(tokens.tokenizer) == sorted(
        tokens.tokenizer, key=lambda word: (-sum(words_of(t).count(word) for t in texts), word)
    )
    for text in texts:
        assert numbers(tokens, text) == [2 + tokens.tokenizer.index(word) for word in words_of(text)]


def test_subwords_have_no_unknown_text():
    pytest.importorskip("tokenizers")
    tokens = learn("subwords", ["low lower lowest"] * 5)
    pieces = numbers(tokens, "Lowest 电影 <padding>")
    assert len(numbers(tokens, "low")) == 1
    assert min(pieces) >= 1
    assert max(pieces) < tokens.size
    assert len(numbers(tokens, "电")) >= 3
    assert learn("subwords", ["low lower lowest"] * 5, most=258).size <= 258


@pytest.mark.parametrize("kind", KINDS)
def test_json_tells_all_of_them(kind):
    if kind == "subwords":
        pytest.importorskip("tokenizers")
    tokens = learn(kind, ["one two two one three", "two ones"])
    again = tokens_from({"kind": tokens.kind, "tokenizer": tokens.tokenizer})
    assert again == tokens
    assert numbers(again, "two oneself é") == numbers(tokens, "two oneself é")


@pytest.mark.parametrize("kind", slow_where(lambda kind: kind == "words", ["words", "subwords"]))
def test_every_process_learns_the_same(kind):
    pytest.importorskip("tokenizers")
    program = (
        "from skipwise.data.text.tokens import learn\n"
        "texts = [' '.join(chr(97 + (i * j * 7) % 26) * (j % 5 + 1) for j in range(1, 30)) for i in range(50)]\n"
        f"print(hash, learn({kind!r}, texts).tokenizer)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "TOKENIZERS_PARALLELISM": parallel, "PYTHONPATH": ":".join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, parallel in (("1", "true"), ("2", "false"))
    }
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("texts", "spaced"),
    [
        (["a good film", "a bad one"], True),
        (["这部电影非常好看我很喜欢这个故事里的所有人物", "糟糕"], False),
        (["Schmidt", "Rossi", "Ivanov"], False),
        (["a good film", "a bad one", "x" * 5000], True),
        (["这部电影非常好看我很喜欢这个故事里的所有人物", "糟糕", "many words " * 500], False),
    ],
)
def test_whether_spaces_part_words(texts, spaced):
    assert are_spaced(texts) is spaced


def test_an_unknown_kind():
    with pytest.raises(UserError, match="There is no kind of tokens called 'word': did you mean 'words'"):
        kind_called("word")


def test_many_texts_are_cut_as_each_alone():
    pytest.importorskip("tokenizers")
    texts = [f"text number {i} of many" for i in range(2_500)]
    tokens = learn("subwords", texts)
    for i, found in enumerate(tokens.numbers(texts)):
        if i % 500 == 0 or i == 2_499:
            assert np.array_equal(found, next(tokens.numbers([texts[i]])))
