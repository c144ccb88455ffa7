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
            title="Files that cannot be read",
            one="file that cannot be read",
            many="files that cannot be read",
            meaning="They are left out of every study.",
            advice="Replace them from where they came from, or delete them.",
        ),
        Kind(
            name="duplicate-across-split",
            title="The same example in test and in training",
            one="test example that is also in training",
            many="test examples that are also in training",
            meaning="Both files have the same bytes. A network has learned what it is tested on, so test scores are too good.",
            advice="Delete it from one of the parts.",
        ),
        Kind(
            name="contradictory-labels",
            title="The same example, labelled differently",
            one="exact duplicate that is labelled differently",
            many="exact duplicates that are labelled differently",
            meaning="Both files have the same bytes and stand in different classes, or have other boxes: one of the labels, or of the sets of boxes, is wrong, or the classes overlap.",
            advice="Keep one, in the right class or with the right boxes.",
        ),
        Kind(
            name="near-duplicate-across-split",
            title="Nearly the same image in test and in training",
            one="test image that is nearly one in training",
            many="test images that are nearly one in training",
            meaning="One seems to be a copy of the other: saved anew, resized, moved, or brighter, or both are frames of one scene. The score is the correlation of their details. Test scores are too good.",
            advice="Look at the pairs; take copies out of one part, or, where skipwise draws the split, put both into one group (column `group` of a .csv).",
        ),
        Kind(
            name="near-duplicate-other-label",
            title="Nearly the same image with different labels",
            one="pair of near duplicates with different labels",
            many="pairs of near duplicates with different labels",
            meaning="One of the labels is wrong, or the classes overlap.",
            advice="Look which label is right, and mend the other.",
        ),
        Kind(
            name="wrong-label",
            title="Labels that are likely wrong",
            one="label that is likely wrong",
            many="labels that are likely wrong",
            meaning="Models that were not trained on these examples are sure of another class. A model errs, too: an unusual example of its class looks the same to it. The score is the probability of the class that it suggests.",
            advice="Look at them, the first ones first, and mend those that are wrong.",
        ),
        Kind(
            name="duplicate",
            title="The same example twice in one part",
            one="exact duplicate in the same part",
            many="exact duplicates in the same part",
            meaning="It counts twice. skipwise keeps duplicates on one side of a split that it draws.",
            advice="Delete one, unless that is meant.",
        ),
        Kind(
            name="near-duplicate",
            title="Nearly the same image twice in one part",
            one="near duplicate in the same part",
            many="near duplicates in the same part",
            meaning="Of each image its nearest copy is listed. They count for less than as many different images.",
            advice="Nothing has to be done; where skipwise draws the split, `group` in a .csv keeps them together.",
        ),
        Kind(
            name="class-balance",
            title="Classes with few examples",
            one="class with few examples",
            many="classes with few examples",
            meaning="They have a third of the commonest class, or less.",
            advice="Look at the scores of each class in a report. Where an example has one class, --set imbalance=... treats it.",
        ),
        Kind(
            name="mended-box",
            title="Boxes left out, or taken otherwise than written",
            one="remark on the boxes",
            many="remarks on the boxes",
            meaning="What reading the annotations came upon, with the first place of each kind.",
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
            title="Far brighter or darker than the others",
            one="image far brighter or darker than the others",
            many="images far brighter or darker than the others",
            meaning="Their mean grey level lies more than three quartile ranges beyond a quartile of all.",
            advice="Look whether they were exposed or converted wrongly.",
        ),
        Kind(
            name="contrast",
            title="Far harsher or flatter than the others",
            one="image far harsher or flatter than the others",
            many="images far harsher or flatter than the others",
            meaning="The spread of their grey levels lies more than three quartile ranges beyond a quartile of all.",
            advice="Look whether they were converted wrongly.",
        ),
        Kind(
            name="mode",
            title="Files of a rare colour mode",
            one="file of a rare colour mode",
            many="files of a rare colour mode",
            meaning="All are turned into the same mode; but where the mode goes with the class, a network may learn that.",
            advice="Look whether they come from another source.",
        ),
        Kind(
            name="aspect",
            title="Files of an unusual shape",
            one="file of an unusual shape",
            many="files of an unusual shape",
            meaning="Images are cut to the middle: of these much is lost.",
            advice="Cut them to what they are to show.",
        ),
        Kind(
            name="small",
            title="Files smaller than what they are resized to",
            one="file that is enlarged",
            many="files that are enlarged",
            meaning="They become blurred, and a network may learn that.",
            advice="Replace them by larger ones, or take a smaller --size.",
        ),
    )
}
