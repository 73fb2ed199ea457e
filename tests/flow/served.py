"""A museum for real use, open and empty, and the people who work in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import Started
from .visitor import Visitor

ADMINISTRATOR = "keeper"
CURATOR = "curator"
PASSWORD = "a-long-phrase-for-tests"  # noqa: S105


@contextmanager
def served_museum(folder: Path) -> Iterator[Started]:
    """Start `manage.py serve` with proper settings; nothing of it is left afterwards."""
    museum = Started(folder)
    museum.environment |= {
        "HERITAGE_ALLOWED_HOSTS": "localhost,127.0.0.1",
        "HERITAGE_BASE_IRI": f"http://localhost:{museum.web_port}",
        "HERITAGE_MEDIA_ORIGIN": f"http://127.0.0.1:{museum.media_port}",
        "HERITAGE_ADMIN_USER": ADMINISTRATOR,
        "HERITAGE_ADMIN_PASSWORD": PASSWORD,
    }
    museum.start("serve")
    try:
        museum.wait_for(
            "museum", lambda: Visitor(museum.site).get("/healthz?live").status == 200
        )
        yield museum
    finally:
        museum.kill()


def engage_curator(museum: Started) -> None:
    """Let the administrator make a collection and an account for its curator."""
    keeper = Visitor(museum.site)
    keeper.log_in(ADMINISTRATOR, PASSWORD)
    made = keeper.fill(
        "/admin/auth/user/add/", "user_form",
        username=CURATOR, password1=PASSWORD, password2=PASSWORD,
    )  # fmt: skip
    keeper.fill(made.address, "user_form", is_staff="on")
    number = made.address.rstrip("/").split("/")[-2]
    keeper.fill(
        "/admin/catalogue/collection/add/", "collection_form",
        name_zh="青铜馆", name_en="Bronzes",
        **{
            "memberships-TOTAL_FORMS": "1",
            "memberships-0-user": number,
            "memberships-0-role": "curator",
        },
    )  # fmt: skip
