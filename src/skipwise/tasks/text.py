"""Text classification."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import shorten

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from skipwise.data import (
    DataManifest,
    InputSpec,
    Options,
    ProgressCallback,
    StoredData,
    Texts,
    TextStream,
    load_texts,
    prepare_texts,
)
from skipwise.data.encodings import decode
from skipwise.data.manifest import TextFacts
from skipwise.data.text.bag_of_words import bag_of_words
from skipwise.data.text.folder import TEXT_SUFFIXES
from skipwise.data.text.source import checked
from skipwise.data.text.tokens import PADDING, Tokens
from skipwise.errors import UserError
from skipwise.networks import AnyNetwork, Architecture, ExternalNetwork, TextNetwork
from skipwise.recipe import Recipe
from skipwise.regular_files import read_regular
from skipwise.tasks.attributable import AttributableText
from skipwise.tasks.classification import Classification, answered, named
from skipwise.tasks.task import Prediction, Predictions, check_options
from skipwise.tasks.traits import Trait, text_traits

SHOWN = 60
"""Characters of a text that stand beside its answer."""
LONGEST_NAME = 255
"""Bytes of a file's name at most; what is longer is a text."""


class TextClassification(Classification):
    """One class for each text."""

    name = "text"
    examples = "texts"
    contenders = ("plain-text-8", "resnet-text-8", "textcnn")
    curve_contenders = ("plain-text-8", "resnet-text-8")
    family = "res-vdcnn"
    depths = (9, 17, 29)
    unsupported_fields = frozenset({"crop", "flip", "cutout", "mixup", "cutmix"})
    baseline = "TF-IDF + logistic regression"
    takes_images = False

    def prepare(self, data: str, options: Options, told: ProgressCallback | None) -> Texts:
        check_options(options, self)
        return prepare_texts(data, options, progress=told)

    def load(self, stored: StoredData) -> Texts:
        return load_texts(stored)

    def described(self, dataset: Texts, options: Options) -> list[str]:
        return [
            f"{len(dataset.labels)} texts of {_median(dataset.manifest.texts)}, {len(dataset.classes)} classes",
            f"{_token_rule(dataset.manifest.texts)} (--size, --tokens)",
        ]

    def facts(self, manifest: DataManifest) -> list[tuple[str, str]]:
        return [
            ("texts", f"{manifest.examples} of {_median(manifest.texts)}"),
            ("tokens", _token_rule(manifest.texts)),
        ]

    def recipe(self, dataset: Texts, epochs: int | None) -> Recipe:
        """AdamW: rows of the table are met so unevenly that SGD's one rate would be wrong for most of them."""
        base = super().recipe(dataset, epochs or epochs_of_texts(len(dataset.train)))
        return replace(base, optimizer="adamw", lr=3e-3, weight_decay=1e-2)

    def check(self, network: AnyNetwork, recipe: Recipe) -> None:
        from skipwise.networks.text.network import check_text

        super().check(network, recipe)
        if isinstance(network, Architecture):
            check_text(network)
        if isinstance(network, ExternalNetwork):
            raise UserError(
                f"{network.library}/{network.name} reads images: take a network for texts, as resnet-text-8."
            )

    def build(self, network: AnyNetwork, spec: InputSpec, seed: int) -> nn.Module:
        from skipwise.networks.text.network import build_text

        vocabulary, length = spec.input_shape
        return build_text(network, vocabulary, length, len(spec.classes), seed)

    def stream(self, dataset: Texts, recipe: Recipe, seed: int, device: str) -> TextStream:
        return TextStream(
            dataset,
            seed=seed,
            batch_size=recipe.batch_size,
            balanced=recipe.imbalance == "balanced-sampling",
            device=device,
        )

    def baseline_answers(self, dataset: Texts) -> Predictions:
        probabilities = bag_of_words(
            list(dataset.texts.of(dataset.train)),
            dataset.labels[dataset.train],
            list(dataset.texts.of(dataset.test)),
            spaced=dataset.manifest.texts.spaced,
        )
        return {"probabilities": probabilities, "labels": dataset.labels[dataset.test]}

    def attributable(
        self, network: nn.Module, example: str, spec: InputSpec, label: str | None = None
    ) -> AttributableText:
        (text,) = new_texts([example])
        return self.attributable_text(network, text, spec, label)

    def attributable_text(
        self, network: nn.Module, text: str, spec: InputSpec, label: str | None = None
    ) -> AttributableText:
        """The vectors of a text's tokens are the inputs. Raises UserError where a network has none."""
        if not isinstance(network, TextNetwork):
            raise UserError(f"{type(network).__name__} has no table of tokens that is known to skipwise.")
        _, length = spec.input_shape
        tokens = new_tokens(text, spec).to(network.embedding.weight.device)
        spans = Tokens.of_text(spec.tokens, spec.tokenizer).spans(text)[:length]
        vectors = network.vectors(tokens)
        return AttributableText(
            inputs=vectors,
            scores=network.network,
            answers=(answered(network.network(vectors), spec.classes, label),),
            text=text,
            spans=tuple(spans),
        )

    def predict(self, network: nn.Module, examples: Sequence[str], spec: InputSpec) -> list[Prediction]:
        several = [new_tokens(text, spec)[0] for text in new_texts(examples)]
        logits = network(pad_sequence(several, batch_first=True, padding_value=PADDING))
        return named([_shown(example) for example in examples], logits.softmax(1).numpy(), spec.classes)

    def is_example(self, file: Path) -> bool:
        """Whether a file is called as texts are: their suffixes, those of mails and notes, or none."""
        return file.suffix.lower() in (*TEXT_SUFFIXES, ".md", ".eml", "")

    def traits(self, inputs: Tensor, spec: InputSpec) -> list[Trait]:
        return text_traits(inputs, spec)


def epochs_of_texts(training_texts: int) -> int:
    """Texts are learned by heart sooner than images: 100,000 shown in all, each 3 to 20 times."""
    return int(np.clip(100_000 // training_texts, 3, 20))


def new_texts(examples: Sequence[str]) -> list[str]:
    """Each example's text: what is in the file of that name, or else the example itself.

    Raises UserError for one that is empty, and for a file that is not there or holds no text.
    """
    return [_new_text(example) for example in examples]


def new_tokens(text: str, spec: InputSpec) -> Int[Tensor, "1 length"]:
    """A text as the study's own texts were cut."""
    _, length = spec.input_shape
    tokens = Tokens.of_text(spec.tokens, spec.tokenizer)
    return torch.from_numpy(np.asarray(next(tokens.numbers([text])), np.int64)[None, :length])


def _new_text(example: str) -> str:
    path = _as_path(example)
    try:
        text = example if path is None else _content(path)
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise UserError(f"{_shown(example)} cannot be read ({what}): give a text, or a file of one.") from error
    readable, reason = checked(text)
    if readable is None or not text.strip():
        raise UserError(f"{_shown(example)!r} cannot be classified: {reason}.")
    return text


def _content(path: Path) -> str:
    """The text of a file, in any encoding that training texts may be in. Raises OSError."""
    found = decode(read_regular(path))
    if found.text is None:
        raise UserError(f"{path} cannot be classified: {found.reason}.")
    return found.text


def _as_path(example: str) -> Path | None:
    """The file that is meant, if one is: what exists, or is called as one although it does not."""
    if len(os.fsencode(example)) > LONGEST_NAME or "\0" in example or "\n" in example:
        return None
    path = Path(example)
    looks_so = path.suffix.lower() in (".txt", ".text") and not any(white.isspace() for white in example)
    return path if example.strip() and (looks_so or path.exists()) else None


def _shown(example: str) -> str:
    return shorten(example, SHOWN, placeholder="...") or example[:SHOWN].strip()


def _median(facts: TextFacts) -> str:
    return f"{facts.median_length} {facts.tokens} (median)"


def _token_rule(facts: TextFacts) -> str:
    """Describe the tokens, how much of the texts they leave out, and why."""
    match facts.tokens:
        case "words":
            unknown = f"{facts.unknown_in_test:.1%}".replace("%", " %")
            known = f" ({facts.vocabulary - 2:,} known; {unknown} of the test words are not)"
        case "subwords":
            known = f" ({facts.vocabulary - 1:,} known)"
        case "bytes" if not facts.spaced and not facts.asked_tokens:
            known = " (spaces do not part these texts into several words)"
        case _:
            known = ""
    longer = f"{facts.longer:.0%}".replace("%", " %")
    return f"cut into {facts.tokens}{known}, at most {facts.length} of them: {longer} of the texts are longer"
