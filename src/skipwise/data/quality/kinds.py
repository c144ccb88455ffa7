"""The kinds of findings and their words: what each means, what to do, and whether it is an error."""

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """A kind of thing that is wrong with an example, a pair or a class. Values stand in findings.csv and data.json."""

    UNREADABLE = "unreadable"
    LEAKAGE = "duplicate-across-split"
    CONTRADICTORY_LABELS = "contradictory-labels"
    NEAR_LEAKAGE = "near-duplicate-across-split"
    NEAR_CONTRADICTORY_LABELS = "near-duplicate-other-label"
    LABEL_ERROR = "wrong-label"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    CLASS_IMBALANCE = "class-balance"
    ANNOTATION = "mended-box"
    BLANK = "one-colour"
    BRIGHTNESS = "brightness"
    CONTRAST = "contrast"
    SIZE = "size"
    MODE = "mode"
    ASPECT = "aspect"
    UPSCALED = "small"

    @property
    def words(self) -> "KindWords":
        """Its heading, meaning and advice."""
        return KINDS[self]

    def counted(self, count: int) -> str:
        """Return the count with the kind's name behind it, as in "2 blank images"."""
        return f"{count} {self.words.one if count == 1 else self.words.many}"


@dataclass(frozen=True, kw_only=True)
class KindWords:
    """The words of a kind: a heading, what it means and what to do.

    `one` and `many` stand after a count. `error`: `skipwise check` ends with exit code 1; else it is a note. `note`:
    words behind the count when a study tells it at its start; None where it does not. `of_split`: the split matters.
    """

    title: str
    one: str
    many: str
    meaning: str
    advice: str
    error: bool = False
    note: str | None = None
    of_split: bool = False


KINDS: dict[FindingKind, KindWords] = {
    FindingKind.UNREADABLE: KindWords(
        title="Unreadable files",
        one="unreadable file",
        many="unreadable files",
        meaning="They are left out of every study.",
        advice="Replace them from where they came from, or delete them.",
        error=True,
    ),
    FindingKind.LEAKAGE: KindWords(
        title="Train-test leakage: exact duplicates across the split",
        one="exact duplicate across the split",
        many="exact duplicates across the split",
        meaning="A test example has the same bytes as one in training or validation. A network has learned what it is tested on, so test scores are too good.",
        advice="Delete it from one of the parts.",
        error=True,
        note=": test examples that are in training or validation, too",
        of_split=True,
    ),
    FindingKind.CONTRADICTORY_LABELS: KindWords(
        title="Contradictory labels: exact duplicates with different labels",
        one="exact duplicate with a different label",
        many="exact duplicates with different labels",
        meaning="Both files have the same bytes and stand in different classes, or have other boxes: one of the labels, or of the sets of boxes, is wrong, or the classes overlap.",
        advice="Keep one, in the right class or with the right boxes.",
        error=True,
        note="",
    ),
    FindingKind.NEAR_LEAKAGE: KindWords(
        title="Train-test leakage: near duplicates across the split",
        one="near duplicate across the split",
        many="near duplicates across the split",
        meaning="A test image seems to be a copy of one in training or validation: recompressed, resized, shifted or brightened, or both are frames of one scene. The score is the correlation of their details. Test scores are too good.",
        advice="Look at the pairs; take copies out of one part, or, where skipwise draws the split, put both into one group (column `group` of a .csv).",
        error=True,
        note=": test images that are nearly one in training or validation",
        of_split=True,
    ),
    FindingKind.NEAR_CONTRADICTORY_LABELS: KindWords(
        title="Contradictory labels: near duplicates with different labels",
        one="pair of near duplicates with different labels",
        many="pairs of near duplicates with different labels",
        meaning="One of the labels is wrong, or the classes overlap.",
        advice="Correct the wrong label.",
        error=True,
        note="",
    ),
    FindingKind.LABEL_ERROR: KindWords(
        title="Likely label errors",
        one="likely label error",
        many="likely label errors",
        meaning="Found by confident learning: models that were not trained on these examples predict another class with confidence. This does not prove that a label is wrong: an unusual example of its class looks the same to a model. The score is the probability of the class that it suggests.",
        advice="Look at them, the most certain first, and correct the wrong labels.",
        error=True,
    ),
    FindingKind.DUPLICATE: KindWords(
        title="Exact duplicates in the same part",
        one="exact duplicate in the same part",
        many="exact duplicates in the same part",
        meaning="An example with the same bytes as another one counts twice. skipwise keeps duplicates on one side of a split that it draws.",
        advice="Delete one, unless that is meant.",
        note="",
    ),
    FindingKind.NEAR_DUPLICATE: KindWords(
        title="Near duplicates in the same part",
        one="near duplicate in the same part",
        many="near duplicates in the same part",
        meaning="Of each image its nearest copy is listed. They add less information than as many different images.",
        advice="Nothing has to be done; where skipwise draws the split, `group` in a .csv keeps them together.",
    ),
    FindingKind.CLASS_IMBALANCE: KindWords(
        title="Class imbalance",
        one="rare class",
        many="rare classes",
        meaning="They have a third of the examples of the commonest class, or fewer.",
        advice="Look at the scores of each class in a report. Where an example has one class, --set imbalance=... treats it.",
    ),
    FindingKind.ANNOTATION: KindWords(
        title="Annotations corrected or left out",
        one="remark on the annotations",
        many="remarks on the annotations",
        meaning="Boxes that were left out or corrected, with the first place of each kind.",
        advice="Look whether that is meant.",
    ),
    FindingKind.BLANK: KindWords(
        title="Blank images",
        one="blank image",
        many="blank images",
        meaning="They are of one colour: there is nothing to see in them.",
        advice="Delete them, unless that is meant.",
    ),
    FindingKind.BRIGHTNESS: KindWords(
        title="Outliers: brightness",
        one="brightness outlier",
        many="brightness outliers",
        meaning="Images far brighter or darker than the others: their mean grey level lies more than three interquartile ranges beyond a quartile of all.",
        advice="Look whether they were exposed or converted wrongly.",
    ),
    FindingKind.CONTRAST: KindWords(
        title="Outliers: contrast",
        one="contrast outlier",
        many="contrast outliers",
        meaning="Images of far higher or lower contrast than the others: the standard deviation of their grey levels lies more than three interquartile ranges beyond a quartile of all.",
        advice="Look whether they were converted wrongly.",
    ),
    FindingKind.SIZE: KindWords(
        title="Outliers: size",
        one="size outlier",
        many="size outliers",
        meaning="Files far larger or smaller than the others: the logarithm of their number of pixels lies more than three interquartile ranges beyond a quartile of all.",
        advice="Look whether they come from another source.",
    ),
    FindingKind.MODE: KindWords(
        title="Outliers: colour mode",
        one="file of a rare colour mode",
        many="files of a rare colour mode",
        meaning="All images are converted to the same mode; but where the mode correlates with the class, a network may learn that.",
        advice="Look whether they come from another source.",
    ),
    FindingKind.ASPECT: KindWords(
        title="Outliers: aspect ratio",
        one="aspect ratio outlier",
        many="aspect ratio outliers",
        meaning="Images are centre-cropped: these lose much of their content.",
        advice="Crop them to their subject.",
    ),
    FindingKind.UPSCALED: KindWords(
        title="Upscaled images",
        one="upscaled image",
        many="upscaled images",
        meaning="They are smaller than the input size: enlarging blurs them, and a network may learn that.",
        advice="Replace them by larger ones, or take a smaller --size.",
    ),
}
