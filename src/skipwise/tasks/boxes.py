"""Object detection."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from skipwise.data import (
    OWN_SIZE,
    Augmentation,
    Batch,
    DataManifest,
    InputSpec,
    Options,
    ProgressCallback,
    Scenes,
    SceneStream,
    StoredData,
    load_scenes,
    prepare_scenes,
)
from skipwise.data.array_checks import FRACTIONS, WHOLE, Expected, check_arrays, check_range
from skipwise.data.images.decode import image_for_prediction
from skipwise.errors import UserError, unknown
from skipwise.networks import AnyNetwork, Architecture, Detection
from skipwise.recipe import Recipe
from skipwise.tasks.attributable import Answer, AttributableImage
from skipwise.tasks.boxes_found import Boxes
from skipwise.tasks.new_scene import NewScene, new_scene, own_pixels
from skipwise.tasks.task import Guess, Prediction, Predictions, Task, TrainingStep, check_options
from skipwise.tasks.traits import Trait, colours_lost, image_traits

PHOTO_SIZES = {"cpu": 256, "mps": 640, "cuda": 640}
"""The side that photos are resized to, in pixels, unless one is asked for: on a GPU about COCO's own, on a CPU what
trains in minutes."""
TOLD_FROM = 0.5
"""Of predictions, boxes from this score on are told; scores of average precision count all."""
NOTHING_FOUND = 0.0005
"""A mean average precision below this is shown as 0.0 %."""
STEPS = 1_800
"""That a detector needs to learn its classes from nothing, at 16 images each; many images are shown 12 times at
least.
"""


class ObjectDetection(Task):
    """Boxes round the objects of an image, each with a class.

    Answers are padded lists of each image, in its own pixels: `boxes`, `scores` and `labels` (-1 for none) of what is
    found, `true_boxes` and `true_labels` of what is there.
    """

    name = "boxes"
    names = {"digit-scenes": "scenes of handwritten digits on textured ground, with exact boxes: made on the spot"}  # noqa: RUF012
    score_name = "mAP"
    loss_name = "loss"
    contenders = ("plain-slim18", "resnet-slim18")
    curve_contenders = ("plain-slim18", "resnet-slim18")
    family = "resnet-slim"
    depths = (10, 18, 34)
    sections = ("detection scores", "detections", "detection examples")
    unsupported_fields = frozenset(
        {"cutout", "mixup", "cutmix", "imbalance", "label_smoothing", "pretrained", "backbone_lr_multiplier"}
    )
    eval_batch_size = 64
    attribution = "integrated-gradients"
    compares_features = False

    def prepare(self, data: str, options: Options, told: ProgressCallback | None) -> Scenes:
        check_options(options, self)
        if options.long_tail is not None:
            raise UserError("--long-tail thins classes, and an image may hold objects of several: it is not for boxes.")
        return prepare_scenes(data, options, photo_size=PHOTO_SIZES[options.device], progress=told)

    def load(self, stored: StoredData) -> Scenes:
        return load_scenes(stored)

    def stream(self, dataset: Scenes, recipe: Recipe, seed: int, device: str) -> SceneStream:
        return SceneStream(
            dataset,
            seed=seed,
            batch_size=recipe.batch_size,
            augmentation=Augmentation(crop=recipe.crop, flip=recipe.flip),
            device=device,
        )

    def described(self, dataset: Scenes, options: Options) -> list[str]:
        channels, height, width = dataset.input_shape
        rule = f"own size kept: all images have it, and no side is above {max(height, width)} px"
        if dataset.manifest.images.resize_rule != OWN_SIZE:
            device = "CPU" if options.device == "cpu" else "GPU"
            rule = f"resized to fit {width}x{height} px, the rule on a {device} (--size PX changes it); boxes are in own pixels"
        if options.size is not None:
            rule = f"size asked for: {options.size} px; boxes are in own pixels"
        return [
            f"{len(dataset.labels)} images of {width}x{height} px, {'grey' if channels == 1 else 'colour'}, "
            f"{dataset.manifest.counts.total} boxes, {_classes(dataset.classes)}",
            rule,
        ]

    def facts(self, manifest: DataManifest) -> list[tuple[str, str]]:
        facts, objects = manifest.images, manifest.boxes
        assert objects is not None
        return [
            (
                "images",
                f"{manifest.examples} of {facts.width}x{facts.height} px, {'grey' if facts.channels == 1 else 'colour'}",
            ),
            ("boxes", f"{manifest.counts.total}, at most {objects.most_objects} in an image"),
            ("resize rule", facts.resize_rule),
        ]

    def recipe(self, dataset: Scenes, epochs: int | None) -> Recipe:
        """As many epochs as make STEPS, so that few images are shown often."""
        images = len(dataset.train)
        batch_size = 16 if images >= 160 else 4
        count = epochs or int(np.clip(round(STEPS * 16 / images), 12, 100))
        crop, flip = min(dataset.input_shape[1:]) // 12, dataset.mirrored
        return Recipe(
            epochs=count, batch_size=batch_size, optimizer="adamw", lr=0.004, weight_decay=0.01, crop=crop, flip=flip
        )

    def check(self, network: AnyNetwork, recipe: Recipe) -> None:
        super().check(network, recipe)
        if not isinstance(network, Architecture):
            raise UserError("Objects can be found on skipwise's own networks only: take a preset or an Architecture.")
        if network.dims != 2:
            raise UserError("This network reads text: take one that reads images, as resnet-slim18.")
        if network.head.dropout:
            raise UserError("dropout is the classifier's, which a detector leaves out: set dropout=0.")

    def build(self, network: AnyNetwork, spec: InputSpec, seed: int) -> nn.Module:
        from skipwise.networks.detection.detector import build_detector

        return build_detector(network, spec.input_shape, len(spec.classes), seed)

    def training_step(self, dataset: Scenes, recipe: Recipe, device: str) -> TrainingStep:
        """The detector's own loss."""

        def teach(network: nn.Module, batch: Batch, _: float) -> tuple[Tensor, None]:
            loss: Tensor = network.losses(batch.inputs, batch.targets)  # type: ignore[operator]
            return loss, None

        return teach

    def eval_step(self, network: nn.Module, batch: Batch) -> tuple[Predictions, float]:
        found, loss = network.eval_step(batch.inputs, batch.targets)  # type: ignore[operator]
        answers = no_answers(len(batch))
        for place, (image, target) in enumerate(zip(found, batch.targets, strict=True)):
            count = len(image["labels"])
            size = tuple(target["size"].tolist())
            answers["boxes"][place, :count] = own_pixels(image["boxes"], target["scale"].numpy(), size)
            answers["scores"][place, :count] = image["scores"].float().cpu().numpy()
            answers["labels"][place, :count] = image["labels"].cpu().numpy()
        true = {name: np.stack([target[name].numpy() for target in batch.targets]) for name in TRUE}
        return answers | true, loss

    def fallback_predictions(self, dataset: Scenes, indices: Int[np.ndarray, "some"]) -> Predictions:
        """No box anywhere."""
        true_boxes = np.zeros((len(indices), dataset.most_objects, 4), np.float32)
        true_labels = np.full((len(indices), dataset.most_objects), -1, np.int64)
        for place, index in enumerate(indices.tolist()):
            own = dataset.objects[index]
            true_boxes[place, : len(own.labels)], true_labels[place, : len(own.labels)] = own.boxes, own.labels
        return no_answers(len(indices)) | {"true_boxes": true_boxes, "true_labels": true_labels}

    def failure(
        self, dataset: Scenes, recipe: Recipe, train_score: float | None, fitted: Predictions | None
    ) -> str | None:
        from skipwise.tasks.average_precision import match, mean_average_precision

        if fitted is None or not (fitted["true_labels"] >= 0).any():
            return None
        if mean_average_precision(match(fitted, len(dataset.classes)), 0.5) > 0:
            return None
        return "no object of the training images is found: their mAP@.5 is 0"

    def unbeaten_guess(self, score: float, runs: Iterable[Predictions]) -> Guess | None:
        """Finding nothing: the mAP is 0 to the digit that is shown."""
        return (
            Guess(words="a network that finds nothing (mAP 0)", score=NOTHING_FOUND) if score < NOTHING_FOUND else None
        )

    def check_answers(self, answers: Predictions, classes: int) -> None:
        super().check_answers(answers, classes)
        check_arrays(answers, ANSWERS)
        for name in ("labels", "true_labels"):
            check_range(name, answers[name], -1, classes - 1)

    def scores(self, answers: Predictions) -> Float[np.ndarray, "examples"]:
        """The part of each image in mAP@[.5:.95], by the infinitesimal jackknife."""
        from skipwise.tasks.average_precision import influence_values, match

        return influence_values(match(answers, _classes_in(answers)))

    def score(self, answers: Predictions) -> float:
        """mAP@[.5:.95] itself, which is the mean of these parts."""
        from skipwise.tasks.average_precision import match, mean_average_precision

        return mean_average_precision(match(answers, _classes_in(answers)))

    def difference(self, one: nn.Module, other: nn.Module, batch: Batch) -> float:
        """Of all that is computed before boxes are chosen: near a threshold these would differ by a whole box."""
        before, after = one(batch.inputs), other(batch.inputs)
        return max(float((a.float() - b.float()).abs().max().item()) for a, b in zip(before, after, strict=True))

    def attributable(
        self, network: nn.Module, example: str, spec: InputSpec, label: str | None = None
    ) -> AttributableImage:
        """An answer for each box that is told, or each one of this class, best first."""
        from skipwise.tasks.box_scores import BoxScores

        if label is not None and label not in spec.classes:
            raise unknown("class", label, spec.classes)
        read = new_scene(example, spec)
        found = network.detect(read.inputs)[0]  # type: ignore[operator]
        names = [spec.classes[number] for number in found["labels"].tolist()]
        told = torch.tensor(
            [score >= TOLD_FROM and label in (None, name) for score, name in zip(found["scores"], names, strict=True)],
            dtype=torch.bool,
        )
        boxes = read.own(found["boxes"][told]).tolist()
        scores = found["scores"][told].tolist()
        named = [name for name, shown in zip(names, told.tolist(), strict=True) if shown]
        return AttributableImage(
            inputs=read.inputs,
            scores=BoxScores(network, found["boxes"][told], found["labels"][told]),
            answers=tuple(
                Answer(index=index, label=name, score=score, box=(left, top, right, bottom))
                for index, (name, score, (left, top, right, bottom)) in enumerate(
                    zip(named, scores, boxes, strict=True)
                )
            ),
            pixels=image_for_prediction(Path(example), spec.value_range),
            framing="pad",
        )

    def predict(self, network: nn.Module, examples: Sequence[str], spec: InputSpec) -> list[Prediction]:
        read = [new_scene(file, spec) for file in examples]
        found = network.detect(torch.cat([scene.inputs for scene in read]))  # type: ignore[operator]
        return [_prediction(*each, spec) for each in zip(examples, read, found, strict=True)]

    def traits(self, inputs: Tensor, spec: InputSpec) -> list[Trait]:
        return image_traits(inputs, spec)

    def remark(self, example: str, spec: InputSpec) -> str:
        return colours_lost(example, spec)


TRUE = ("true_boxes", "true_labels")
ANSWERS = {
    "boxes": Expected(FRACTIONS, ("images", "found", 4)),
    "scores": Expected(FRACTIONS, ("images", "found")),
    "labels": Expected(WHOLE, ("images", "found")),
    "true_boxes": Expected(FRACTIONS, ("images", "objects", 4)),
    "true_labels": Expected(WHOLE, ("images", "objects")),
}
"""The arrays of answers, as check_arrays compares them."""


def no_answers(images: int) -> Predictions:
    """Room for what is found in these images, and nothing found."""
    from skipwise.networks.detection.targets import DETECTIONS_PER_IMAGE

    return {
        "boxes": np.zeros((images, DETECTIONS_PER_IMAGE, 4), np.float32),
        "scores": np.zeros((images, DETECTIONS_PER_IMAGE), np.float32),
        "labels": np.full((images, DETECTIONS_PER_IMAGE), -1, np.int64),
    }


def _prediction(file: str, read: NewScene, found: Detection, spec: InputSpec) -> Boxes:
    told = found["scores"] >= TOLD_FROM
    boxes = read.own(found["boxes"][told])
    return Boxes(
        file=file,
        boxes=tuple((left, top, right, bottom) for left, top, right, bottom in boxes.tolist()),
        labels=tuple(spec.classes[label] for label in found["labels"][told].tolist()),
        scores=tuple(found["scores"][told].float().tolist()),
    )


def _classes_in(answers: Predictions) -> int:
    """Enough for every label; a class without objects counts in no mean."""
    return int(max(answers["labels"].max(initial=0), answers["true_labels"].max(initial=0))) + 1


def _classes(classes: Sequence[str]) -> str:
    return f"{len(classes)} classes" if len(classes) > 1 else f"1 class ({classes[0]})"
