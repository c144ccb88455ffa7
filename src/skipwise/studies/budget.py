"""A budget that is equal for all contenders: epochs, steps, seconds or multiply-adds."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from skipwise.data import InputSpec
from skipwise.errors import UserError, short, unknown
from skipwise.studies.contender import Contender
from skipwise.tasks import Task

Kind = Literal["epochs", "steps", "seconds", "multiply-adds"]
EXAMPLES = {"epochs": "20", "steps": "1000", "seconds": "60", "multiply-adds": "1e12"}
BACKWARD_AND_FORWARD = 3
"""A training step costs about three times what the forward way does: weights and maps both get gradients."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """The budget of each run. Multiply-adds are those of all training steps, forwards and backwards."""

    kind: Kind
    value: float

    def __str__(self) -> str:
        words = {
            "epochs": "epochs",
            "steps": "steps",
            "seconds": "seconds of training (so no two runs give the same bits)",
            "multiply-adds": "multiply-adds of training",
        }
        return f"{self.value:g} {words[self.kind]} a run"


def parse_budget(text: str) -> Budget:
    """From `kind=value`. Raises UserError for what is none."""
    kind, equals, value = (part.strip() for part in text.partition("="))
    if kind not in get_args(Kind):
        raise unknown("budget", kind, get_args(Kind))
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    whole = kind in ("epochs", "steps")
    if not equals or not 0 < number < float("inf") or (whole and number != int(number)):
        takes = "a whole number above 0" if whole else "a number above 0"
        raise UserError(f"--budget is {short(text)!r}: {kind} takes {takes}, as {kind}={EXAMPLES[kind]}.")
    return Budget(kind=kind, value=number)  # type: ignore[arg-type]


def with_budget(
    contender: Contender, budget: Budget, task: Task, spec: InputSpec, examples: int | None = None
) -> Contender:
    """The contender with this budget instead of the length of its recipe. Raises UserError where it is too small.

    A batch holds no more than the training `examples`, where their number is given.
    """
    recipe = replace(contender.recipe, steps=0, seconds=0.0)
    if budget.kind == "epochs":
        recipe = replace(recipe, epochs=int(budget.value))
    elif budget.kind == "steps":
        recipe = replace(recipe, steps=int(budget.value))
    elif budget.kind == "seconds":
        recipe = replace(recipe, seconds=budget.value)
    else:
        once = task.cost(task.build(contender.network, spec, seed=0), spec).multiply_adds
        a_step = BACKWARD_AND_FORWARD * once * min(recipe.batch_size, examples or recipe.batch_size)
        steps = int(budget.value // a_step)
        if not steps:
            raise UserError(
                f"--budget multiply-adds={budget.value:g} is less than one step of {contender.label} ({a_step:.3g}): give more."
            )
        recipe = replace(recipe, steps=steps)
    return replace(contender, recipe=recipe)
