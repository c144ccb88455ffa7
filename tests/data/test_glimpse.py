"""A first look keeps the rare files among many of one suffix."""

from skipwise.data import glimpse
from skipwise.data.glimpse import MOST_FILES, look_at


def test_the_one_table_among_many_images_is_seen(tmp_path):
    for i in range(MOST_FILES + 20):
        (tmp_path / f"{i}.jpg").touch()
    (tmp_path / "zz.JSON").touch()
    (tmp_path / "LICENSE").touch()
    seen = look_at(tmp_path)
    assert {"zz.JSON", "LICENSE"} <= set(seen.files[""])
    assert len(seen.files[""]) == MOST_FILES + 2
    assert not seen.whole


def test_files_of_ever_new_suffixes_are_bounded(tmp_path):
    for i in range(2 * MOST_FILES):
        (tmp_path / f"a.{i}").touch()
    seen = look_at(tmp_path)
    assert len(seen.files[""]) < MOST_FILES
    assert not seen.whole


def test_a_link_to_itself_is_no_file_and_a_folder_that_is_gone_is_passed_over(tmp_path, monkeypatch):
    (tmp_path / "a.csv").touch()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "everything").symlink_to("/")
    assert look_at(tmp_path).files == {"": ["a.csv"]}
    (tmp_path / "below").mkdir()
    monkeypatch.setattr(glimpse, "_names", lambda _: ([], ["gone"], True))
    assert not look_at(tmp_path).whole
