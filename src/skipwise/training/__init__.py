"""How a network is trained: plan, loop, checkpoint, one run."""

from skipwise.training.plan import Plan, choose_plan

__all__ = ["Plan", "choose_plan"]
