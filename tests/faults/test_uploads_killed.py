"""The web server is killed amid a chunk: started again, it goes on at a recorded byte."""

import os
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.flow.uploading import CHUNK_BYTES, Uploader
from tests.flow.web import Web, open_web

pytestmark = [pytest.mark.slow]

SEED = 20261121
SIZE = 2 * CHUNK_BYTES + 1_234_567


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("killed") / "museum"
    with open_web(folder, HERITAGE_DATABASE_URL="") as web:
        yield web


@pytest.mark.parametrize("kills", [1, pytest.param(40, marks=pytest.mark.faults)])
def test_killed_amid_a_chunk_it_goes_on_where_it_was(web: Web, kills: int) -> None:
    chance = random.Random(SEED + kills)  # noqa: S311 - it must repeat
    data = os.urandom(SIZE)
    name = f"{kills}.bin"
    with closing(Uploader(web)) as sender:
        sender.log_in()
        kill_and_resume(web, sender, chance, name=name, data=data, kills=kills)


def kill_and_resume(
    web: Web,
    sender: Uploader,
    chance: random.Random,
    *,
    name: str,
    data: bytes,
    kills: int,
) -> None:
    address = sender.begin(name, len(data))
    for number in range(kills):
        offset = sender.offset(address)
        rest = data[offset:]
        sent = chance.randint(0, len(rest))
        sender.patch_and(address, rest, sent=sent, then=web.kill)
        web.start()
        there = sender.offset(address)
        # Whole chunks only, and none that was never sent.
        assert there in range(offset, offset + sent + 1), number
        assert there % CHUNK_BYTES == 0 or there == len(data), number
        if there == len(data):
            keep(sender, web, name, data)
            name = f"{number}-{name}"
            address = sender.begin(name, len(data))
    offset = sender.offset(address)
    while offset < len(data):
        offset = sender.patch(address, offset, data[offset : offset + CHUNK_BYTES])
    keep(sender, web, name, data)
    assert not list((web.folder / ".archive-uploads").iterdir())


def keep(sender: Uploader, web: Web, name: str, data: bytes) -> None:
    sender.keep()
    (kept,) = (web.folder / "archive").rglob(name)
    assert Path(kept).read_bytes() == data
