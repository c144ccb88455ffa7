"""Texts ready for training: labelled, split, cut into tokens."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Int

from skipwise.data.cache_home import check_folder, location_of, path_of
from skipwise.data.dataset import Dataset, common_fields
from skipwise.data.fingerprint import digest, fingerprint
from skipwise.data.input_spec import InputSpec
from skipwise.data.layout import open_as
from skipwise.data.long_tail import long_tail
from skipwise.data.manifest import ClassCounts, DataManifest, TextFacts
from skipwise.data.options import Options, ProgressCallback, check_test_size
from skipwise.data.quality.exact_duplicates import group_duplicates
from skipwise.data.quality.inspect import inspected
from skipwise.data.split import Split, split, stay_together
from skipwise.data.stored import StoredData
from skipwise.data.text.cache import Encoded, RawTexts, encode_once, keep_texts, read_encoded
from skipwise.data.text.hub import HUB, read_hub
from skipwise.data.text.source import TextSource
from skipwise.data.text.tokens import UNKNOWN, Kind, Tokens, are_spaced, kind_called, learn
from skipwise.errors import UserError

SHORTEST = 16
"""Tokens that a length is at least: networks halve it several times."""
LONGEST: dict[Kind, int] = {"characters": 1014, "bytes": 1014, "words": 400, "subwords": 400}
"""Tokens that a length is at most, unless asked for: characters as Zhang et al. 2015 (arXiv 1509.01626) and Conneau et
al. 2017 have them; of words as many as IMDB's reviews are usually cut to, so that an epoch takes minutes on a CPU."""
COVERED = 95
"""Per cent of the training texts that are not cut, where that is not too long."""
MOST_MEASURED = 5_000
"""Training texts whose lengths tell the length: at even steps, at most so many."""


@dataclass(frozen=True, kw_only=True)
class Texts(Dataset):
    """Texts in the cache. What their tokens are is learned from the training part, when they are first needed.

    `vocabulary` is how many numbers a network knows and `length` how many tokens it reads; both stay when the parts
    change, so that networks of all folds and shares have one size, and the tokens learned then are no more.
    `kept` is where the texts stand as numbers already, None where that has still to be done.
    """

    texts: RawTexts
    kind: Kind
    vocabulary: int
    length: int
    kept: Path | None

    unit = "texts"

    @property
    def input_shape(self) -> tuple[int, int]:
        """How many numbers of tokens there are, that of padding included, and how many tokens a text has at most."""
        return self.vocabulary, self.length

    @property
    def input_spec(self) -> InputSpec:
        tokens = self.encoded.tokens
        return InputSpec(input_shape=self.input_shape, classes=self.classes, tokens=tokens.kind, tokenizer=tokens.text)

    @cached_property
    def encoded(self) -> Encoded:
        """The texts as numbers."""
        if self.kept is not None:
            return read_encoded(self.kept)

        def learned() -> tuple[Tokens, int]:
            return learn(self.kind, self.texts.of(self.train), self.vocabulary), self.length

        examples = self.train.tolist()
        return read_encoded(encode_once(self.texts, learned, None, self.kind, self.vocabulary, self.length, examples))

    def with_parts(
        self,
        *,
        train: Int[np.ndarray, "train"],
        validation: Int[np.ndarray, "validation"],
        test: Int[np.ndarray, "test"],
    ) -> "Texts":
        return replace(self, train=train, validation=validation, test=test, kept=self._still_kept)

    def with_train(self, train: Int[np.ndarray, "train"]) -> "Texts":
        return replace(self, train=train, kept=self._still_kept)

    @property
    def _still_kept(self) -> Path | None:
        """Where the numbers still stand when the training part changes: of words and subwords nowhere."""
        return self.kept if self.kind in ("characters", "bytes") else None


def prepare_texts(data: str, options: Options, *, progress: ProgressCallback | None = None) -> Texts:
    """Read, check, split and cut the texts that `data` names.

    A long tail thins the training texts. Raises UserError for whatever a user can mend.
    """
    asked = None if options.tokens is None else kind_called(options.tokens)
    if options.size is not None and options.size < SHORTEST:
        raise UserError(f"The size asked for is {options.size}: texts need at least {SHORTEST} tokens.")
    check_test_size(options.test_size, "texts")
    source = open_texts(data, options)
    digests = [*map(digest, source.texts.encoded())]
    classes = [source.classes[label] for label in source.labels]
    mark = fingerprint(source.keys, digests.__getitem__, classes, source.parts, source.groups)
    duplicates = group_duplicates(digests)
    together = stay_together(duplicates, source.groups)
    try:
        parts = split(
            source.labels,
            source.parts,
            together,
            source.classes,
            test_size=options.test_size,
            fingerprint=mark,
            seed=options.split_seed,
            examples="texts",
        )
    except UserError as error:
        raise UserError(f"{error} ({source.left_out})" if source.left_out else str(error)) from error
    if options.long_tail is not None:
        parts = _thinned(parts, source.labels, options.long_tail, mark, options.split_seed)
    raw = keep_texts(source.texts, mark)
    source = replace(source, texts=raw)
    kept, facts = _cut(raw, parts, asked, options.size, progress)
    manifest = DataManifest(
        source=data,
        layout=source.layout,
        name=source.name,
        fingerprint=mark,
        cache=location_of(kept),
        examples=len(source.labels),
        classes=source.classes,
        counts=ClassCounts.of(source.labels, parts, len(source.classes)),
        own_test="test" in source.parts or "validation" in source.parts,
        unreadable=tuple(source.unreadable),
        other_files=source.other_files,
        hidden_files=source.hidden_files,
        text=facts,
        notes=(*source.notes, *parts.notes),
    )
    arrays = {"labels": source.labels, "together": together}
    arrays |= {"train": parts.train, "validation": parts.validation, "test": parts.test}
    loaded = load_texts(StoredData(manifest=manifest, arrays=arrays))
    texts = replace(loaded, files=list(source.names) if source.from_files else None)
    return inspected(texts, names=source.names, duplicates=duplicates)


def open_texts(data: str, options: Options = Options()) -> TextSource:  # noqa: B008
    """The texts that `data` names, not cut into tokens yet. Raises UserError where they cannot be read."""
    if data.startswith(HUB):
        return read_hub(data, text_column=options.text_column, label_column=options.label_column)
    found, layout = open_as("text", data, options)
    source: TextSource = replace(found, layout=layout)
    return source


def load_texts(stored: StoredData) -> Texts:
    """Return the texts that a study's folder keeps, in any process. Raises UserError where the cache is gone."""
    facts = stored.manifest.texts
    kept, raw = stored.manifest.cache_path, path_of(facts.raw)
    if not (kept.exists() and raw.exists()):
        raise UserError(f"The texts in {kept} are gone: run the command that made the study again.")
    for folder in (kept, raw):
        check_folder(folder, "run the command that made the study again")
    return Texts(
        **common_fields(stored),
        texts=RawTexts(raw),
        kind=kind_called(facts.tokens),
        vocabulary=facts.vocabulary,
        length=facts.length,
        kept=kept,
    )


def _cut(
    texts: RawTexts, parts: Split, asked: Kind | None, size: int | None, told: ProgressCallback | None
) -> tuple[Path, TextFacts]:
    """Return where the texts are as numbers in the cache, and what the manifest says of that."""
    some = parts.train[:: -(-len(parts.train) // MOST_MEASURED)]
    spaced = are_spaced(list(texts.of(some)))
    kind: Kind = asked or ("words" if spaced else "bytes")

    def learned() -> tuple[Tokens, int]:
        tokens = learn(kind, texts.of(parts.train))
        return tokens, size or _length(tokens, texts.of(some))

    examples = parts.train.tolist()
    folder = encode_once(texts, learned, told, kind, size, LONGEST[kind], examples)
    encoded = read_encoded(folder)
    length = encoded.numbers.shape[1]
    tested = encoded.numbers[parts.test]
    unknown = float((tested == UNKNOWN).sum() / (tested != 0).sum()) if kind in ("characters", "words") else 0.0
    return folder, TextFacts(
        raw=location_of(texts.folder),
        tokens=kind,
        spaced=spaced,
        vocabulary=encoded.tokens.size,
        length=length,
        asked_size=size is not None,
        asked_tokens=asked is not None,
        median_length=int(np.median(encoded.lengths)),
        longer=float((encoded.lengths > length).mean()),
        unknown_in_test=unknown,
    )


def _length(tokens: Tokens, texts: Iterable[str]) -> int:
    """How many tokens are read of each text, given some that are for training."""
    counts = [len(numbers) for numbers in tokens.numbers(texts)]
    return int(np.clip(np.ceil(np.percentile(counts, COVERED)), SHORTEST, LONGEST[tokens.kind]))


def _thinned(parts: Split, labels: Int[np.ndarray, "texts"], tail: float, mark: str, seed: int) -> Split:
    kept = long_tail(parts.train, labels, tail, mark, seed)
    note = f"training texts thinned to a long tail of {tail:g}: {len(kept)} of {len(parts.train)} stay"
    return replace(parts, train=kept, notes=(*parts.notes, note))
