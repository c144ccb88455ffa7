"""From whatever holds examples to a stream of batches."""

from skipwise.data.boxes.dataset import Scenes, load_scenes, open_scenes, prepare_scenes, scale_of
from skipwise.data.boxes.stream import SceneStream
from skipwise.data.dataset import Dataset
from skipwise.data.images.augment import Augmentation
from skipwise.data.images.dataset import Images, load_images, open_source, prepare_images
from skipwise.data.images.decode import decode_for_prediction, size_for_prediction
from skipwise.data.images.manifest import OWN_SIZE
from skipwise.data.images.named import NAMES
from skipwise.data.images.stream import ImageStream, Normaliser
from skipwise.data.input_spec import InputSpec
from skipwise.data.manifest import DataManifest
from skipwise.data.options import Options, ProgressCallback
from skipwise.data.stored import StoredData
from skipwise.data.stream import Batch, Stream
from skipwise.data.text.cache import tokens_from
from skipwise.data.text.dataset import Texts, load_texts, open_texts, prepare_texts
from skipwise.data.text.stream import TextStream

__all__ = [
    "NAMES",
    "OWN_SIZE",
    "Augmentation",
    "Batch",
    "DataManifest",
    "Dataset",
    "ImageStream",
    "Images",
    "InputSpec",
    "Normaliser",
    "Options",
    "ProgressCallback",
    "SceneStream",
    "Scenes",
    "StoredData",
    "Stream",
    "TextStream",
    "Texts",
    "decode_for_prediction",
    "load_images",
    "load_scenes",
    "load_texts",
    "open_scenes",
    "open_source",
    "open_texts",
    "prepare_images",
    "prepare_scenes",
    "prepare_texts",
    "scale_of",
    "size_for_prediction",
    "tokens_from",
]
