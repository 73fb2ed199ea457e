"""Photographs in the table of files are seen, by those who see the capture."""

import io

from django.contrib.auth.models import User
from django.test import Client
from PIL import Image

from heritage.captures.actions import add_files
from heritage.captures.models import Capture


def photograph() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), (120, 80, 40)).save(out, "JPEG")
    return io.BytesIO(out.getvalue())


def test_a_photograph_is_drawn_small_for_members(
    client: Client, filled: Capture, curator: User, volunteer: User, stranger: User
) -> None:
    broken = ("broken.jpg", io.BytesIO(b"no picture"))
    add_files(filled, [("side.jpg", photograph()), broken], by=curator)
    rows = {row.stored_file.name: row for row in filled.files.all()}
    work = f"/admin/captures/capture/{filled.pk}/work/"
    at = {name: f"{work}files/{row.pk}/picture/" for name, row in rows.items()}
    client.force_login(volunteer)
    shown = client.get(work).text
    assert at["side.jpg"] in shown
    assert at["front.ply"] not in shown
    drawn = client.get(at["side.jpg"])
    assert drawn["Cache-Control"].startswith("private")
    assert max(Image.open(io.BytesIO(drawn.content)).size) == 160
    assert client.get(at["front.ply"]).status_code == 404
    crossed_out = client.get(at["broken.jpg"])
    assert crossed_out["Content-Type"] == "image/svg+xml"
    assert crossed_out["Cache-Control"] == "no-store"
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get(at["side.jpg"]).status_code == 404
    client.logout()
    assert client.get(at["side.jpg"]).status_code == 404
