"""Links that lead out of the data: what they lead to is read as data, and never stands in an error."""

import pytest

from skipwise.data.links import quoting_no_links
from skipwise.errors import UserError
from skipwise.studies import StudyConfig, resolve
from support.annotations import yolo

SECRET = "the password is swordfish"


@pytest.fixture
def data(tmp_path):
    (tmp_path / "private.txt").write_text(f"{SECRET}\n")
    return yolo(tmp_path / "data")


def refusal(data):
    with pytest.raises(UserError) as error:
        resolve(StudyConfig(data=data, task="boxes"))
    return str(error.value)


def test_a_label_file_that_leads_out_is_not_quoted(data, tmp_path):
    label = data / "labels" / "1.txt"
    label.unlink()
    label.symlink_to(tmp_path / "private.txt")
    told = refusal(data)
    assert "swordfish" not in told
    assert told.startswith(f"{label} is a link that leads out of {data}, ")


def test_a_folder_that_leads_out_is_not_quoted(data, tmp_path):
    (data / "labels").rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "1.txt").write_text(SECRET)
    (data / "labels").symlink_to(tmp_path / "elsewhere")
    assert "swordfish" not in refusal(data)


def test_what_lies_in_the_data_is_quoted(data):
    """Also where the data are reached by a link, and where another link leads out."""
    (data / "labels" / "1.txt").write_text(SECRET)
    (data / "more").symlink_to(data.parent / "private.txt")
    (data.parent / "alias").symlink_to(data)
    for named in (data, data.parent / "alias"):
        assert "swordfish" not in refusal(named) or "labels/1.txt, line 1" in refusal(named)
        assert "is a link" not in refusal(named)


def test_other_errors_pass():
    with pytest.raises(UserError, match=r"^just so$"), quoting_no_links("none/at/all"):
        raise UserError("just so")
