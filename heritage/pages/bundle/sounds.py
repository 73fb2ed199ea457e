"""What is said aloud, taken into a bundle."""

from collections.abc import Callable, Iterator, Sequence

from heritage.archive.local_copies import local_path
from heritage.catalogue.policy import STRANGER
from heritage.exhibits.models import Exhibit, Narration
from heritage.exhibits.narrations import narrations_for, sound_path
from heritage.exhibits.schemas import Scene, SoundOut

from .parts import Parts

FOLDER = "sounds"


def take_sounds(
    exhibit: Exhibit,
    scenes: Sequence[Scene],
    parts: Parts,
    absolute: Callable[[str], str],
) -> None:
    """Point the scenes at sounds within the bundle, and take those in."""
    rows = narrations_for(STRANGER).filter(exhibit=exhibit)
    kept = {absolute(sound_path(row)): row for row in rows}
    for scene in scenes:
        for sound in sounds_in(scene):
            # The rooms share what is said at the tour's stops: pointed once is enough.
            if sound.url in kept:
                sound.url = _keep(kept[sound.url], parts)


def sounds_in(scene: Scene) -> Iterator[SoundOut]:
    speaking = (scene.narrations, *(thing.narrations for thing in scene.objects),
                *(stop.narrations for stop in scene.tour))  # fmt: skip
    for sounds in speaking:
        yield from sounds.values()


def _keep(row: Narration, parts: Parts) -> str:
    path = sound_file(row)
    parts.files[path] = local_path(row.sound)
    parts.belongs(path, kind=row.kind, key=row.key)
    return path


def sound_file(row: Narration) -> str:
    """Name these very bytes in a bundle: another recording has another name."""
    ending = row.sound.name.rpartition(".")[2]
    return f"{FOLDER}/{row.sound.sha512[:16]}.{ending}"
