"""Take the pictures of reports that the README and these pages show: a page's top, or one of its sections by name.

    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/report.png
    .venv/bin/python docs/screenshot.py studies/digits-depth-resnet/report.html docs/images/depth-digits.png 930
    .venv/bin/python docs/screenshot.py studies/cifar10-resnet8-effective-number-logit-adjustment-deferred-tail-100/report.html \\
        docs/images/imbalance-cifar.png class_scores
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/lesions.png lesions
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/calibration.png calibration
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/robustness.png robustness
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/gradients.png gradients
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/disagreements.png disagreements
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/responses.png responses
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/shattered.png shattered
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/similarity.png similarity
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/receptive-field.png receptive_field
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/features.png features
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/sharpness.png sharpness
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/landscape.png landscape
    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/attribution-faithfulness.png attribution_faithfulness

Needs a Chromium at /usr/bin/chromium, as Debian's package puts it there.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

WIDTH, HEIGHT = 1000, 1180
"""Of the page in px: from the verdict to the learning curves. A last word gives another height, or the name of a section."""


def screenshot(page_file: Path, picture: Path, part: str = str(HEIGHT)) -> None:
    """Save the top of a page, or one of its sections, as a PNG, with the network off."""
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


def _section(page: Page, name: str) -> tuple[float, float]:
    """Return where a section begins and ends, in px down the page."""
    tops = [(each.bounding_box() or {"y": 0.0})["y"] for each in page.locator("h2").all()]
    top = (page.locator(f"h2#{name}").bounding_box() or {"y": 0.0})["y"]
    return top - 10, min(y for y in tops if y > top) - 10


if __name__ == "__main__":
    screenshot(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
