"""The kinds of findings in words: what each means, and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`one` and `many` stand after a count."""

    name: str
    title: str
    one: str
    many: str
    meaning: str
    advice: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="unreadable",
            title="Unreadable files",
            one="file that cannot be read",
            many="files that cannot be read",
            meaning="They are left out of every study.",
            advice="Replace them from where they came from, or delete them.",
        ),
        Kind(
            name="duplicate-across-split",
            title="Exact duplicates across the split",
            one="test example that is also in training",
            many="test examples that are also in training",
            meaning="Both files have the same bytes, one in test and one in training or validation. This is data "
            "leakage: test scores are too good.",
            advice="Delete it from one of the parts.",
        ),
        Kind(
            name="contradictory-labels",
            title="Exact duplicates with different labels",
            one="exact duplicate that is labelled differently",
            many="exact duplicates that are labelled differently",
            meaning="Both files have the same bytes and are in different classes, or have different boxes: one of the "
            "labels, or of the sets of boxes, is wrong, or the classes overlap.",
            advice="Keep one, in the right class or with the right boxes.",
        ),
        Kind(
            name="near-duplicate-across-split",
            title="Near duplicates across the split",
            one="test image that is nearly one in training",
            many="test images that are nearly one in training",
            meaning="One seems to be a copy of the other (saved again, resized, shifted, or brighter), or both are "
            "frames of one scene. The score is the correlation of their details. This is data leakage: test "
            "scores are too good.",
            advice="Look at the pairs; take copies out of one part, or, where skipwise draws the split, put both into "
            "one group (column `group` of a .csv).",
        ),
        Kind(
            name="near-duplicate-other-label",
            title="Near duplicates with different labels",
            one="pair of near duplicates with different labels",
            many="pairs of near duplicates with different labels",
            meaning="One of the labels is wrong, or the classes overlap.",
            advice="Correct the wrong label.",
        ),
        Kind(
            name="wrong-label",
            title="Likely label errors",
            one="label that is likely wrong",
            many="labels that are likely wrong",
            meaning="Models that were not trained on these examples are confident of another class. This does not "
            "prove that a label is wrong: an unusual example of its class looks the same to a model. The score is "
            "the probability of the suggested class.",
            advice="Look at them in this order, and correct those that are wrong.",
        ),
        Kind(
            name="duplicate",
            title="Exact duplicates within a part",
            one="exact duplicate in the same part",
            many="exact duplicates in the same part",
            meaning="It counts twice. skipwise keeps duplicates on one side of a split that it draws.",
            advice="Delete one, unless that is meant.",
        ),
        Kind(
            name="near-duplicate",
            title="Near duplicates within a part",
            one="near duplicate in the same part",
            many="near duplicates in the same part",
            meaning="Each image is listed with its nearest copy. Near duplicates are worth less than as many "
            "different images.",
            advice="Nothing has to be done; where skipwise draws the split, `group` in a .csv keeps them together.",
        ),
        Kind(
            name="class-balance",
            title="Class imbalance",
            one="class with few examples",
            many="classes with few examples",
            meaning="These classes have a third of the examples of the commonest class, or fewer.",
            advice="Look at the per-class scores of a report. Where an example has one class, --set imbalance=... "
            "treats it.",
        ),
        Kind(
            name="mended-box",
            title="Corrected or dropped annotations",
            one="remark on the boxes",
            many="remarks on the boxes",
            meaning="Problems met while reading the annotations, each with its first place.",
            advice="Look whether that is meant.",
        ),
        Kind(
            name="one-colour",
            title="Images of one colour",
            one="image of one colour",
            many="images of one colour",
            meaning="There is nothing to see in them.",
            advice="Delete them, unless that is meant.",
        ),
        Kind(
            name="brightness",
            title="Brightness outliers",
            one="image far brighter or darker than the others",
            many="images far brighter or darker than the others",
            meaning="Their mean grey level lies more than three quartile ranges beyond a quartile of all.",
            advice="Look whether they were exposed or converted wrongly.",
        ),
        Kind(
            name="contrast",
            title="Contrast outliers",
            one="image of far higher or lower contrast than the others",
            many="images of far higher or lower contrast than the others",
            meaning="The spread of their grey levels lies more than three quartile ranges beyond a quartile of all.",
            advice="Look whether they were converted wrongly.",
        ),
        Kind(
            name="mode",
            title="Rare colour modes",
            one="file of a rare colour mode",
            many="files of a rare colour mode",
            meaning="All images are converted to the same mode; but where the mode correlates with the class, a "
            "network may learn that.",
            advice="Look whether they come from another source.",
        ),
        Kind(
            name="aspect",
            title="Unusual aspect ratios",
            one="file of an unusual shape",
            many="files of an unusual shape",
            meaning="Images are centre-cropped: these lose much of their content.",
            advice="Crop them to their subject.",
        ),
        Kind(
            name="small",
            title="Images that are enlarged",
            one="file that is enlarged",
            many="files that are enlarged",
            meaning="They are smaller than the input size: enlarging blurs them, and a network may learn that.",
            advice="Replace them by larger ones, or take a smaller --size.",
        ),
    )
}
