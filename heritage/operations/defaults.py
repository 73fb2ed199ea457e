"""Development defaults: what a museum open to the world must not run on."""

from collections.abc import Mapping
from dataclasses import dataclass

from heritage.env import FALSE_WORDS


@dataclass(frozen=True)
class Unfit:
    """A setting that is not fit for real use, and the cure."""

    setting: str
    reason: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.reason}"


def find_unfit(environment: Mapping[str, str]) -> list[Unfit]:
    """Name every setting that still has, or amounts to, a development default."""
    found = []
    if (environment.get("HERITAGE_DEBUG") or "no").lower() not in FALSE_WORDS:
        found.append(
            Unfit("HERITAGE_DEBUG", "shows the inside to strangers; set it to no")
        )
    if not environment.get("HERITAGE_ALLOWED_HOSTS"):
        found.append(
            Unfit(
                "HERITAGE_ALLOWED_HOSTS",
                "name the hosts this museum answers to, as museum.example,10.0.0.5",
            )
        )
    elif "*" in environment["HERITAGE_ALLOWED_HOSTS"]:
        found.append(
            Unfit("HERITAGE_ALLOWED_HOSTS", "* lets anyone pose as this museum")
        )
    if not environment.get("HERITAGE_BASE_IRI"):
        found.append(
            Unfit(
                "HERITAGE_BASE_IRI",
                "set the lasting address that identifiers begin with, as "
                "https://museum.example; it can hardly be changed later",
            )
        )
    return found + _unfit_key(environment)


def _unfit_key(environment: Mapping[str, str]) -> list[Unfit]:
    key = environment.get("HERITAGE_SECRET_KEY", "")
    if key and (key.startswith("development-only") or len(key) < 40):
        return [
            Unfit(
                "HERITAGE_SECRET_KEY",
                "too short or the development key; leave it out and one is made, or "
                "set 50 random characters",
            )
        ]
    return []
