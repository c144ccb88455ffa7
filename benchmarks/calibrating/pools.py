"""Pools: many runs of a few contenders, really trained, of which studies are drawn again and again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Return the predictions of each run of each contender on the same test images."""

    name: str
    labels: Int[np.ndarray, "images"]
    answers: dict[str, UInt8[np.ndarray, "runs images"]]
    failed: dict[str, Bool[np.ndarray, "runs"]]

    @property
    def contenders(self) -> tuple[str, ...]:
        return tuple(self.answers)

    def right(self, contender: str) -> Float[np.ndarray, "runs images"]:
        """1 for a right answer, 0 for a wrong one."""
        right: np.ndarray = (self.answers[contender] == self.labels).astype(np.float64)
        return right

    def differences(self) -> Float[np.ndarray, "runs images"]:
        """Of the second contender to the first, paired by seed."""
        first, second = self.contenders[:2]
        differences: np.ndarray = self.right(second) - self.right(first)
        return differences


def plans(fashion: str, runs: int) -> dict[str, dict[str, Any]]:
    """Return the arguments of `skipwise.compare`, by the name of the pool; `fashion` is Fashion-MNIST's name or .npz.

    Both pools of digits have the same test images, 60 % of all.
    """
    digits = {"data": "digits", "test_size": 0.6, "seeds": runs}
    return {
        "digits": {**digits, "contenders": ["plain20", "resnet20"], "epochs": 10},
        "fashion": {
            "data": fashion,
            "contenders": ["plain8", "resnet8"],
            "size": 14,
            "epochs": 6,
            "settings": ["fraction=0.05"],
            "seeds": runs,
        },
        "collapse": {**digits, "contenders": ["plain32"], "epochs": 16},
    }


def train(out: Path, fashion: str, runs: int) -> None:
    """Train what is missing of every pool, each a study in the folder `out`."""
    import skipwise

    for name, asked in plans(fashion, runs).items():
        skipwise.compare(**asked, name=name, out=out)


def read(study: Path, cache: Path) -> Pool:
    """The pool of a study's folder, or from the .npz `cache` where it was read before."""
    if not cache.exists():
        _write(study, cache)
    with np.load(cache) as arrays:
        names = [str(name) for name in arrays["contenders"]]
        return Pool(
            name=cache.stem,
            labels=arrays["labels"],
            answers={name: arrays[f"answers {name}"] for name in names},
            failed={name: arrays[f"failed {name}"] for name in names},
        )


def _write(path: Path, cache: Path) -> None:
    from skipwise.studies import Study

    results = Study.open(path).results
    arrays: dict[str, np.ndarray] = {"contenders": np.array(list(results))}
    for name, runs in results.items():
        arrays[f"answers {name}"] = np.stack([run.predictions()["probabilities"].argmax(1) for run in runs]).astype(
            np.uint8
        )
        arrays[f"failed {name}"] = np.array([run.failed is not None for run in runs])
        arrays["labels"] = runs[0].predictions()["labels"]
    np.savez_compressed(cache, **arrays)  # type: ignore[arg-type]
