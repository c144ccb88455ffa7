"""How a network is trained: recipe, plan, loop, checkpoint, one run."""

from skipwise.training.plan import Plan, choose_plan
from skipwise.training.recipe import Recipe

__all__ = ["Plan", "Recipe", "choose_plan"]
