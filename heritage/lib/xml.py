"""Write XML element by element; text that XML cannot hold is replaced, never broken."""

import re
from typing import Final
from xml.etree.ElementTree import Element, QName, SubElement, register_namespace

XML: Final = "http://www.w3.org/XML/1998/namespace"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
LANG: Final = QName(XML, "lang")
LOCATION: Final = QName(XSI, "schemaLocation")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("xsi", XSI)


def add(
    parent: Element,
    name: QName,
    text: str = "",
    attributes: dict[QName, str] | None = None,
) -> Element:
    """Add a child with a text; give it back."""
    child = SubElement(parent, str(name.text), _named(attributes or {}))
    if text:
        child.text = clean(text)
    return child


def _named(attributes: dict[QName, str]) -> dict[str, str]:
    return {str(name.text): clean(value) for name, value in attributes.items()}


def clean(text: str) -> str:
    """Put a sign in the place of each character that XML 1.0 has not (section 2.2)."""
    return _NOT_XML.sub("\ufffd", text)
