"""Take the pictures of reports that the README and these pages show.

    .venv/bin/python docs/screenshot.py studies/digits-plain32-resnet32/report.html docs/images/report.png
    .venv/bin/python docs/screenshot.py studies/digits-depth-resnet/report.html docs/images/depth-digits.png 780

Needs a Chromium at /usr/bin/chromium, as Debian's package puts it there.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1000, 1180
"""Of the page in px: from the verdict to the learning curves. A last word gives another height."""


def screenshot(page_file: Path, picture: Path, height: int = HEIGHT) -> None:
    """The top of a page as a PNG, taken with the network off."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": WIDTH, "height": height}, offline=True).new_page()
        page.goto(page_file.resolve().as_uri())
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    screenshot(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
