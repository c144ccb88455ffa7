"""Files of the examples: small images, tables and texts."""

import os
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (32, 24)


def image(file: Path) -> None:
    """Write a small image that differs from all others."""
    file.parent.mkdir(parents=True, exist_ok=True)
    seed = sum(os.fsencode(str(file)))
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)).save(file)


def images(root: Path, *names: str) -> Path:
    """Write images below a folder."""
    for name in names:
        image(root / name)
    return root


def text(file: Path, *lines: str) -> Path:
    """Write a file of these lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def table(file: Path, header: str, *rows: str) -> Path:
    """Write a table."""
    return text(file, header, *rows)
