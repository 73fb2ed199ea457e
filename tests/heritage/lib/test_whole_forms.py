"""What is read of a form that was cut off is an error, never a shorter form."""

import io
from collections.abc import Iterable
from typing import Any

import pytest

from heritage.lib.whole_forms import CutOff, WholeForms

FORM = "multipart/form-data; boundary=x"


def read_all(body: bytes, length: int | str, kind: str = FORM, by: int = 4) -> bytes:
    """Read a body as an application would, a few bytes at a time; by 0 in lines."""
    got = bytearray()

    def application(environ: dict[str, Any], begin: Any) -> Iterable[bytes]:
        stream = environ["wsgi.input"]
        while piece := stream.read(by) if by else stream.readline(6):
            got.extend(piece)
        return []

    told = {
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(length),
        "wsgi.input": io.BytesIO(body),
    }
    WholeForms(application)(told, None)
    return bytes(got)


@pytest.mark.parametrize("by", [0, 1, 4, 7, 100, -1])
def test_a_whole_form_is_read_to_its_end(by: int) -> None:
    assert read_all(b"ab\ncdefgh", 9, by=by) == b"ab\ncdefgh"


@pytest.mark.parametrize("by", [0, 1, 4, 7, 100, -1])
@pytest.mark.parametrize("kind", [FORM, "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("came", range(9))
def test_a_form_that_was_cut_off_is_an_error(came: int, kind: str, by: int) -> None:
    with pytest.raises(CutOff):
        read_all(b"ab\ncdefgh"[:came], 9, kind, by)


def test_other_bodies_go_on_from_where_they_broke_off() -> None:
    assert read_all(b"abc", 9, "application/offset+octet-stream") == b"abc"


@pytest.mark.parametrize("length", ["", "0"])
def test_without_a_body_there_is_nothing_to_wait_for(length: str) -> None:
    assert read_all(b"", length) == b""
