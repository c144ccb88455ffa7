"""A detector's prediction for a new image."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from skipwise.names import cut
from skipwise.tasks.task import Prediction

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442")
"""Of Okabe and Ito, told apart by the colour-blind too; classes take them in turn."""
MOST_NAMED = 5
LEAST_SIDE = 480
"""Of a picture, in px: smaller images are enlarged by a whole number."""
LONGEST_NAME = 40
"""Characters of a class in a picture."""


@dataclass(frozen=True, kw_only=True)
class Boxes(Prediction):
    """The objects found, best first: corners x, y, x, y in pixels of the file's image, seen upright."""

    boxes: tuple[tuple[float, float, float, float], ...]
    labels: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def words(self) -> str:
        found = len(self.labels)
        if not found:
            return "no boxes"
        named = [f"{label} {score:.2f}" for label, score in zip(self.labels, self.scores, strict=True)]
        more = [f"{found - MOST_NAMED} more"] if found > MOST_NAMED else []
        return f"{found} {'box' if found == 1 else 'boxes'}: {', '.join(named[:MOST_NAMED] + more)}"

    def rows(self) -> list[dict[str, str | float]]:
        """A row for each box, with its corners; one without an answer where there is none."""
        corners = ("left", "top", "right", "bottom")
        none: dict[str, str | float] = dict.fromkeys(("answer", "probability", *corners), "")
        return [
            {"answer": label, "probability": score, **dict(zip(corners, box, strict=True))}
            for label, score, box in zip(self.labels, self.scores, self.boxes, strict=True)
        ] or [none]

    def draw_into(self, folder: Path) -> Path:
        """Write the image with its boxes and their names into the folder, as `NAME.png`, or `NAME-2.png` where that is
        another's. Small images are enlarged, so that names can be read.
        """
        from PIL import Image, ImageDraw, ImageFont

        from skipwise.data.images.decode import image_for_prediction

        image = Image.fromarray(image_for_prediction(Path(self.file)))
        factor = max(1, -(-LEAST_SIDE // max(image.size)))
        image = image.resize((factor * image.width, factor * image.height), Image.Resampling.NEAREST)
        pen = ImageDraw.Draw(image)
        width = max(1, max(image.size) // 250)
        font = ImageFont.load_default(max(9, max(image.size) // 40))
        colour_of = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(sorted(set(self.labels)))}
        for box, label, score in reversed(list(zip(self.boxes, self.labels, self.scores, strict=True))):
            corners = [factor * edge for edge in box]
            pen.rectangle(corners, outline=colour_of[label], width=width)
            _name(pen, font, f"{cut(label, LONGEST_NAME)} {score:.2f}", (corners[0], corners[1]), colour_of[label])
        target = _free(folder, Path(self.file))
        image.save(target, pnginfo=_from(Path(self.file)))
        return target


def _name(pen: Any, font: Any, text: str, corner: tuple[float, float], colour: str) -> None:
    """Write a name above the corner of its box, moved so far that all of it is within the picture."""
    whole_width, _ = pen.im.size
    x, y = corner[0], max(0.0, corner[1] - font.size - 2)
    right = pen.textbbox((x, y), text, font=font)[2] + 1
    x = max(0.0, x - max(0.0, right - whole_width + 1))
    left, top, right, bottom = pen.textbbox((x, y), text, font=font)
    pen.rectangle((left, top, right + 1, bottom + 1), fill=colour)
    pen.text((x, y), text, fill="white", font=font)


SOURCE = "Source"
"""The key in a PNG that tells which file its picture is of."""


def _from(file: Path) -> Any:
    """Return what a PNG says of the file that it shows."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt(SOURCE, str(file.resolve()))
    return info


def _free(folder: Path, file: Path) -> Path:
    """The place for the picture of a file: that of an earlier picture of the same one, but no other's."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        target = folder / f"{file.stem}{f'-{number}' * (number > 1)}.png"
        if not target.exists() or _source_of(target) == str(file.resolve()):
            return target
    raise AssertionError


def _source_of(picture: Path) -> str | None:
    """The file that a picture of ours shows, None for any other file."""
    from PIL import Image

    try:
        with Image.open(picture) as image:
            return image.info.get(SOURCE)
    except OSError:
        return None
