"""A drawing of networks: blocks from left to right with their shortcuts, twin under twin."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import vl_convert

from skipwise.networks import Architecture, Block, BlockContext, Convolution, Stage, architecture_cost
from skipwise.networks.layers import halved
from skipwise.networks.network import HEAD_K
from skipwise.reports.charts.palette import BLUE, ORANGE
from skipwise.reports.format import short_count

BOX, GAP, TALL = 24, 7, 96
"""Width of a box, space after it, height of a box, in px."""
FITS = 16
"""Characters of a caption that fit along a box at full size."""
BRANCHING = 12
"""From where a shortcut leaves to its block's first box."""
SUM = 13
"""From a block's last box to the middle of its sum, and on to the next block. Plain twins leave the same space."""
STAGE_GAP = 22
POOLS = {"max": "max pool", "average": "mean pool", "anti-aliased": "blur", "k-max": "larger half"}
MARGIN, ROW = 34, 270
SHOWN_BLOCKS = 4
"""Of a stage with more blocks, the first two and the last are drawn."""
INK, SOFT = "#1b1b1b", "#5b5b5b"
TINTS = {ORANGE: ("#fbe9dd", "#f6d0b6"), BLUE: ("#e0eef7", "#b5d7ec")}


@dataclass(frozen=True)
class NamedArchitecture:
    """An architecture under the name that the picture gives it."""

    name: str
    architecture: Architecture


def draw(networks: Sequence[NamedArchitecture], input_shape: Sequence[int], classes: int) -> str:
    """Draw the networks for one input shape, one under the other, as SVG."""
    rows = [_Row(named, input_shape, classes, MARGIN + number * ROW) for number, named in enumerate(networks)]
    drawn = [row.draw() for row in rows]
    width = max(row.x for row in rows) + MARGIN
    height = 2 * MARGIN + ROW * len(rows) - 42
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
            f'height="{height}" font-family="Helvetica, Arial, sans-serif" fill="{INK}">',
            f'<rect width="{width:.0f}" height="{height}" fill="white"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def to_png(svg: str) -> bytes:
    """Render an SVG with twice as many pixels, on white: on nothing, pale colours would come out wrong."""
    head, tail = svg.split(">", 1)
    png: bytes = vl_convert.svg_to_png(f'{head}><rect width="100%" height="100%" fill="white"/>{tail}', scale=2)
    return png


class _Row:
    """One network; `x` is where the next box goes."""

    def __init__(self, named: NamedArchitecture, input_shape: Sequence[int], classes: int, top: int) -> None:
        self.named, self.input_shape, self.classes = named, input_shape, classes
        self.colour = ORANGE if named.architecture.is_plain else BLUE
        self.top = top
        self.middle = top + 122
        self.x: float = MARGIN
        self.unit = "tokens" if named.architecture.embedding else "px"
        self.out: list[str] = []

    def draw(self) -> str:
        architecture = self.named.architecture
        self._title()
        stem = architecture.stem
        side = max(self.input_shape[1:])
        channels = architecture.embedding or self.input_shape[0]
        words = f"{side} tokens" if architecture.embedding else f"{channels}x{side}"
        self._text(self.x, self.middle + 4, words, size=12, colour=SOFT)
        self.x += 7 * len(words) + 4
        self.way_begins = self.x
        self.x += GAP
        if architecture.embedding:
            began = self.x
            self._pool(f"table, {channels}")
            self._brace(began, "table", f"of {self.input_shape[0]}")
        if stem is not None:
            side = -(-max(side, stem.enlarge_to) // stem.stride)
            began = self.x
            kernels = [3, 3, 3] if stem.deep else [stem.kernel]
            for number, kernel in enumerate(kernels):
                width = stem.width if number == len(kernels) - 1 else stem.width // 2
                conv = Convolution(kernel=kernel, stride=1 if number else stem.stride, channels=width)
                self._box(conv.caption(architecture.dims), 0)
            if stem.max_pool:
                self._pool("max pool, /2")
                side = -(-side // 2)
            self._brace(began, "stem", f"{side} {self.unit}")
        channels = stem.width if stem is not None else channels
        for number, stage in enumerate(architecture.stages, start=1):
            side = halved(stage.downsample, side)
            channels = self._stage(stage, number, channels, side)
        self._head()
        way = f'<path d="M{self.way_begins:.1f} {self.middle} H{self.way_ends:.1f}" stroke="{SOFT}"/>'
        return "\n".join([way, *self.out])

    def _title(self) -> None:
        architecture = self.named.architecture
        costs = architecture_cost(architecture, self.input_shape, self.classes)
        self._text(MARGIN, self.top + 6, self.named.name, size=22, colour=self.colour, bold=True)
        facts = (
            f"{costs.depth} layers, {short_count(costs.parameters)} parameters, "
            f"{short_count(costs.multiply_adds)} multiply-adds"
        )
        self._text(MARGIN, self.top + 26, facts, size=13, colour=SOFT)

    def _stage(self, stage: Stage, number: int, channels: int, side: int) -> int:
        began = self.x
        if stage.downsample in POOLS:
            self._pool(f"{POOLS[stage.downsample]}, /2")
        out_channels = stage.block.branch.out_channels(stage.width)
        many = stage.blocks > SHOWN_BLOCKS
        for block in (0, 1, None, stage.blocks - 1) if many else range(stage.blocks):
            if block is None:
                self._dots(stage.blocks - 3)
                continue
            stride = 2 if stage.downsample == "stride" and block == 0 else 1
            context = stage.block.context(channels, stage.width, stride=stride, dims=self.named.architecture.dims)
            self._block(stage.block, context, number % 2)
            channels = out_channels
        blocks = f"{stage.blocks} block{'s' * (stage.blocks > 1)}"
        self._brace(began, f"stage {number}: {blocks}", f"{out_channels} channels, {side} {self.unit}")
        return channels

    def _block(self, block: Block, context: BlockContext, tint: int) -> None:
        began = self.x
        self.x += BRANCHING
        for caption in block.branch.captions(context):
            self._box(caption, tint)
        if block.squeeze:
            self._box("squeeze", tint)
        self.x += SUM - GAP
        arcs = block.shortcut.captions(context)
        if arcs:
            self._arcs(began, self.x, arcs)
            self._sum(self.x)
        self.x += SUM

    def _arcs(self, start: float, end: float, captions: Sequence[str]) -> None:
        """Draw an arc for each caption: the identity, which has none, solid, anything else dashed."""
        for number, caption in enumerate(captions):
            height = self.middle - TALL / 2 - 14 - 17 * number
            start, end = start - 4 * number, end + 6 * number - 3 * (len(captions) - 1) * (number == 0)
            dash = ' stroke-dasharray="5 4"' if caption else ""
            self.out.append(
                f'<path d="M{start:.1f} {self.middle} V{height + 8} Q{start:.1f} {height} {start + 8:.1f} {height} '
                f'H{end - 8:.1f} Q{end:.1f} {height} {end:.1f} {height + 8} V{self.middle - 7}" fill="none" '
                f'stroke="{self.colour}" stroke-width="2"{dash}/>'
            )
            if caption:
                self._text((start + end) / 2, height - 4, caption, size=11, colour=self.colour, anchor="middle")

    def _sum(self, x: float) -> None:
        self.out.append(
            f'<circle cx="{x:.1f}" cy="{self.middle}" r="7" fill="white" stroke="{self.colour}" stroke-width="1.5"/>'
            f'<path d="M{x - 4:.1f} {self.middle} h8 M{x:.1f} {self.middle - 4} v8" stroke="{self.colour}" '
            'stroke-width="1.5"/>'
        )

    def _box(self, words: str, tint: int, *, fill: str | None = None) -> None:
        x, y = self.x, self.middle - TALL / 2
        size = min(12, 12 * FITS / len(words))
        self.out.append(
            f'<rect x="{x:.1f}" y="{y}" width="{BOX}" height="{TALL}" rx="4" fill="{fill or TINTS[self.colour][tint]}" '
            f'stroke="{SOFT}" stroke-width="0.8"/>'
            f'<text x="{x + BOX / 2 + 4:.1f}" y="{self.middle}" font-size="{size:.3g}" text-anchor="middle" '
            f'transform="rotate(-90 {x + BOX / 2 + 4:.1f} {self.middle})">{escape(words)}</text>'
        )
        self.x += BOX + GAP

    def _pool(self, words: str) -> None:
        self._box(words, 0, fill="#eeeeee")

    def _dots(self, hidden: int) -> None:
        words = f"{hidden} more"
        wide = 6.5 * len(words)
        self.out.append(f'<rect x="{self.x:.1f}" y="{self.middle - 3}" width="{wide}" height="6" fill="white"/>')
        self._text(self.x + wide / 2, self.middle - 9, words, size=12, anchor="middle", colour=SOFT)
        for number in (-1, 0, 1):
            x = self.x + wide / 2 + 8 * number
            self.out.append(f'<circle cx="{x:.1f}" cy="{self.middle}" r="2" fill="{SOFT}"/>')
        self.x += wide + GAP

    def _head(self) -> None:
        head = self.named.architecture.head
        began = self.x
        if head.downsample != "none":
            self._pool(f"{head.downsample} pool, /2")
        reduced = {"average": "mean", "maximum": "maximum", "flatten": "flatten", "k-max": f"{HEAD_K} largest"}
        self._pool(reduced.get(head.reduce, f"mean, {head.cells} parts"))
        for units in (*head.hidden, self.classes):
            self._pool(f"dense, {units}")
        self.way_ends = self.x - GAP
        self._brace(began, "head", "")

    def _brace(self, began: float, first: str, second: str) -> None:
        """Draw a line under the boxes since `began`, and two lines of text under it."""
        end, y = self.x - GAP, self.middle + TALL / 2 + 11
        self.out.append(f'<line x1="{began:.1f}" x2="{end:.1f}" y1="{y}" y2="{y}" stroke="{SOFT}" stroke-width="1.5"/>')
        self._text(began, y + 17, first, size=12)
        self._text(began, y + 33, second, size=12, colour=SOFT)
        self.x = max(self.x, began + 6.4 * max(len(first), len(second)) + GAP)
        self.x += STAGE_GAP - GAP

    def _text(
        self, x: float, y: float, words: str, *, size: int, colour: str = INK, anchor: str = "start", bold: bool = False
    ) -> None:
        weight = ' font-weight="bold"' if bold else ""
        self.out.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{weight}>'
            f"{escape(words)}</text>"
        )
