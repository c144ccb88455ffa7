"""Features of texts without any order of far words: weighted counts and a linear model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int

WORDS = {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
CHARACTERS = {"analyzer": "char", "ngram_range": (1, 4)}
"""Where spaces do not part words."""
STRENGTH = 10.0
"""The inverse of the penalty: rows have length 1, so that single features are small."""
MOST_FEATURES, MOST_COEFFICIENTS = 200_000, 20_000_000
"""The commonest features, and over all classes, so that memory and time stay within bounds."""
MANY_TEXTS = 1_000
"""From here on features of a single text are left out, which say nothing of another one."""
MOST_STEPS = 100


def bag_of_words(
    train: Sequence[str], labels: Int[np.ndarray, "train"], test: Sequence[str], *, spaced: bool
) -> Float[np.ndarray, "test classes"]:
    """The probabilities of each class for the test texts, by logistic regression on TF-IDF of n-grams.

    Words and pairs of them; where texts are not `spaced`, up to 4 characters. Counts enter by 1 + log (sublinear).
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    settings: dict[str, Any] = WORDS if spaced else CHARACTERS
    vectoriser = TfidfVectorizer(
        sublinear_tf=True,
        min_df=2 if len(train) >= MANY_TEXTS else 1,
        max_features=min(MOST_FEATURES, MOST_COEFFICIENTS // len(np.unique(labels))),
        dtype=np.float32,
        **settings,
    )
    try:
        features = vectoriser.fit_transform(train)
    except ValueError:  # no word in any text, as of marks alone
        if not spaced:
            raise
        return bag_of_words(train, labels, test, spaced=False)
    model = LogisticRegression(C=STRENGTH, max_iter=MOST_STEPS).fit(features, labels)
    found = model.predict_proba(vectoriser.transform(test))
    probabilities = np.zeros((len(test), int(labels.max()) + 1), np.float32)
    probabilities[:, model.classes_] = found
    return probabilities
