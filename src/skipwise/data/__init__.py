"""From whatever holds images to a stream of batches."""

from skipwise.data.augment import Augmentation
from skipwise.data.dataset import Dataset, load, prepare
from skipwise.data.decode import decode_for_prediction
from skipwise.data.inspect import OWN_SIZE
from skipwise.data.sources import NAMES, open_source
from skipwise.data.stream import Batch, Normaliser, Stream

__all__ = [
    "NAMES",
    "OWN_SIZE",
    "Augmentation",
    "Batch",
    "Dataset",
    "Normaliser",
    "Stream",
    "decode_for_prediction",
    "load",
    "open_source",
    "prepare",
]
