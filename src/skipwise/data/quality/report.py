"""The report of data quality: findings, which of them are errors, and their counts as a study keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from skipwise.data.quality.kinds import KINDS, FindingKind

TRUSTED = 0.8
"""A model that names fewer of the labels is itself wrong too often for its doubts to be errors."""
FEW_WRONG = 0.01
"""Label errors count where they are more than this fraction: of fewer a model may be as wrong as the label."""
MOST_LISTED = 20
"""Findings of a kind that a summary lists by name; the counts are of all."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found of an example, beside another or not. `score` is a correlation, a probability or a grey level."""

    kind: FindingKind
    file: str = ""
    other_file: str = ""
    label: str = ""
    other_label: str = ""
    suggested_label: str = ""
    score: float | None = None
    part: str = ""
    detail: str = ""
    index: int | None = None
    other_index: int | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The example, and the one beside it; the class or the detail where it is of none."""
        named = tuple(name for name in (self.file, self.other_file) if name)
        return named or (self.label or self.detail,)


@dataclass(frozen=True, kw_only=True)
class FindingCount:
    """How many findings there are of a kind, and the files of the first ones."""

    kind: FindingKind
    count: int
    first: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class QualitySummary:
    """The counts of a report, as data.json keeps them; kinds of which nothing was found are left out.

    `compared`: near duplicates and outliers were looked for.
    """

    counts: tuple[FindingCount, ...] = ()
    compared: bool = False

    def count(self, kind: FindingKind) -> int:
        """Return how many findings there are of a kind."""
        return sum(one.count for one in self.counts if one.kind == kind)

    def first(self, kind: FindingKind) -> tuple[tuple[str, ...], ...]:
        """Return the files of the first findings of a kind."""
        return next((one.first for one in self.counts if one.kind == kind), ())

    def shown(self, folds: int | None = None) -> "list[FindingCount]":
        """The counts that a study shows: of unreadable files it tells apart, and with `folds` nothing of the split."""
        of_split = {one.kind for one in self.counts if one.kind.words.of_split and folds}
        return [one for one in self.counts if one.kind != FindingKind.UNREADABLE and one.kind not in of_split]

    def notes(self, folds: int | None = None) -> list[str]:
        """The sentences that a study tells at its start."""
        told = ((one.kind, one.count) for one in self.shown(folds) if one.kind.words.note is not None)
        return [f"{kind.counted(count)}{kind.words.note} (`skipwise check` shows them)" for kind, count in told]

    def report(self, examples: int) -> "QualityReport":
        """Return a report of what is listed by name, for data of which only the summary is there."""
        findings = (
            Finding(kind=one.kind, file=files[0], other_file=files[1] if len(files) > 1 else "")
            for one in self.counts
            for files in one.first
        )
        return QualityReport(examples=examples, findings=tuple(findings), compared=self.compared)


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """All findings in data of so many readable examples. A study keeps its summary; `skipwise check` tells all of it.

    `names`: what each example is called. `scope` says what was checked, and `limits` what was not, or not surely.
    `compared`: as in the summary. `agreement`: the fraction of labels that the model named which looked for errors.
    """

    examples: int
    findings: tuple[Finding, ...]
    names: Sequence[str] = field(default=(), repr=False)
    scope: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    compared: bool = False
    agreement: float = 0.0

    @property
    def by_kind(self) -> Mapping[FindingKind, list[Finding]]:
        """The findings of each kind of which there are any."""
        kinds: dict[FindingKind, list[Finding]] = {}
        for finding in self.findings:
            kinds.setdefault(finding.kind, []).append(finding)
        return {kind: kinds[kind] for kind in KINDS if kind in kinds}

    @property
    def error_kinds(self) -> frozenset[FindingKind]:
        """The kinds found that are errors; label errors only where they are many and the model mostly agrees."""
        by_kind = self.by_kind
        doubted = len(by_kind.get(FindingKind.LABEL_ERROR, ()))
        counts = self.agreement >= TRUSTED and doubted > FEW_WRONG * self.examples
        return frozenset(
            kind for kind in by_kind if kind.words.error and (counts or kind is not FindingKind.LABEL_ERROR)
        )

    @property
    def errors(self) -> list[Finding]:
        """The findings that make `skipwise check` end with exit code 1."""
        kinds = self.error_kinds
        return [finding for finding in self.findings if finding.kind in kinds]

    @property
    def summary(self) -> QualitySummary:
        """The counts, and the first findings of each kind."""
        return QualitySummary(
            counts=tuple(
                FindingCount(kind=kind, count=len(some), first=tuple(finding.files for finding in some[:MOST_LISTED]))
                for kind, some in self.by_kind.items()
            ),
            compared=self.compared,
        )

    def limited(self, sentence: str) -> "QualityReport":
        """Return the same with one more limit."""
        return replace(self, limits=(*self.limits, sentence))
