"""Networks of other libraries as contenders: `torchvision/NAME`, and `timm/NAME` where timm is installed."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import torch
from torch import Tensor, nn

from skipwise.errors import UserError, clause, unknown
from skipwise.keyed_rng import key

WITHOUT_AUXILIARY_HEADS = {name: {"aux_logits": False, "init_weights": False} for name in ("googlenet", "inception_v3")}
"""Options with which these two give logits alone, and begin as torch's layers begin, without minutes of drawing."""

COLOURS = 3
"""Channels that torchvision's networks take."""


@dataclass(frozen=True, kw_only=True)
class ExternalNetwork:
    """A classifier of another library by its name there."""

    library: Literal["torchvision", "timm"]
    name: str

    def build(self, input_shape: Sequence[int], classes: int, seed: int) -> nn.Module:
        """The module, its parameters as its library draws them under torch's generator set to the seed.

        Raises UserError where the library cannot make it for these inputs.
        """
        channels = input_shape[0]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(key(seed, "foreign network"))
            try:
                if self.library == "timm":
                    return self._from_timm(channels, classes)
                network = _torchvision_models().get_model(
                    self.name, weights=None, num_classes=classes, **WITHOUT_AUXILIARY_HEADS.get(self.name, {})
                )
            except Exception as error:
                raise UserError(
                    f"{self.library}/{self.name} cannot be made for {classes} classes: {clause(f'{type(error).__name__}: {error}')}."
                ) from error
        return network if channels == COLOURS else nn.Sequential(Colours(), network)

    def _from_timm(self, channels: int, classes: int) -> nn.Module:
        import timm

        network: nn.Module = timm.create_model(self.name, num_classes=classes, in_chans=channels)
        return network


def torchvision_classifiers() -> list[str]:
    """The classifiers of images that torchvision has."""
    models = _torchvision_models()
    names: list[str] = models.list_models(module=models)
    return names


def _torchvision_models() -> Any:
    """Imported when needed: it takes three seconds."""
    import torchvision

    return torchvision.models


class Colours(nn.Module):
    """A grey image three times over, for networks that take colours only."""

    def forward(self, x: Tensor) -> Tensor:
        return x.expand(-1, COLOURS, *x.shape[2:])


def is_external(name: str) -> bool:
    return name.startswith(("torchvision/", "timm/"))


def external_network(text: str) -> ExternalNetwork:
    """Read `torchvision/NAME` or `timm/NAME`. Raises UserError for a name that the library lacks."""
    library, _, name = text.partition("/")
    if library == "torchvision":
        known = torchvision_classifiers()
        if name not in known:
            raise unknown("classifier in torchvision", name, known)
        return ExternalNetwork(library="torchvision", name=name)
    if find_spec("timm") is None:
        raise UserError(f"{text} needs timm, which is not installed: `pip install timm`.")
    import timm

    known = timm.list_models()
    if name.partition(".")[0] not in known:
        raise unknown("network in timm", name, known)
    return ExternalNetwork(library="timm", name=name)
