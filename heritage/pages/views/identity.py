"""The museum's mark and colours, as it has set them in the admin."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from heritage.archive.institution import institution, logo
from heritage.lib.colours import readable_on

DARK_PAPER = "#24211c"  # the lightest ground of the dark scheme: museum.css
KEEP = "public, max-age=300, must-revalidate"


def _logo_tag(request: HttpRequest) -> str | None:
    digest = institution().logo_sha256
    return f'"{digest}"' if digest else None


def _style_tag(request: HttpRequest) -> str:
    return f'"{sha256(_style().encode()).hexdigest()[:32]}"'


@require_safe
@condition(etag_func=_logo_tag)
def museum_logo(request: HttpRequest) -> HttpResponse:
    """Give the logo: a PNG that we have drawn anew ourselves."""
    mark = logo()
    if not mark:
        raise Http404
    return HttpResponse(
        mark, "image/png", headers={"Cache-Control": KEEP, "X-Robots-Tag": "noindex"}
    )


@require_safe
@condition(etag_func=_style_tag)
def museum_colours(request: HttpRequest) -> HttpResponse:
    """Give the colours that stand in the place of the style's own."""
    return HttpResponse(_style(), "text/css", headers={"Cache-Control": KEEP})


def _style() -> str:
    """Write the colours; what is read on a dark ground is lightened for it."""
    row = institution()
    light, dark = [], []
    if row.accent:
        light.append(f"--seal: {row.accent};")
    if row.link:
        on_dark = readable_on(DARK_PAPER, row.link)
        light.append(f"--link: {row.link}; --link-strong: {row.link};")
        dark.append(f"--link: {on_dark}; --link-strong: {on_dark};")
    lines = [f":root {{ {' '.join(light)} }}"] if light else []
    if dark:
        lines.append(
            f"@media (prefers-color-scheme: dark) {{ :root {{ {' '.join(dark)} }} }}"
        )
    return "\n".join(lines)
