"""Deployment: a trained network that answers for new examples."""

from skipwise.deployment.examples import Given, Unanswered
from skipwise.deployment.model import Model

__all__ = ["Given", "Model", "Unanswered"]
