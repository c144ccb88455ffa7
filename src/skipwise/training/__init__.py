"""How a network is trained: plan, loop, checkpoint, one run."""

from skipwise.training.plan import ComputePlan, choose_plan

__all__ = ["ComputePlan", "choose_plan"]
