"""Deployment: a trained network that answers for new images."""

from skipwise.deployment.model import Model

__all__ = ["Model"]
