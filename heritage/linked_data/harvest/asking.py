"""Read an OAI-PMH request: verbs, arguments, resumption tokens (sections 2.5, 3.5, 4).

http://www.openarchives.org/OAI/2.0/openarchivesprotocol.htm
"""

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

VERBS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    # verb: (required arguments, optional ones)
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (
        frozenset({"metadataPrefix"}),
        frozenset({"from", "until", "set"}),
    ),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}
LISTS: Final = frozenset({"ListIdentifiers", "ListRecords"})
TOKEN: Final = "resumptionToken"  # noqa: S105 - the name of an argument
TOKEN_LASTS: Final = timedelta(days=1)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_SECOND: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SALT: Final = "heritage.oai-pmh"


class Refused(Exception):
    """An error of the protocol: a code of section 3.6, and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True)
class Selection:
    """What a list is of, and how far it has come. Times are ISO 8601, UTC.

    after : kind, datestamp and primary key of the last record given
    done  : how many records were given before
    size  : how many there were when the list was begun
    """

    prefix: str
    set_spec: str = ""
    since: str = ""
    until: str = ""
    after: tuple[str, str, int] | None = None
    done: int = 0
    size: int = 0

    def token(self) -> str:
        return signing.dumps(asdict(self), salt=_SALT, compress=True)


@dataclass(frozen=True)
class Asked:
    verb: str
    arguments: dict[str, str]


def read_request(request: HttpRequest) -> Asked:
    """Read verb and arguments of a GET or POST. Raises `Refused`."""
    given = request.POST if request.method == "POST" else request.GET
    verbs = given.getlist("verb")
    if len(verbs) != 1 or verbs[0] not in VERBS:
        known = ", ".join(VERBS)
        raise Refused(
            "badVerb", _("Name one of these verbs: %(verbs)s.") % {"verbs": known}
        )
    arguments = _arguments(given)
    _check(verbs[0], arguments)
    return Asked(verbs[0], arguments)


def read_selection(arguments: dict[str, str]) -> Selection:
    """Read what a list is to hold. Raises `Refused`."""
    if TOKEN in arguments:
        return _read_token(arguments[TOKEN])
    since, until = arguments.get("from", ""), arguments.get("until", "")
    if since and until and len(since) != len(until):
        raise Refused("badArgument", _("“from” and “until” must be equally precise."))
    first, last = _moment(since), _moment(until, is_end=True)
    if first and last and first > last:
        raise Refused("badArgument", _("“from” lies after “until”."))
    return Selection(
        arguments["metadataPrefix"],
        arguments.get("set", ""),
        first.isoformat() if first else "",
        last.isoformat() if last else "",
    )


def _arguments(given: QueryDict) -> dict[str, str]:
    for name in given:
        if len(given.getlist(name)) > 1:
            said = _("The argument “%(name)s” is given twice.")
            raise Refused("badArgument", said % {"name": name})
    return {name: str(given[name]) for name in given if name != "verb"}


def _check(verb: str, arguments: dict[str, str]) -> None:
    required, optional = VERBS[verb]
    if TOKEN in arguments and verb in LISTS:
        if len(arguments) > 1:
            said = _("“resumptionToken” stands alone.")
            raise Refused("badArgument", said)
        return
    for name in sorted(required - arguments.keys()):
        said = _("The argument “%(name)s” is missing.")
        raise Refused("badArgument", said % {"name": name})
    for name in sorted(arguments.keys() - required - optional):
        said = _("“%(verb)s” has no argument “%(name)s”.")
        raise Refused("badArgument", said % {"verb": verb, "name": name})


def _read_token(text: str) -> Selection:
    try:
        known: dict[str, Any] = signing.loads(text, salt=_SALT, max_age=TOKEN_LASTS)
    except signing.BadSignature as error:  # also one that is too old
        said = _("This resumption token is not ours, or is older than a day.")
        raise Refused("badResumptionToken", said) from error
    after = known.pop("after")
    return Selection(**known, after=tuple(after) if after else None)


def _moment(text: str, *, is_end: bool = False) -> datetime | None:
    """Read a date or a moment; the end of a day includes the day."""
    if not text:
        return None
    try:
        if _SECOND.fullmatch(text):
            moment, length = datetime.fromisoformat(text), timedelta(seconds=1)
        elif _DAY.fullmatch(text):
            moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
            length = timedelta(days=1)
        else:
            raise ValueError(text)
    except ValueError as error:
        said = _("“%(text)s” is no date as 2026-11-21 or 2026-11-21T18:00:00Z.")
        raise Refused("badArgument", said % {"text": text}) from error
    # Our datestamps have fractions of a second: “until” means the whole second, or day.
    return moment + length - timedelta(microseconds=1) if is_end else moment
