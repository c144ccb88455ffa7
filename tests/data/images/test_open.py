"""Names that lead to no images: the full text of the error."""

import pytest

from skipwise.data.images.open import open_source
from skipwise.errors import UserError
from support.images import refused


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "The data have an empty name"),
        ("a" * 5000, "cannot be a path"),
        ("~nobody-of-this-name/photos", "cannot be a path"),
    ],
    ids=["empty", "too long", "unknown home"],
)
def test_names_that_are_no_path(data, words):
    with pytest.raises(UserError, match=words):
        open_source(data)


def test_unknown_data(tmp_path):
    assert refused("cifar") == "There is no data set, file or folder called 'cifar': did you mean 'cifar10'?"
    assert refused("photos/none") == (
        "photos/none does not exist: give a folder of images, an .npz, a .csv, or a name as digits."
    )
    (tmp_path / "a.txt").write_text("")
    assert refused(tmp_path / "a.txt").endswith(
        "is a file skipwise cannot read: give a folder of images, an .npz or a .csv."
    )
