"""The calls from Python have the options of the study config."""

import inspect

import pytest

import skipwise
from skipwise import UserError
from skipwise.studies.config import OPTIONS, StudyConfig


def test_python_has_every_option_with_its_type():
    assert inspect.signature(skipwise.compare) == inspect.signature(skipwise.run) == inspect.signature(StudyConfig)
    assert all(f"`{name}`: {said.help}" in skipwise.run.__doc__ for name, said in OPTIONS.items())


def test_compare_takes_the_fields_of_its_kind_alone():
    with pytest.raises(UserError, match=r"skipwise.compare takes no command: skipwise\.run trains a study of depth\."):
        skipwise.compare(command="depth")
    with pytest.raises(UserError, match="depths is a field of depth, not of compare"):
        skipwise.compare(depths=[8])
