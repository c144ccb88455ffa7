"""COCO's table of scores, as the tools of the field compute it."""

import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from skipwise.extras import load_optional
from skipwise.tasks.average_precision.matching import IOUS, Detections
from skipwise.tasks.average_precision.precision import RECALLS

NAMES = {
    "map": "mAP",
    "map_50": "mAP@.5",
    "map_75": "mAP@.75",
    "map_small": "small",
    "map_medium": "medium",
    "map_large": "large",
}


def coco_table(answers: Detections, classes: Sequence[str]) -> dict[str, Any]:
    """mAP over IOUS, at .5 and .75, for small (< 32^2 pixels), medium and large (> 96^2) objects, and `by class`.

    None where there are no true objects. Computed by torchmetrics with faster-coco-eval; raises MissingLibraryError
    without them.
    """
    import torch

    load_optional("faster_coco_eval", "COCO's table of scores")
    detection = load_optional("torchmetrics.detection", "COCO's table of scores")

    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")
        # Its own recalls are rounded to float32: then 1 found of 10 does not reach a recall of .1, as it does for COCO.
        metric = detection.MeanAveragePrecision(
            backend="faster_coco_eval",
            class_metrics=True,
            iou_thresholds=IOUS.tolist(),
            rec_thresholds=RECALLS.tolist(),
        )
        metric.warn_on_many_detections = False
        detections, objects = _by_image(answers, ""), _by_image(answers, "true_")
        metric.update(
            [{name: torch.from_numpy(values) for name, values in image.items()} for image in detections],
            [{name: torch.from_numpy(values) for name, values in image.items()} for image in objects],
        )
        found = metric.compute()
    of_class = dict(
        zip(found["classes"].reshape(-1).tolist(), found["map_per_class"].reshape(-1).tolist(), strict=True)
    )
    table: dict[str, Any] = {name: _known(float(found[key])) for key, name in NAMES.items()}
    return table | {"by class": {name: _known(of_class.get(label, -1.0)) for label, name in enumerate(classes)}}


def _by_image(answers: Detections, prefix: str) -> list[dict[str, np.ndarray]]:
    names = [name for name in ("boxes", "scores", "labels") if prefix + name in answers]
    listed = answers[f"{prefix}labels"] >= 0
    return [{name: answers[prefix + name][image][listed[image]] for name in names} for image in range(len(listed))]


def _known(value: float) -> float | None:
    return None if value == -1 else value
