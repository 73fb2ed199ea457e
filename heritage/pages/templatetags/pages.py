"""Tags of the public pages."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heritage.archive.models import StoredFile
from heritage.captures.media import media_address as address_of
from heritage.captures.models import Derivative
from heritage.custody.source_types import source_of, sources_of
from heritage.images.models import ImageFile
from heritage.images.shown import ShownSet
from heritage.lib.languages import language_tag
from heritage.pages.first_files import addresses_of_data, addresses_of_modules

register = template.Library()

UNITS = ("B", "kB", "MB", "GB", "TB")


@register.inclusion_tag("pages/parts/language_switch.html", takes_context=True)
def language_switch(context: Any) -> dict[str, Any]:
    request = context["request"]
    return {
        "languages": [
            {"code": code, "name": name, "tag": language_tag(code)}
            for code, name in settings.LANGUAGES
        ],
        "current": get_language(),
        "next": request.get_full_path(),
        "request": request,
    }


@register.simple_tag(takes_context=True)
def import_map(context: Any) -> SafeString:
    """Tell the browser where three.js is, for its addons import it by bare name."""
    imports = {
        "three": static("three/three.module.min.js"),
        "three/addons/": static("three/addons/"),
    }
    text = json.dumps({"imports": imports}).replace("<", "\\u003c")
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context["request"].csp_nonce,
        mark_safe(text),  # noqa: S308  # addresses of our own, escaped above
    )


@register.simple_tag
def first_files(entry: str, model: str = "") -> SafeString:
    """Have the browser fetch at once what a script would ask for one after another."""
    links = [
        ('<link rel="modulepreload" href="{}">', address)
        for address in addresses_of_modules(entry)
    ]
    links += [
        ('<link rel="preload" as="fetch" href="{}" crossorigin>', address)
        for address in (model, *addresses_of_data(entry))
        if address
    ]
    return mark_safe("".join(format_html(*link) for link in links))  # noqa: S308  # each is escaped


@register.simple_tag
def media_address(derivative: Derivative) -> str:
    return address_of(derivative)


@register.filter
def number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


@register.filter
def source_type(file: StoredFile) -> str:
    """Say how a file came to be: captured, derived, restored or machine-made."""
    return source_of(file).text


@register.filter
def source_types(image_set: ShownSet) -> str:
    """Say how the files of a set of images came to be, each way once."""
    pks = {shown.image.file_id for shown in image_set.images}
    files = StoredFile.objects.filter(
        pk__in=ImageFile.objects.filter(pk__in=pks).values("stored_file")
    )
    sources = sources_of(files.select_related("deposit")).values()
    return "; ".join(dict.fromkeys(source.text for source in sources))


@register.filter
def level_name(profile: str) -> str:
    """Name a level of detail as visitors understand it."""
    names = {
        "thumb": _("small, for a first look"),
        "headset": _("for headsets and phones"),
        "web": _("full, for screens"),
        "phone": _("for phones"),
        "phone-usdz": _("for iPhone and iPad (USDZ)"),
        "headset-hero": _("for headsets, one object alone"),
        "desktop": _("for computers with a graphics card"),
        "plain": _("for programs without extensions"),
        "master": _("full resolution (GLB)"),
        "study-ply": _("full resolution (PLY)"),
        "print-stl": _("for 3D printing (STL)"),
        "print-3mf": _("for 3D printing (3MF)"),
    }
    return names.get(profile, profile)


@register.filter
def view_name(name: str) -> str:
    """Name a view of an object."""
    names = {
        "front": _("front"),
        "back": _("back"),
        "left": _("left"),
        "right": _("right"),
        "top": _("top"),
        "bottom": _("bottom"),
        "three-quarter": _("three-quarter"),
        "turntable": _("turned once round"),
    }
    return names.get(name, name)


@register.filter
def file_size(size_bytes: int | None) -> str:
    """Write a size as a person reads it, in powers of 1000."""
    if size_bytes is None:
        return ""
    value, unit = float(size_bytes), UNITS[0]
    for unit in UNITS:
        if value < 1000 or unit == UNITS[-1]:
            break
        value /= 1000
    digits = 0 if unit == "B" or value >= 100 else 1
    return f"{value:.{digits}f} {unit}"
