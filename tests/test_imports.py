"""The rooms' doors open downwards only, and the command line answers without heavy imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import skipwise

ROOT = Path(skipwise.__file__).parent

MAY_USE = {
    "errors": set(),
    "extras": {"errors"},
    "keyed_rng": set(),
    "names": set(),
    "regular_files": set(),
    "records": {"errors", "names"},
    "contender": {"networks", "recipe"},
    "networks": {"errors", "keyed_rng", "names"},
    "data": {"names", "errors", "extras", "keyed_rng", "records", "regular_files"},
    "statistics": set(),
    "recipe": {"errors"},
    "tasks": {"names", "errors", "extras", "keyed_rng", "networks", "data", "recipe", "regular_files"},
    "training": {"regular_files", "names", "contender", "errors", "networks", "data", "recipe", "records", "tasks"},
    "deployment": {"regular_files", "names", "errors", "data", "networks", "records", "tasks", "training"},
    "studies": {
        "regular_files",
        "names",
        "contender",
        "data",
        "deployment",
        "errors",
        "extras",
        "networks",
        "recipe",
        "records",
        "statistics",
        "tasks",
        "training",
    },
    "analysis": {
        "regular_files",
        "names",
        "errors",
        "extras",
        "keyed_rng",
        "networks",
        "recipe",
        "records",
        "tasks",
        "data",
        "statistics",
        "studies",
        "deployment",
        "training",
    },
    "reports": {
        "regular_files",
        "names",
        "errors",
        "extras",
        "records",
        "recipe",
        "tasks",
        "data",
        "networks",
        "statistics",
        "analysis",
        "studies",
        "training",
    },
    "commands": {
        "regular_files",
        "names",
        "analysis",
        "contender",
        "data",
        "deployment",
        "errors",
        "extras",
        "networks",
        "recipe",
        "records",
        "reports",
        "statistics",
        "studies",
        "tasks",
        "training",
    },
}


def imports(file):
    """The rooms that a file imports from, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "skipwise":
            names = [f"skipwise.{name.name}" for name in node.names]
        for name in names:
            if name.startswith("skipwise."):
                yield name.split(".")[1]


def room(file):
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def test_imports_go_down_only():
    wrong = [
        f"{file.relative_to(ROOT)} imports {used}"
        for file in ROOT.rglob("*.py")
        if room(file) in MAY_USE
        for used in imports(file)
        if used != room(file) and used not in MAY_USE[room(file)]
    ]
    assert not wrong


def test_every_room_is_known():
    rooms = {room(file) for file in ROOT.rglob("*.py")} - {"__init__", "__main__", "cli"}
    assert rooms == set(MAY_USE)


def test_help_needs_no_torch():
    program = (
        "import sys; from skipwise.cli import app; app(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "'skipwise.cli'" in done.stdout
    assert "'torch'" not in done.stdout


def test_public_names_are_there():
    assert all(getattr(skipwise, name) is not None for name in skipwise.__all__)
    with pytest.raises(AttributeError, match="skipwise has no 'nothing': its public names are Architecture"):
        skipwise.nothing  # noqa: B018


def test_compare_stays_a_function_after_its_module_is_imported():
    import skipwise.commands.compare

    assert callable(skipwise.compare)


def test_statistics_need_only_numpy_scipy_and_jaxtyping():
    allowed = {"numpy", "scipy", "jaxtyping", "skipwise"} | sys.stdlib_module_names
    for file in (ROOT / "statistics").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] in allowed, f"{file.name} imports {name}"
                assert not name.startswith("skipwise.") or name.startswith("skipwise.statistics.")
