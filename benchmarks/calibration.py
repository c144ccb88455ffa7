"""How often skipwise's verdicts are wrong, measured on pools of runs that were really trained.

    python benchmarks/calibration.py train         # the pools and the small sets: about 1 hour on 2 cores
    python benchmarks/calibration.py simulate      # studies drawn from them: about 10 minutes
    python benchmarks/calibration.py show          # tables on the screen, charts into docs/images

`--out` is the folder for studies, tables of answers and results. Training goes on where it was cut. `--fashion` is an
.npz of Fashion-MNIST with x_train, y_train, x_test and y_test; docs/statistics.md says what the numbers mean.
"""

import argparse
import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from calibrating import (
    auto,
    calibration_errors,
    charts,
    collapse,
    detectors,
    fold_rates,
    fold_sets,
    other_scores,
    pools,
    quick_learners,
    rates,
    tables,
)
from calibrating.unpaired import pairing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("train", "simulate", "show"))
    parser.add_argument("--out", type=Path, default=Path("calibration"))
    parser.add_argument("--fashion", type=Path, default=Path("~/.cache/skipwise/data/fashion-mnist.npz").expanduser())
    parser.add_argument("--runs", type=int, default=60, help="of each contender in a pool")
    parser.add_argument("--sets", type=int, default=60, help="small data sets that networks are trained on")
    parser.add_argument("--draws", type=int, default=2_000, help="studies drawn for each figure")
    parser.add_argument(
        "--only", nargs="+", default=[""], help="figures whose names begin so, as false or power-digits"
    )
    asked = parser.parse_args()
    results = asked.out / "results"
    results.mkdir(parents=True, exist_ok=True)
    if asked.step == "train":
        pools.train(asked.out / "pools", str(asked.fashion), asked.runs)
        fold_sets.train_sets(fold_sets.small_sets(asked.fashion, asked.sets), asked.out / "folds")
    elif asked.step == "simulate":
        for name, simulate in figures(asked).items():
            if name.startswith(tuple(asked.only)):
                (results / f"{name}.json").write_text(json.dumps(list(simulate()), indent=1))
                print(f"{name}: done", flush=True)
    else:
        found = {path.stem: json.loads(path.read_text()) for path in sorted(results.glob("*.json"))}
        tables.show(found)
        charts.draw(found, Path("docs/images"))


def figures(asked: argparse.Namespace) -> dict[str, Callable[[], Iterable[Any]]]:
    """The measurements by name: each gives the rows of a table."""
    draws = asked.draws
    found: dict[str, Callable[[], Iterable[Any]]] = {}
    for name in ("digits", "fashion", "collapse"):
        found[f"false-{name}"] = partial(_of_pool, asked, name, rates.false_verdicts, draws)
        found[f"accuracy-{name}"] = partial(_of_pool, asked, name, rates.accuracy_coverage, draws)
        found[f"auto-false-{name}"] = partial(_of_pool, asked, name, auto.without_difference, draws)
    for name in ("digits", "fashion"):
        found[f"coverage-{name}"] = partial(_of_pool, asked, name, rates.coverage, draws)
        found[f"power-{name}"] = partial(_of_pool, asked, name, rates.powers, draws)
        found[f"auto-power-{name}"] = partial(_of_pool, asked, name, auto.with_difference, draws // 4)
        found[f"pairing-{name}"] = partial(_of_pool, asked, name, pairing, None)
    found["equivalent-real"] = partial(_of_pool, asked, "collapse", collapse.real_collapses, draws // 2)
    found["equivalent-rare"] = lambda: collapse.rare_collapses(
        _pool(asked, "digits"), _pool(asked, "collapse"), draws // 2
    )
    found["macro-f1"] = partial(_of_pool, asked, "digits", other_scores.macro_f1_coverage, draws // 10)
    found["calibration-error"] = partial(calibration_errors.errors_coverage, draws // 5)
    found["detectors"] = partial(detectors.detector_rates, draws // 5)
    for learner in quick_learners.LEARNERS:
        found[f"folds-{learner}"] = partial(quick_folds, asked, learner)
    found["folds-networks"] = partial(network_folds, asked)
    return found


def _pool(asked: argparse.Namespace, name: str) -> pools.Pool:
    return pools.read(asked.out / "pools" / name, asked.out / f"{name}.npz")


def _of_pool(
    asked: argparse.Namespace, name: str, measure: Callable[..., Iterable[Any]], draws: int | None
) -> Iterable[Any]:
    pool = _pool(asked, name)
    return measure(pool) if draws is None else measure(pool, draws)


def quick_folds(asked: argparse.Namespace, learner: str) -> list[dict[str, Any]]:
    """Verdicts by folds of a quick learner, on ten times as many sets."""
    cache = asked.out / f"folds-{learner}.npz"
    return fold_rates.fold_rates(
        *quick_learners.many_sets(asked.fashion, learner, 10 * asked.sets, 100, cache), learner
    )


def network_folds(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Verdicts by folds of plain8 and resnet8, on the sets that are trained."""
    tasks = fold_sets.small_sets(asked.fashion, asked.sets)
    done = [task for task in tasks if fold_sets.kept(asked.out / "folds", task).exists()]
    right = np.stack([np.load(fold_sets.kept(asked.out / "folds", task)) for task in done]).astype(np.float64)
    return fold_rates.fold_rates(right, np.stack([fold_sets.folds_of(task) for task in done]), "plain8 and resnet8")


if __name__ == "__main__":
    main()
