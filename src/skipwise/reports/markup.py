"""The templates of pages, and how sentences become HTML."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from skipwise.names import shown_text
from skipwise.records import write_atomically


def template(name: str, **filters: Callable[..., str]) -> Template:
    """One of our templates, with `coded` and these filters; everything else is escaped."""
    environment = Environment(
        loader=PackageLoader("skipwise.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"coded": coded, **filters}
    return environment.get_template(name)


def coded(sentence: str) -> Markup:
    """A sentence with what stands between backticks as code."""
    code = Markup("<code>{}</code>")
    return Markup().join(code.format(part) if number % 2 else part for number, part in enumerate(sentence.split("`")))


def write_text(path: Path, text: str) -> None:
    """Write a page or a picture in UTF-8; control characters of names, which XML cannot hold, are escaped."""
    write_atomically(path, lambda part: part.write_text(shown_text(text), encoding="utf-8"))
