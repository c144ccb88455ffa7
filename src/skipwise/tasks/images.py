"""Image classification."""

from collections.abc import Sequence
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from skipwise.data import (
    NAMES,
    OWN_SIZE,
    Augmentation,
    DataManifest,
    Images,
    ImageStream,
    InputSpec,
    Normaliser,
    Options,
    ProgressCallback,
    StoredData,
    decode_for_prediction,
    load_images,
    prepare_images,
)
from skipwise.data.images.decode import image_for_prediction
from skipwise.data.images.mixing import Mixing
from skipwise.networks import AnyNetwork, Architecture
from skipwise.recipe import Recipe
from skipwise.tasks.attributable import AttributableImage
from skipwise.tasks.classification import Classification, answered, named
from skipwise.tasks.task import Prediction, check_options
from skipwise.tasks.traits import Trait, colours_lost, image_traits

PHOTO_SIZES = {"cpu": 64, "mps": 224, "cuda": 224}
"""The side that photos are resized to, in pixels, unless a size is asked for."""

FITTED = {"crop": "the centre cropped", "pad": "padded with grey", "stretch": "stretched to a square"}
"""The rule for images of another shape, in words."""


class ImageClassification(Classification):
    """One class for each image."""

    name = "images"
    names = NAMES
    score_name = "accuracy"
    attribution = "grad-cam"
    can_fit = True

    def prepare(self, data: str, options: Options, told: ProgressCallback | None) -> Images:
        check_options(options, self)
        return prepare_images(data, options, photo_size=PHOTO_SIZES[options.device], progress=told)

    def load(self, stored: StoredData) -> Images:
        return load_images(stored)

    def described(self, dataset: Images, options: Options) -> list[str]:
        channels, height, width = dataset.input_shape
        return [
            f"{len(dataset.images)} images of {height}x{width} px, {'grey' if channels == 1 else 'colour'}, "
            f"{len(dataset.classes)} classes",
            _size_rule(dataset, options),
        ]

    def facts(self, manifest: DataManifest) -> list[tuple[str, str]]:
        facts = manifest.images
        return [("images", f"{manifest.examples} of {facts.words}"), ("resize rule", facts.resize_rule)]

    def recipe(self, dataset: Images, epochs: int | None) -> Recipe:
        base = super().recipe(dataset, epochs)
        crop, flip = min(dataset.input_shape[1:]) // 8, dataset.mirrored
        return base.set_field("crop", str(crop)).set_field("flip", str(flip))

    def notes(self, network: AnyNetwork, dataset: Images) -> list[str]:
        side = min(dataset.input_shape[1:])
        stem = network.stem if isinstance(network, Architecture) else None
        if stem is None or side >= stem.enlarge_to:
            return []
        return [f"enlarges the images from {side} to {stem.enlarge_to} px"]

    def stream(self, dataset: Images, recipe: Recipe, seed: int, device: str) -> ImageStream:
        return ImageStream(
            dataset,
            seed=seed,
            batch_size=recipe.batch_size,
            augmentation=Augmentation(crop=recipe.crop, flip=recipe.flip, cutout=recipe.cutout),
            mixing=Mixing(mixup=recipe.mixup, cutmix=recipe.cutmix),
            balanced=recipe.imbalance == "balanced-sampling",
            device=device,
        )

    def attributable(
        self, network: nn.Module, example: str, spec: InputSpec, label: str | None = None
    ) -> AttributableImage:
        inputs = new_image(example, spec)
        return AttributableImage(
            inputs=inputs,
            scores=network,
            answers=(answered(network(inputs), spec.classes, label),),
            pixels=image_for_prediction(Path(example), spec.value_range),
            framing=spec.fit,
        )

    def predict(self, network: nn.Module, examples: Sequence[str], spec: InputSpec) -> list[Prediction]:
        logits = network(torch.cat([new_image(file, spec) for file in examples]))
        return named(examples, logits.softmax(1).numpy(), spec.classes)

    def traits(self, inputs: Tensor, spec: InputSpec) -> list[Trait]:
        return image_traits(inputs, spec)

    def remark(self, example: str, spec: InputSpec) -> str:
        return colours_lost(example, spec)


def new_image(file: str, spec: InputSpec) -> Float[Tensor, "1 channels height width"]:
    """An image file as the study's own images were. Raises UserError naming one that cannot be read."""
    channels, height, width = spec.input_shape
    pixels = decode_for_prediction(
        Path(file), height=height, width=width, channels=channels, framing=spec.fit, value_range=spec.value_range
    )
    return Normaliser(spec.mean, spec.std, "cpu")(torch.from_numpy(pixels[None].copy()))


def _size_rule(dataset: Images, options: Options) -> str:
    """Why the images have the size they have."""
    own = dataset.manifest.images.resize_rule == OWN_SIZE
    shaped = not own and (dataset.framing != "crop" or bool(dataset.cropped))
    fitted = f", {FITTED[dataset.framing]}" if shaped else ""
    if options.size is not None:
        return f"size asked for: {options.size} px{fitted}"
    if own:
        return "own size kept: all images have it, and no side is above 64 px"
    device = "CPU" if options.device == "cpu" else "GPU"
    return f"resized to {dataset.input_shape[1]} px{fitted}, the rule for photos on a {device} (--size PX changes it)"
