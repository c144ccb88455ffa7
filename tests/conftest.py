"""Types and shapes are checked at run time in every test; nothing is written to the user's own cache."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

import support.typechecker  # noqa: F401  the hook below names it

install_import_hook("skipwise", "support.typechecker.checked").__enter__()

import torch  # noqa: E402

torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of decoded images for this session of tests."""
    patch = pytest.MonkeyPatch()
    cache = tmp_path_factory.mktemp("cache")
    patch.setenv("SKIPWISE_CACHE", str(cache))
    yield cache
    patch.undo()
