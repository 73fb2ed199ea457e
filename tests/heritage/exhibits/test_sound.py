"""Sound files are told apart by what is in them, and held to it."""

import contextlib
import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.exhibits.sound import Unsound, read_sound
from tests.heritage.exhibits import sounds

SOUND = [
    ("a.wav", sounds.wav(0.5), "audio/wav", 0.5),
    ("a.opus", sounds.ogg_opus(1.25), "audio/ogg", 1.25),
    ("a.OGG", sounds.ogg_vorbis(2.0), "audio/ogg", 2.0),
    ("a.mp3", sounds.mp3(40), "audio/mpeg", 40 * 1152 / 44_100),
    ("a.mp3", sounds.mp3(40, tag=sounds.id3()), "audio/mpeg", 40 * 1152 / 44_100),
    ("a.mp3", sounds.mp3(40) + b"TAG" + bytes(125), "audio/mpeg", 40 * 1152 / 44_100),
    ("a.mp3", sounds.mp3(40) + sounds.ape(), "audio/mpeg", 40 * 1152 / 44_100),
    ("a.m4a", sounds.m4a(2.5), "audio/mp4", 2.5),
]


def told(data: bytes, name: str) -> str:
    with pytest.raises(Unsound) as refusal:
        read_sound(io.BytesIO(data), name)
    return refusal.value.code


@pytest.mark.parametrize(
    ("name", "data", "kind", "seconds"), SOUND, ids=range(len(SOUND))
)
def test_what_browsers_play_is_read(
    name: str, data: bytes, kind: str, seconds: float
) -> None:
    file = io.BytesIO(data)
    sound = read_sound(file, name)
    assert sound.media_type == kind
    assert sound.duration_s == pytest.approx(seconds, abs=1e-3)
    assert file.tell() == 0  # it is read again, to be kept


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.mp3", b"", "kind"),
        ("a.mp3", b"MZ\x90\0" + bytes(400), "kind"),
        ("a.ogg", b"\x89PNG\r\n\x1a\n" + bytes(100), "kind"),
        ("a.mp3", sounds.wav(), "ending"),
        ("a.html", sounds.wav(), "ending"),
        ("a.m4a", sounds.m4a(handler=b"vide"), "kind"),
        ("a.m4a", sounds.m4a()[:40], "broken"),
        ("a.m4a", sounds.m4a(0), "empty"),
        ("a.wav", sounds.wav()[:-100], "broken"),
        ("a.wav", sounds.wav(0), "empty"),
        ("a.mp3", sounds.mp3(1), "broken"),
        # A page or a program behind two good frames is no music.
        ("a.mp3", sounds.mp3(2) + b"<html><script>" + bytes(500), "broken"),
        ("a.mp3", sounds.mp3(2) + sounds.ape(9) + b"<script>" + bytes(500), "broken"),
        # Longer than so few bytes can be, and a film's head without its film.
        ("a.m4a", sounds.m4a(4_294_967), "broken"),
        ("a.m4a", sounds.m4a().replace(b"mdat", b"free"), "broken"),
        ("a.opus", sounds.ogg_opus()[:30], "kind"),
        ("a.opus", sounds.ogg_opus()[:47], "empty"),
        ("a.ogg", sounds.ogg_opus().replace(b"OpusHead", b"Theora.."), "kind"),
    ],
    ids=itertools.count(),
)
def test_what_is_none_is_refused_with_its_reason(
    name: str, data: bytes, code: str
) -> None:
    assert told(data, name) == code


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SOUND),
    st.integers(0, 2000),
    st.binary(min_size=1, max_size=8),
    st.booleans(),
)
def test_no_damage_gets_further_than_a_refusal(
    one: tuple[str, bytes, str, float], at: int, other: bytes, cut: bool
) -> None:
    name, data, _kind, _seconds = one
    place = at % len(data)
    broken = data[:place] + other + (b"" if cut else data[place + len(other) :])
    with contextlib.suppress(Unsound):
        assert read_sound(io.BytesIO(broken), name).duration_s > 0
