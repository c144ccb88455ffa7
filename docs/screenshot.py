"""Take the pictures of reports that the README and these pages show.

    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/report.png
    .venv/bin/python docs/screenshot.py studies/digits-depth-resnet/report.html docs/images/depth-digits.png 930
    .venv/bin/python docs/screenshot.py studies/cifar10-resnet8-effective-number-logit-adjustment-deferred-tail-100/report.html \\
        docs/images/imbalance-cifar.png "Class by class"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/lesions.png "What they lose with a block"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/calibration.png \\
        "Are they as often right as they are sure?"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/robustness.png "When images get worse"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/gradients.png \\
        "What comes back to the first layers"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/disagreements.png "Where they disagree"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/responses.png "What each layer answers with"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/shattered.png "Whether gradients shatter"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/similarity.png \\
        "How similar their layers are"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/receptive-field.png \\
        "How much of the input they look at"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/features.png "What they look for"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/sharpness.png "How sharply the loss bends"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/landscape.png "The loss around them"
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/map-truth.png "Are the maps true?"

Needs a Chromium at /usr/bin/chromium, as Debian's package puts it there.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

WIDTH, HEIGHT = 1000, 1180
"""Of the page in px: from the verdict to the learning curves. A last word gives another height, or a heading."""


def screenshot(page_file: Path, picture: Path, part: str = str(HEIGHT)) -> None:
    """The top of a page, or what stands under one of its headings, as a PNG, taken with the network off."""
    height = int(part) if part.isdigit() else HEIGHT
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": WIDTH, "height": height}, offline=True).new_page()
        page.goto(page_file.resolve().as_uri())
        if part.isdigit():
            page.screenshot(path=picture)
        else:
            top, bottom = _section(page, part)
            page.screenshot(
                path=picture, full_page=True, clip={"x": 0, "y": top, "width": WIDTH, "height": bottom - top}
            )
        browser.close()


def _section(page: Page, heading: str) -> tuple[float, float]:
    """From a heading to the next one, in px down the page."""
    places = {each.inner_text(): (each.bounding_box() or {"y": 0.0})["y"] for each in page.locator("h2").all()}
    return places[heading] - 10, min(y for y in places.values() if y > places[heading]) - 10


if __name__ == "__main__":
    screenshot(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
