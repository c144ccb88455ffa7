"""Answers of a detector, random and by hand, and mean average precision by the tools of the field."""

import contextlib
import io

import numpy as np


def answers_of(seed, *, images=12, most=15, most_true=4, classes=3, levels=None, whole=False):
    """Detections near the true boxes, some of another class; padded anywhere, not only at the end.

    `levels` rounds scores so that many are equal, `whole` rounds boxes so that overlaps meet thresholds exactly. A
    third of the images lacks detections or truth, and the last class has no object.
    """
    draw = np.random.default_rng(seed)
    corners = draw.uniform(0, 150, (images, most_true, 2))
    true_boxes = np.concatenate([corners, corners + draw.uniform(4, 120, (images, most_true, 2))], axis=2)
    true_labels = draw.integers(-1, max(classes - 1, 1), (images, most_true))
    source = draw.integers(0, most_true, (images, most))
    boxes = np.take_along_axis(true_boxes, source[..., None], 1)
    size = np.tile(boxes[..., 2:] - boxes[..., :2], 2)
    boxes = boxes + draw.normal(0, 0.07, boxes.shape) * size
    labels = np.take_along_axis(true_labels, source, 1)
    labels = np.where(draw.random(labels.shape) < 0.3, draw.integers(-1, classes, labels.shape), labels)
    scores = draw.random((images, most))
    if levels is not None:
        scores = np.floor(scores * levels) / levels
    if whole:
        true_boxes, boxes = np.round(true_boxes / 20) * 20, np.round(boxes / 20) * 20
    labels[draw.random(images) < 0.15] = -1
    true_labels[draw.random(images) < 0.15] = -1
    return {
        "boxes": boxes.astype(np.float32),
        "scores": scores.astype(np.float32),
        "labels": labels,
        "true_boxes": true_boxes.astype(np.float32),
        "true_labels": true_labels,
    }


def one_image(true_boxes, true_labels, boxes, labels, scores):
    return {
        "boxes": np.array([boxes], np.float32),
        "labels": np.array([labels]),
        "scores": np.array([scores], np.float32),
        "true_boxes": np.array([true_boxes], np.float32),
        "true_labels": np.array([true_labels]),
    }


THREE = one_image(
    [[0, 0, 10, 10], [20, 0, 30, 10]],
    [0, 0],
    [[0, 0, 10, 10], [50, 50, 60, 60], [20, 0, 30, 8]],
    [0, 0, 0],
    [0.9, 0.8, 0.7],
)
"""A hit, a false one, and a hit that covers .8 of its object."""


def taken(answers, images):
    """The answers of some images, in that order, each as often as it is named."""
    return {name: values[images] for name, values in answers.items()}


def by_pycocotools(answers, classes, iou=None):
    """mAP, and the precision table (thresholds, recalls, classes); -1 where no class has an object."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    images = range(len(answers["labels"]))
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": image} for image in images],
            "categories": [{"id": label} for label in range(classes)],
            "annotations": _entries(answers, "true_"),
        }
        truth.createIndex()
        found = COCO()
        found.dataset = {**truth.dataset, "annotations": _entries(answers, "")}
        found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    table = evaluation.eval["precision"][..., 0, -1]
    chosen = table if iou is None else table[np.isclose(evaluation.params.iouThrs, iou)]
    known = chosen[chosen > -1]
    return (float(known.mean()) if known.size else -1), table


def _entries(answers, prefix):
    entries = []
    for image, labels in enumerate(answers[f"{prefix}labels"]):
        for place in np.flatnonzero(labels >= 0):
            left, top, right, bottom = answers[f"{prefix}boxes"][image, place].astype(float)
            entry = {"id": len(entries) + 1, "image_id": image, "category_id": int(labels[place]), "iscrowd": 0}
            entry |= {"bbox": [left, top, right - left, bottom - top], "area": (right - left) * (bottom - top)}
            entries.append(entry if prefix else entry | {"score": float(answers["scores"][image, place])})
    return entries
