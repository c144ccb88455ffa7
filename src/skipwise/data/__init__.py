"""From whatever holds examples to a stream of batches."""

from skipwise.data.augment import Augmentation
from skipwise.data.dataset import Dataset
from skipwise.data.decode import decode_for_prediction, size_for_prediction
from skipwise.data.image_stream import ImageStream, Normaliser
from skipwise.data.images import Images, load_images, prepare_images
from skipwise.data.inspect import OWN_SIZE
from skipwise.data.options import Options, Told
from skipwise.data.scene_stream import SceneStream
from skipwise.data.scenes import Scenes, load_scenes, open_scenes, prepare_scenes, scale_of
from skipwise.data.sources import NAMES, open_source
from skipwise.data.sources.annotated_open import is_annotated
from skipwise.data.sources.text_open import are_texts
from skipwise.data.stream import Batch, Stream
from skipwise.data.text_cache import tokens_from
from skipwise.data.text_stream import TextStream
from skipwise.data.texts import Texts, load_texts, prepare_texts

__all__ = [
    "NAMES",
    "OWN_SIZE",
    "Augmentation",
    "Batch",
    "Dataset",
    "ImageStream",
    "Images",
    "Normaliser",
    "Options",
    "SceneStream",
    "Scenes",
    "Stream",
    "TextStream",
    "Texts",
    "Told",
    "are_texts",
    "decode_for_prediction",
    "is_annotated",
    "load_images",
    "load_scenes",
    "load_texts",
    "open_scenes",
    "open_source",
    "prepare_images",
    "prepare_scenes",
    "prepare_texts",
    "scale_of",
    "size_for_prediction",
    "tokens_from",
]
