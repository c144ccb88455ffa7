"""A recipe is a value: how to train, as data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from skipwise.errors import UserError

Imbalance = Literal[
    "none", "class-weights", "effective-number", "focal", "balanced-sampling", "logit-adjustment", "deferred"
]


def _setting(default: Any, takes: str, *, least: float = 0, below: float = float("inf"), optional: bool = False) -> Any:
    """A field with its default, what it takes in words, and its range from `least` to under `below`."""
    return field(default=default, metadata={"takes": takes, "least": least, "below": below, "optional": optional})


def _option(default: Any, takes: str, *, least: float = 0, below: float = float("inf")) -> Any:
    """A field whose default is to do without it."""
    return _setting(default, takes, least=least, below=below, optional=True)


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained: by an optimizer under a schedule of the learning rate.

    `optimizer`: SGD with Nesterov momentum, or AdamW (`momentum` is its beta 1).
    `weight_decay` is the L2 penalty's gradient factor (0.5 * weight_decay * |w|^2 on the weights of convolutions and
    dense layers; with AdamW it is decoupled), `l1` that of |w|. Both spare biases and normalisations. `pretrained`
    names weights to begin with; the backbone, all but the last layer, then learns with `backbone_lr_multiplier` times
    the rate, 0 freezing it.
    `checkpointing` computes maps again instead of keeping them: less memory, the same bits. `steps` or `seconds` of
    training, where given, end a run instead of `epochs`. `fraction` is the share of the training images that are used,
    drawn anew by each seed. `mixup` and `cutmix` mix two images and their labels; with `ema` a moving average of the
    weights is what is judged and kept; `imbalance` is what is done about classes of few images.
    """

    epochs: int = _setting(20, "a whole number of at least 1", least=1)
    steps: int = _option(0, "a whole number of at least 0, 0 to go by epochs")
    seconds: float = _option(0.0, "a number of seconds of at least 0, 0 to go by epochs")
    fraction: float = _option(1.0, "a share of the training images above 0 and up to 1", least=1e-9, below=1 + 1e-9)
    batch_size: int = _setting(128, "a whole number of at least 2", least=2)
    optimizer: Literal["sgd", "adamw"] = _option("sgd", "sgd or adamw")
    lr: float = _setting(0.02, "a learning rate above 0", least=1e-12)
    momentum: float = _setting(0.9, "a number from 0 to below 1", below=1)
    weight_decay: float = _setting(5e-4, "a number of at least 0")
    l1: float = _option(0.0, "a number of at least 0")
    label_smoothing: float = _option(0.0, "a number from 0 to below 1", below=1)
    schedule: Literal["cosine", "one-cycle"] = _setting("cosine", "cosine or one-cycle")
    warmup: float = _setting(0.1, "the share of all steps in which the rate rises, from 0 to below 1", below=1)
    crop: int = _setting(0, "a number of pixels of padding of at least 0")
    flip: bool = _setting(False, "true or false")
    cutout: int = _option(0, "the side of the hole in pixels, 0 for none")
    mixup: float = _option(0.0, "the alpha of mixup as 0.2, 0 for none")
    cutmix: float = _option(0.0, "the alpha of CutMix as 1, 0 for none")
    ema: float = _option(0.0, "the decay a step of an average of the weights as 0.99, 0 for none", below=1)
    imbalance: Imbalance = _option("none", f"one of {', '.join(get_args(Imbalance))}")  # noqa: RUF009
    pretrained: str = _option(
        "", "a file of weights (.safetensors, .pth, .bin, ...), a run's folder, or torchvision/NAME"
    )
    backbone_lr_multiplier: float = _option(
        1.0, "a fraction of the rate from 0 to 1, for all but the last layer", below=1 + 1e-9
    )
    checkpointing: bool = _option(False, "true or false")

    @property
    def identity(self) -> dict[str, Any]:
        """Return the fields that tell it from other recipes. Options that it does without are left out, so that new
        ones change nothing.
        """
        old_names = {new: old for old, new in RENAMED_FIELDS.items()}  # the names of run folders are hashes of these
        return {
            old_names.get(name, name): getattr(self, name)
            for name, entry in RECIPE_FIELDS.items()
            if not entry.metadata["optional"] or getattr(self, name) != entry.default
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Recipe":
        """Read a recipe from a study's or a run's file, by whatever names its fields had when it was written.

        Raises ValueError for a value of another type; a field that nobody knows is a TypeError.
        """
        values = {RENAMED_FIELDS.get(name, name): value for name, value in data.items()}
        TypeAdapter(cls).validate_json(json.dumps(values), strict=True)
        return cls(**values)  # with whole numbers as they stand there: the names of runs are made of them

    def set_field(self, name: str, text: str) -> "Recipe":
        """The same with one field set from text. Raises UserError for a bad value."""
        setting = RECIPE_FIELDS[name].metadata
        try:
            value: Any = TypeAdapter(get_type_hints(Recipe)[name]).validate_strings(text)
        except ValidationError as error:
            raise UserError(f"{name}={text} cannot be: {name} takes {setting['takes']}.") from error
        if not isinstance(value, str) and not setting["least"] <= value < setting["below"]:
            raise UserError(f"{name}={text} cannot be: {name} takes {setting['takes']}.")
        changed: Recipe = replace(self, **{name: value})
        return changed


RECIPE_FIELDS = {entry.name: entry for entry in fields(Recipe)}
RENAMED_FIELDS = {"trunk_rate": "backbone_lr_multiplier"}
"""Names that fields had before, which go on working wherever a user writes them, and what they are called now."""
