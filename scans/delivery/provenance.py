"""What a file says of itself to other programs: KHR_xmp_json_ld."""

from dataclasses import dataclass
from typing import Any

CONTEXT = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}


@dataclass(frozen=True)
class Provenance:
    """What each file says about where it comes from.

    relic      : IRI of what the model shows, or ""
    rights     : a statement, or the IRI of one, or ""
    accuracy_m : of the master, or 0 where nobody knows it
    """

    master_sha512: str = ""
    copyright_notice: str = ""
    relic: str = ""
    rights: str = ""
    accuracy_m: float = 0.0

    def notice(self) -> str:
        """What `asset.copyright` holds."""
        return self.copyright_notice or self.rights

    def xmp(self) -> dict[str, Any] | None:
        """A packet of JSON-LD, or None where there is nothing to say."""
        packet: dict[str, Any] = {}
        if self.relic:
            packet["dc:identifier"] = self.relic
        packet |= _rights(self.rights or self.copyright_notice)
        if self.master_sha512:
            packet["dc:source"] = f"sha512:{self.master_sha512}"
        return {"@context": CONTEXT, **packet} if packet else None


def _rights(said: str) -> dict[str, Any]:
    if not said:
        return {}
    if said.startswith(("https://", "http://")):
        return {"xmpRights:WebStatement": said, "dc:rights": _told(said)}
    return {"dc:rights": _told(said)}


def _told(text: str) -> dict[str, Any]:
    default = {"@language": "x-default", "@value": text}
    return {"@type": "rdf:Alt", "rdf:_1": default}
