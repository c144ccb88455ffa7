"""The long form of the data check: what preparing the data found, and likely label errors."""

from dataclasses import replace

import numpy as np

from skipwise.data.boxes.dataset import Scenes
from skipwise.data.dataset import Dataset
from skipwise.data.images.dataset import Images
from skipwise.data.quality.judge import Examples, label_error_findings
from skipwise.data.quality.label_errors import cleanlab, label_errors
from skipwise.data.quality.out_of_fold import FOLDS, by_patches, by_words
from skipwise.data.quality.report import MOST_LISTED, TRUSTED, QualityReport
from skipwise.data.text.dataset import Texts
from skipwise.errors import UserError
from skipwise.extras import MissingLibraryError

MOST_LABELS = 100_000
"""Examples whose labels are checked: features of more would fill the memory."""


def check(dataset: Dataset, *, with_labels: bool) -> QualityReport:
    """Return everything that is found in data that were just prepared; `with_labels`: label errors, too.

    Raises UserError where a task of one's own prepares data without looking at them.
    """
    report = dataset.quality or _listed(dataset)
    if isinstance(dataset, Scenes):
        return report.limited("Whether boxes lie where they should and have the right class was not checked.")
    if not with_labels:
        return report.limited("Labels were not checked (--no-labels).")
    return check_labels(dataset, report) if isinstance(dataset, Images | Texts) else report


def check_labels(dataset: Images | Texts, report: QualityReport) -> QualityReport:
    """Return the report with likely label errors, by models that were not trained on the examples they answer for."""
    fewest = min(len(np.unique(dataset.together[dataset.labels == label])) for label in np.unique(dataset.labels))
    if fewest < FOLDS:
        return report.limited(
            f"Labels were not checked: the smallest class has {fewest} {dataset.unit} that differ, and it takes {FOLDS}."
        )
    if len(dataset.labels) > MOST_LABELS:
        return report.limited(f"Labels were not checked: they are for up to {MOST_LABELS:,} {dataset.unit}.")
    try:
        cleanlab()
    except MissingLibraryError as error:
        return report.limited(f"Labels were not checked: {error}")
    if isinstance(dataset, Texts):
        probabilities, model = by_words(dataset), "TF-IDF + logistic regression"
    else:
        probabilities = by_patches(dataset.images, dataset.labels, dataset.together)
        model = "ridge regression on patch features"
    agreement = float((probabilities.argmax(1) == dataset.labels).mean())
    examples = Examples(dataset=dataset, names=report.names)
    wrong = label_error_findings(examples, label_errors(probabilities, dataset.labels))
    few = "" if agreement >= TRUSTED else ", too few for its doubts to count as errors"
    return replace(report, findings=(*report.findings, *wrong), agreement=agreement).limited(
        f"Labels were checked by {FOLDS} folds of {model}; it agrees with {100 * agreement:.1f} % of them{few}."
    )


def _listed(dataset: Dataset) -> QualityReport:
    """Return what the manifest lists by name, of data whose task keeps no report."""
    summary, count = dataset.manifest.quality, len(dataset.labels)
    if summary is None:
        raise UserError(f"What was found in {dataset.name} is not known: its task has to prepare it with `inspected`.")
    names = dataset.files or [f"{dataset.name} {index}" for index in range(count)]
    listed = f"Of what preparing {dataset.name} found, the first {MOST_LISTED} findings of each kind are listed."
    return replace(summary.report(count), names=names, scope=(listed,))
