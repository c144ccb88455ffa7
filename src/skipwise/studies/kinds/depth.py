"""Compare plain and residual networks of a family at several depths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from skipwise.errors import UserError, unknown
from skipwise.studies.kinds.kind import StudyKind

if TYPE_CHECKING:
    from skipwise.data import Dataset
    from skipwise.recipe import Recipe
    from skipwise.studies.config import StudyConfig
    from skipwise.studies.sweeps import Point, Sweep

SHALLOWEST = 3
"""Of a family of which no depth is usual, so many are compared."""


class Depth(StudyKind):
    """Twins at each depth: two series, plain and the family, with a point at each number of layers."""

    name = "depth"
    purpose = "Compare plain and residual networks at several depths, and find the depth from which shortcuts pay."
    fields = ("depths", "family", "seeds", "tune", "folds")
    section = "skipwise.reports.sections.depth.depth_section"

    def sweep(self, config: StudyConfig, recipe: Recipe, dataset: Dataset | None) -> Sweep:
        return depth_sweep(family_name(config), depths_asked(config), recipe, config.settings)

    def title(self, config: StudyConfig) -> list[str]:
        from skipwise.contender import slug

        return [self.name, slug(family_name(config))]

    def merged(self, earlier: StudyConfig, later: StudyConfig) -> StudyConfig:
        if earlier.depths == later.depths:
            return later
        return replace(later, depths=tuple(sorted({*depths_asked(earlier), *depths_asked(later)})))

    def check_points(self, study: str, points: Sequence[Point]) -> None:
        if len({point.series for point in points}) > 2:
            raise UserError(f"The study {study!r} is about another family of networks: take another --name, or --out.")


def family_name(config: StudyConfig) -> str:
    """The family that is named, else the task's."""
    return config.family or config.to_learn.family


def depths_asked(config: StudyConfig) -> Sequence[int]:
    """The depths that are named, else those of the task that the family has, else the family's shallowest."""
    from skipwise.networks.presets import depths_of

    if config.depths is not None:
        return config.depths
    known = depths_of(family_name(config))
    return tuple(depth for depth in config.to_learn.depths if depth in known) or tuple(known[:SHALLOWEST])


def depth_sweep(family: str, depths: Sequence[int], recipe: Recipe, settings: Sequence[str] = ()) -> Sweep:
    """Plain and residual networks of a family at these depths. Raises UserError for what the family does not have."""
    from skipwise.networks.presets import depths_of, families, twin_name
    from skipwise.studies.contender import parse_contender
    from skipwise.studies.sweeps import Point, Sweep

    contenders, points = [], []
    known = depths_of(family)
    if family not in families():  # of `resnet20` there is a depth 0, as it were
        raise unknown("family of networks with a depth in its name", family, families())
    for depth in sorted(set(depths)):
        if depth not in known:
            raise UserError(f"There is no {family} of {depth} layers: known are {', '.join(map(str, known))}.")
        residual = f"{family}{depth}"
        for name, series in ((twin_name(residual), "plain"), (residual, family)):
            contenders.append(parse_contender(name, recipe, settings))
            points.append(Point(label=name, series=series, at=depth))
    if not contenders:
        raise UserError("--depths names no depth: give some, as 8,20,56.")
    return Sweep(contenders=tuple(contenders), points=tuple(points))
