"""The report in a real browser with the network off, wide and on a phone."""

import re
from pathlib import Path

import pytest

from skipwise import compare
from support.images import shapes

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return compare(
        shapes(home / "squares.npz"), ["plain8", "resnet8", "wide@resnet8:widths=24/32/40"], seeds=2, epochs=2,
        settings=["batch_size=16"], out=home,
    )  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 1200])
def test_offline_and_within_the_screen(browser, study, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    page = context.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(study.report.as_uri())
    assert asked == [study.report.as_uri()]
    assert errors == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sentence = page.locator(".verdict").first.inner_text()
    assert "resnet8" in sentence
    assert "percentage points" in sentence
    assert page.locator(".verdict").count() == 2
    assert page.locator("svg").count() == 1 + 1 + 2 + 3 + 1 + 1 + 3
    for svg in page.locator("svg").all():
        box = svg.bounding_box()
        assert box["width"] <= width
        assert box["height"] > 50
    context.close()


def test_every_seed_is_a_dot_in_its_contenders_colour(browser, study):
    page = browser.new_page()
    page.goto(study.report.as_uri())
    dots = page.locator("svg").first.locator("path[aria-roledescription=circle]")
    assert dots.count() == 6
    colours = {dots.nth(i).get_attribute("fill").upper() for i in range(6)}
    assert colours == {"#D55E00", "#0072B2", "#009E73"}
    page.close()


def test_the_page_says_how_to_do_it_again(study):
    text = study.report.read_text()
    assert study.design.command in text.replace("&#34;", '"')
    assert study.manifest.fingerprint in text
    assert re.search(r"torch \d", text)


@pytest.mark.slow
def test_hostile_names_stay_text(browser, tmp_path):
    """A class and a file called like markup."""
    import numpy as np
    from PIL import Image

    generator = np.random.default_rng(0)
    for name in ("<script>alert(1)<", "b&b"):
        (tmp_path / "photos" / name.replace("/", "")).mkdir(parents=True)
        for i in range(6):
            pixels = generator.integers(0, 255, (9, 9, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name.replace("/", "") / f"{i}.png")
    (tmp_path / "photos/b&b/<b>.png").write_bytes(b"no image")
    study = compare(tmp_path / "photos", ["plain8"], seeds=1, epochs=1, out=tmp_path)
    page = browser.new_page()
    said = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(study.report.as_uri())
    assert said == []
    assert "<script>alert(1)<" in page.locator("body").inner_text()
    assert "b&b/<b>.png (no image that Pillow knows)" in page.locator("body").inner_text()
    page.close()
