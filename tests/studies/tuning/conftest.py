"""A small data set to search on."""

import pytest

from support.images import shapes


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    return str(shapes(tmp_path_factory.mktemp("data") / "squares.npz"))
