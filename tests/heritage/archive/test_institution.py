"""The museum's name, mark and colours: set in the admin, used wherever it is named."""

from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.translation import override
from PIL import Image, PngImagePlugin

from heritage.archive import institution as kept
from heritage.archive.admin import institution as institution_admin
from heritage.archive.institution import logo, museum_name, museum_names
from heritage.archive.institution_models import ON_PAPER, UNDER_INK
from heritage.archive.models import Institution, RecordChange
from heritage.lib.colours import contrast, readable_on, shades
from heritage.pages.views import identity

CHANGE = "/admin/archive/institution/1/change/"
ADD = "/admin/archive/institution/add/"
STYLE = Path(__file__).parents[3] / "heritage/pages/static/pages/museum.css"

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.create_superuser("boss"))
    return client


def picture(side_px: int = 900) -> SimpleUploadedFile:
    out, told = BytesIO(), PngImagePlugin.PngInfo()
    told.add_text("Comment", "secret-of-the-studio")
    image = Image.new("RGBA", (side_px, side_px // 2), (157, 47, 37, 128))
    image.save(out, "PNG", pnginfo=told)
    return SimpleUploadedFile("logo.png", out.getvalue(), "image/png")


def typed(**fields: object) -> dict[str, object]:
    return {"name_zh": "海丝博物馆", "name_en": "Silk Road Museum", "accent": "", "link": "", "seen_version": "0"} | fields  # fmt: skip


def test_the_settings_name_the_museum_until_the_admin_does() -> None:
    assert museum_names() == ("数字博物馆", "Digital Museum")
    Institution(name_zh="海丝博物馆").save()
    assert museum_name() == "海丝博物馆"
    with override("en"):
        assert museum_name() == "海丝博物馆"  # it has no English one
    assert museum_names().by_tag == {"zh-Hans": "海丝博物馆"}


def test_name_and_look_are_set_in_the_admin_and_shown_to_all(
    administrator: Client, client: Client
) -> None:
    look = {"accent": "#1d4e89", "link": "#1d4e89", "picture": picture()}
    answer = administrator.post(ADD, typed(**look))
    assert answer.status_code == 302, answer.context["errors"]
    home = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "<title>Silk Road Museum</title>" in home
    assert "/museum/logo.png?v=" in home
    assert "/museum/colours.css?v=1" in home
    assert "--link: #1d4e89" in client.get("/museum/colours.css").content.decode()
    inside = administrator.get("/admin/").content.decode()
    assert "Silk Road Museum" in inside
    assert "rgb(29, 78, 137)" in inside
    assert RecordChange.objects.filter(key="archive.institution-0").exists()


def test_the_logo_is_drawn_anew_and_small(
    administrator: Client, client: Client
) -> None:
    administrator.post(ADD, typed(picture=picture()))
    shown = client.get("/museum/logo.png")
    assert shown["Content-Type"] == "image/png"
    image = Image.open(BytesIO(shown.content))
    assert (image.size, image.mode) == ((512, 256), "RGBA")
    assert b"secret-of-the-studio" not in shown.content
    again = client.get("/museum/logo.png", headers={"If-None-Match": shown["ETag"]})
    assert again.status_code == 304
    administrator.post(CHANGE, typed(seen_version="1", without_logo="on"))
    assert logo() == b""
    assert client.get("/museum/logo.png").status_code == 404


def test_the_logo_is_drawn_once_and_outside_the_transaction(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, drawn = len(connection.savepoint_ids), []

    def draw(path: Path) -> bytes:
        drawn.append(len(connection.savepoint_ids) - outside)
        return path.read_bytes()

    monkeypatch.setattr(institution_admin, "draw_logo", draw)
    administrator.post(ADD, typed(picture=picture(30)))
    assert Institution.objects.get().logo
    assert drawn == [0]


@pytest.mark.parametrize(
    "bytes_", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS-Adobe-3.0 EPSF-3.0"]
)
def test_what_is_no_picture_is_refused(administrator: Client, bytes_: bytes) -> None:
    answer = administrator.post(
        ADD, typed(picture=SimpleUploadedFile("logo.png", bytes_))
    )
    assert "no picture that can be drawn" in answer.content.decode()
    assert not Institution.objects.exists()


@pytest.mark.parametrize("colour", ["#ffcc00", "red", "#12345", "#9d2f25;}*{"])
def test_a_colour_nobody_can_read_is_refused(
    administrator: Client, colour: str
) -> None:
    answer = administrator.post(ADD, typed(accent=colour, link=colour))
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {"accent", "link"}


def test_the_second_of_two_hears_what_the_first_has_saved(
    administrator: Client,
) -> None:
    administrator.post(ADD, typed())
    administrator.post(CHANGE, typed(seen_version="1", name_en="Museum of the Sea"))
    answer = administrator.post(CHANGE, typed(seen_version="1", name_en="Port Museum"))
    page = answer.content.decode()
    assert "Museum of the Sea" in page
    assert 'value="Port Museum"' in page
    assert museum_names().en == "Museum of the Sea"
    administrator.post(CHANGE, typed(seen_version="2", name_en="Port Museum"))
    assert museum_names().en == "Port Museum"
    with pytest.raises(ValidationError):
        Institution(pk=1, edit_version=1).save()


def test_only_administrators_set_it(
    curator: User, volunteer: User, stranger: User
) -> None:
    for user in (curator, volunteer, stranger):
        client = Client()
        client.force_login(user)
        assert client.post(ADD, typed()).status_code in {302, 403}
        assert not Institution.objects.exists()


def test_the_row_is_asked_for_once_in_some_seconds(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    monkeypatch.setattr(kept, "KEPT_S", 60.0)
    kept.forget()
    museum_name()
    with django_assert_num_queries(0):  # type: ignore[operator]
        museum_name()
    Institution(name_zh="新馆").save()
    assert museum_name() == "新馆"
    kept.forget()


def test_the_grounds_are_those_of_the_style() -> None:
    style = STYLE.read_text()
    assert all(ground in style for ground in {*ON_PAPER, UNDER_INK[0]})
    assert identity.DARK_PAPER in style


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast(readable_on("#161411", "#1d4e89"), "#161411") >= 4.5
    assert shades("#1d4e89")["600"] == "#1d4e89"
