"""The templates of pages, and how sentences become HTML."""

from collections.abc import Callable

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup


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
