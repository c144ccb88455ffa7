# ruff: noqa: RUF001
"""Encodings are found and told; what is no text, and what is no regular file, is not read."""

import pytest

from skipwise.data.encodings import decode, decode_all, encoding_of_file, notes_on_encodings
from skipwise.errors import UserError

FRENCH = "Le café était très bon, la crème brûlée aussi, mais le garçon n'était pas là."
CHINESE = "这部电影非常好看，我很喜欢，推荐给大家去看。"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (FRENCH, "utf-8", "utf_8"),
        (FRENCH, "utf-8-sig", "utf_8_sig"),
        (FRENCH, "utf-16", "utf_16"),
        (FRENCH, "utf-32", "utf_32"),
        (FRENCH, "latin-1", "cp1252"),
        ("I met André yesterday", "latin-1", "cp1252"),
        ("it costs £50 \u2013 don\u2019t", "cp1252", "cp1252"),
        (CHINESE, "gb18030", "gb18030"),
        ("這部電影非常好看，我很喜歡，推薦給大家去看。", "big5", "big5"),
        ("この映画はとても面白かったです。みんなに勧めます。", "cp932", "cp932"),
        ("이 영화는 정말 재미있어요. 추천합니다.", "euc_kr", "euc_kr"),
        ("Этот фильм очень хороший, мне понравилось", "cp1251", "cp1251"),
        ("Этот фильм очень хороший, мне понравилось", "koi8_r", "koi8_r"),
        ("Bardzo dobry film, polecam każdemu, świetna gra, żółta łódź", "cp1250", "cp1250"),
    ],
)
def test_an_encoding_is_found(text, encoding, found):
    assert (decode(text.encode(encoding)).encoding, decode(text.encode(encoding)).text) == (found, text)


def test_a_mail_that_names_its_encoding_is_read_so():
    mail = "Content-Type: text/plain; charset=ISO-8859-5\n\nПривет"
    assert decode(mail.encode("iso8859-5")).text == mail


def test_short_files_are_read_as_most_others_and_a_mixture_file_by_file():
    short = ["很好看", "酒店不错", "服务很差，不会再来", "房间太小", "垃圾电影", CHINESE]
    assert [one.text for one in decode_all(text.encode("gb18030") for text in short)] == short
    mixed = [(FRENCH, "cp1252"), ("Этот фильм очень хороший, мне понравилось", "cp1251"), ("naïve", "cp1252")]
    assert [one.text for one in decode_all(text.encode(name) for text, name in mixed)] == [text for text, _ in mixed]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\0\xff", "it holds NUL bytes, so it is no text"),
        (b"\x01\x02\x03\xff\xfe\x04", "it holds control characters, so it is no text"),
        (b"\xff\xfea", "it is not UTF-16: byte 1"),
    ],
)
def test_what_is_no_text(content, reason):
    assert decode(content).text is None
    assert decode(content).reason.startswith(reason[:14])


def test_each_encoding_is_told_once():
    files = [("a", "utf_8"), ("b", "cp1252"), ("c", "cp1252"), ("d", "gb18030")]
    assert notes_on_encodings(files) == [
        "read as windows-1252, not UTF-8: 2 files, the first b",
        "read as GB18030, not UTF-8: d",
    ]


def test_a_damaged_line_of_a_file_in_utf8_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("é\né\né\n".encode() + b"caf\xe9\n")
    with pytest.raises(UserError, match=r"a.csv, line 4 is not UTF-8, as the lines around it are: save the file"):
        encoding_of_file(path)
    path.write_bytes(("ok\n" * 1000 + FRENCH).encode("latin-1"))
    assert encoding_of_file(path) == "cp1252"
