"""The description of a YOLO data set holds what PyYAML reads in it, and other fields are passed over."""

import pytest
import yaml

from skipwise.data.boxes.formats.yolo_description import read_description
from skipwise.errors import UserError

WANTED = ("path", "names", "train", "val", "test", "kpt_shape")


def loaded(text):
    """Return what PyYAML builds of the wanted fields, numbered texts in the order of their numbers, all else as
    text.
    """
    read = {}
    for name, value in yaml.safe_load(text).items():
        if name in WANTED:
            listed = [value[number] for number in sorted(value)] if isinstance(value, dict) else value
            read[name] = [str(some) for some in listed] if isinstance(listed, list) else str(listed or "")
    return read


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("names: [a, b]", ["a", "b"]),
        ("names: ['a, b', \"c\"]", ["a, b", "c"]),
        ("names: {0: a, 1: 'b'}", ["a", "b"]),
        ("names: {1: b, 0: a}", ["a", "b"]),
        ("names: {2: c, 0: 'a: 1, x', 1: \"b\"}", ["a: 1, x", "b", "c"]),
        ("names:\n- a\n- b", ["a", "b"]),
        ("names:\n  - 'a'\n  # and\n  - b b # last", ["a", "b b"]),
        ("names:\n  0: a\n  1: b", ["a", "b"]),
        ("names:\n  1: b\n  0: a", ["a", "b"]),
        (
            "names:\n" + "".join(f"  {i}: c{i}\n" for i in (10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)),
            [f"c{i}" for i in range(11)],
        ),
        ("names: [\n  a,\n  b,\n]", ["a", "b"]),
        ("names: ['a #1', \"b [x\", it's] # all", ["a #1", "b [x", "it's"]),
        ("---\nnames: []\nnc: 0", []),
    ],
)
def test_names(text, names):
    assert read_description(text, "a.yaml", WANTED)["names"] == names
    assert loaded(text)["names"] == names


OFFICIAL = """# A data set, with its licence
# Example usage: train it

# Train/val/test sets as 1) dir: path/to/imgs, or 2) list: [path/to/imgs1, ..]
path: fruit # root
train: images/train2017 # 128 images
val: images/val2017
test: # test images (optional)

# Classes
names:
  0: apple
  1: pear

flip_idx: [0, 2,
  1]
augment: {mosaic: 1.0, hsv: [0, 1]}
maker:
  url: https://example.org/a
  tags:
    - one
    - two: 3
files:
- a
- b: c
my licence: CC
# What gets it
download: |
  import re
  # and then
  for name in ["a", "b"]:
      print(f"{name} [")

  'done'
about: >-
  Some words: and
  no names
"""


def test_what_else_a_description_holds_is_passed_over():
    read = read_description(OFFICIAL, "a.yaml", WANTED)
    assert read == loaded(OFFICIAL)
    assert read == {
        "path": "fruit",
        "train": "images/train2017",
        "val": "images/val2017",
        "test": "",
        "names": ["apple", "pear"],
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("names: {0: a, 2: b}", "a.yaml, line 1: names has no number 1: number them from 0 to 1."),
        ("nc: 2\nnames:\n  1: a\n  2: b", "a.yaml, line 3: names has no number 0: number them from 0 to 1."),
        ("names: {0: a, 0: b}", "a.yaml, line 1: the number 0 of names stands there twice"),
        ("names:\n  0: a\n  '0': b", "a.yaml, line 3: the number 0 of names stands there twice"),
        (
            "names: {cat: 0, dog: 1}",
            "a.yaml, line 1: below names stands 'cat: 0', and must be numbered as in `0: cat`.",
        ),
        ("names:\n  0: a\n  x", "a.yaml, line 3 is no YAML (while scanning a simple key, could not find expected ':')"),
        ("names:\n  - a\n  1: b", "a.yaml, line 3 is no YAML (while parsing a block collection"),
        ("names: [a, b\nnc: 2", "a.yaml, line 2 is no YAML (while parsing a flow sequence"),
        ("names: [a, [b]]", "a.yaml, line 1: below names stands a list or names, and must be a text."),
        ("names: {0: [b]}", "a.yaml, line 1: below names stands '0: ...', and must be numbered as in `0: cat`."),
        ("names: [a]\nnames: [b]", "a.yaml, line 2: names stands there twice: keep one."),
        ("nc: 1\n\tnames: [a]", "a.yaml, line 2 is no YAML (while scanning for the next token, found character"),
        ("nc: \x07", "a.yaml is no YAML (unacceptable character #x0007"),
        ("nc: " + 5000 * "[", "a.yaml is nested too deeply to be read"),
        ("names: *all", "a.yaml, line 1 is no YAML (found undefined alias 'all')"),
        ("nc: 1\n---\nnc: 2", "a.yaml, line 2 is no YAML (expected a single document in the stream"),
        ("- a\n- b", "a.yaml, line 1 holds no names: begin with `names: [cat, dog]`."),
        ("words alone", "a.yaml, line 1: 'words alone' is no `name: value`"),
    ],
)
def test_descriptions_that_cannot_be(text, words):
    with pytest.raises(UserError) as error:
        read_description(text, "a.yaml", WANTED)
    assert words in str(error.value)


def test_an_empty_description_says_nothing():
    assert read_description("# nothing\n", "a.yaml", WANTED) == {}


def test_aliases_that_would_grow_without_bound_are_not_unfolded():
    levels = [f"a{level}: &a{level} [{', '.join(9 * [f'*a{level - 1}'])}]" for level in range(1, 40)]
    text = "\n".join(["a0: &a0 [x]", *levels, "names: &names [cat]", "train: images", "more: *names"])
    assert read_description(text, "a.yaml", WANTED) == {"names": ["cat"], "train": "images"}


def test_a_tag_that_would_run_code_is_passed_over():
    text = "names: [cat]\nmaker: !!python/object/apply:os.system [exit]"
    assert read_description(text, "a.yaml", WANTED) == {"names": ["cat"]}
