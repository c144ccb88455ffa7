"""The design of a study: what was asked, as `study.json` keeps it."""

from dataclasses import dataclass, replace
from typing import Any

from skipwise.errors import UserError
from skipwise.studies.contender import Contender
from skipwise.training.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Design:
    """Contenders x seeds on one split of one data set, under one compute plan.

    `split` says what fixes the examples and their parts: fingerprint, image size, test size, split seed. The first
    contender is the reference.
    """

    name: str
    data: str
    command: str
    split: dict[str, Any]
    contenders: tuple[Contender, ...]
    seeds: tuple[int, ...]
    plan: Plan

    @property
    def runs(self) -> list[tuple[Contender, int]]:
        """Every run, seed by seed, so that pairs are completed early."""
        return [(contender, seed) for seed in self.seeds for contender in self.contenders]

    def contender(self, label: str) -> Contender:
        return next(contender for contender in self.contenders if contender.label == label)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "data": self.data,
            "command": self.command,
            "split": self.split,
            "contenders": [
                {"run_name": contender.run_name(self.split), **contender.to_json()} for contender in self.contenders
            ],
            "seeds": list(self.seeds),
            "plan": self.plan.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Design":
        return cls(
            name=data["name"],
            data=data["data"],
            command=data["command"],
            split=data["split"],
            contenders=tuple(Contender.from_json(contender) for contender in data["contenders"]),
            seeds=tuple(data["seeds"]),
            plan=Plan(**data["plan"]),
        )

    def extended_by(self, asked: "Design") -> "Design":
        """This design with the contenders and seeds of another; it keeps its own plan.

        Raises UserError where the other is about other data, another split, or other contenders of the same name.
        """
        another = "take another --name, or --out, for a study of its own"
        for what, kept in self.split.items():
            if asked.split[what] != kept:
                words = what.replace("_", " ")
                if what == "fingerprint":
                    raise UserError(f"The study {self.name!r} is about other data than {asked.data}: {another}.")
                raise UserError(
                    f"The study {self.name!r} was begun with {words} {kept}, not {asked.split[what]}: {another}."
                )
        if asked.contenders[0].label != self.contenders[0].label:
            raise UserError(
                f"The reference of the study {self.name!r} is {self.contenders[0].label!r}, "
                f"not {asked.contenders[0].label!r}: name that one first, or {another}."
            )
        known = {contender.label: contender for contender in self.contenders}
        for contender in asked.contenders:
            if known.get(contender.label, contender) != contender:
                raise UserError(
                    f"The study {self.name!r} has {contender.label!r} with other settings "
                    f"({_first_difference(known[contender.label], contender)}): give it a LABEL@ of its own, or {another}."
                )
        new = tuple(contender for contender in asked.contenders if contender.label not in known)
        return replace(
            self,
            contenders=self.contenders + new,
            seeds=tuple(sorted({*self.seeds, *asked.seeds})),
            command=self.command if not new and set(asked.seeds) <= set(self.seeds) else asked.command,
        )


def _first_difference(kept: Contender, asked: Contender) -> str:
    before, after = kept.to_json()["recipe"], asked.to_json()["recipe"]
    for field, value in before.items():
        if after[field] != value:
            return f"{field} {value}, not {after[field]}"
    if kept.weights != asked.weights:
        return "other pretrained weights of the same name"
    return "another network"
