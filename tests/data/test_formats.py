"""Formats that are not read are named, with what to do instead."""

import pytest

from skipwise.data.layout import recognise
from skipwise.errors import UserError


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("scan.dcm", b"", "DICOM, which is not read: export each slice"),
        ("IM0001", bytes(128) + b"DICM", "DICOM, which is not read"),
        ("brain.nii.gz", b"", "NIfTI, which is not read: export slices"),
        ("clip.MP4", b"", "video, which is not read: export frames"),
        ("clip.mpg", b"", "video, which is not read: export frames"),
        ("word.wav", b"", "sound, which is not read: save spectrograms"),
        ("page.pdf", b"%PDF", "PDF, which is not read"),
        ("train.h5", b"", "HDF5, which is not read: save the arrays as .npz"),
        ("train_32x32.mat", b"", "MATLAB, which is not read: save the arrays as .npz"),
        (
            "train-images-idx3-ubyte",
            b"",
            "a single file of MNIST's IDX, which is not read: give the folder that holds the files",
        ),
        (
            "data.pkl",
            b"",
            "pickle, which is not read: a pickle can run any program when it is opened, so save its arrays",
        ),
        ("training.pt", b"", "PyTorch's pickle, which is not read: a pickle can run any program"),
        ("data_batch_3", b"\x80\x02}q", "a pickle without a suffix, as CIFAR's, which is not read: a pickle can run"),
        ("meta", b"\x80\x04}q", "a pickle without a suffix, as CIFAR's, which is not read: a pickle can run"),
        ("train-000000.tar", b"", "WebDataset or tar, which is not read: unpack"),
        ("reviews.json.gz", b"", "a compressed file or an archive, which is not read: unpack it"),
        ("sheet.xlsx", b"", "spreadsheets, which is not read: save the sheet as .csv"),
    ],
)
def test_formats(tmp_path, name, content, said):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        recognise(str(tmp_path))
    assert str(error.value).startswith(f"{tmp_path}/a/{name} and 1 more: {said}")


@pytest.mark.parametrize("name", ["data.pkl", "data_batch_1", "clip.mp4", "train-images-idx3-ubyte.gz"])
def test_a_file_alone(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UserError, match=f"^{tmp_path}/{name}: .*, which is not read: "):
        recognise(str(tmp_path / name))


def test_a_packed_file_is_no_folder(tmp_path):
    for name, said in (("a.json.gz", "packed: unpack it, and give the file"), ("a.tar.gz", "and give the folder")):
        (tmp_path / name).write_bytes(b"x")
        with pytest.raises(UserError, match=said):
            recognise(str(tmp_path / name))


def test_pickles_are_never_opened_and_cifar_is_there(tmp_path):
    (tmp_path / "data_batch_1").write_bytes(b"cbuiltins\nexit\n(tR.")
    with pytest.raises(UserError, match="CIFAR itself is there as `skipwise compare cifar10`"):
        recognise(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "SMSCollection",
            "ham\tsee you\nspam\twin now\n",
            "lines of cells between tabs, which are not read: give its name the ending .tsv",
        ),
        ("train.label", "DESC:manner How far ?\nHUM:ind Who is it ?\n", "lines that begin with a class and a colon"),
        ("agree.lines", "profit rose .@positive\nprofit fell .@negative\n", "lines that end with @ and a class"),
        ("intents.json", '{"intents": [{"tag": "hi", "patterns": ["Hello"]}]}', "a chatbot's intents"),
    ],
)
def test_lines_of_texts(tmp_path, name, content, said):
    (tmp_path / name).write_text(content, encoding="utf-8")
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(UserError) as error:
            recognise(str(path))
        assert str(error.value).startswith(f"{tmp_path / name} holds {said}")
