"""What a detector says of a new image."""

from dataclasses import dataclass
from pathlib import Path

from skipwise.tasks.task import Prediction

COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442")
"""Of Okabe and Ito, told apart by the colour-blind too; classes take them in turn."""
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Boxes(Prediction):
    """The objects found, best first: corners x, y, x, y in pixels of the file's image, seen upright."""

    boxes: tuple[tuple[float, float, float, float], ...]
    labels: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def words(self) -> str:
        count = len(self.labels)
        if not count:
            return "no boxes"
        named = [f"{label} {score:.2f}" for label, score in zip(self.labels, self.scores, strict=True)]
        more = [f"{count - MOST_NAMED} more"] if count > MOST_NAMED else []
        return f"{count} {'box' if count == 1 else 'boxes'}: {', '.join(named[:MOST_NAMED] + more)}"

    def draw(self, target: Path) -> bool:
        """Write the image with its boxes and their names."""
        from PIL import Image, ImageDraw, ImageFont, ImageOps

        from skipwise.data.decode import to_rgb

        with Image.open(self.file) as file:
            image = to_rgb(ImageOps.exif_transpose(file))
        pen = ImageDraw.Draw(image)
        width = max(1, max(image.size) // 250)
        size = max(9, max(image.size) // 40)
        font = ImageFont.load_default(size)
        colour_of = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(sorted(set(self.labels)))}
        for box, label, score in reversed(list(zip(self.boxes, self.labels, self.scores, strict=True))):
            colour = colour_of[label]
            pen.rectangle(box, outline=colour, width=width)
            text = f"{label} {score:.2f}"
            left, top, right, bottom = pen.textbbox((box[0], max(0.0, box[1] - size - 2)), text, font=font)
            pen.rectangle((left, top, right + 1, bottom + 1), fill=colour)
            pen.text((box[0], max(0.0, box[1] - size - 2)), text, fill="white", font=font)
        image.save(target)
        return True
