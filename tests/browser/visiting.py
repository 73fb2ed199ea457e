"""One window that goes from page to page, and what a person could not use there.

With the environment variable HERITAGE_TEST_SCREENSHOTS naming a folder, each page is kept
there as a picture.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page

AXE: Final = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RUN: Final = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  // The query editor's own tabs and scroll bar, which no setting of it changes.
  const theirs = ["#query-editor .tabsList", "#query-editor .CodeMirror-scroll"];
  const all = {include: [["html"]], exclude: theirs.map((one) => [one])};
  const found = await axe.run(all, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ` + one.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + node.html.slice(0, 160)).join(" | "));
}"""
TOO_WIDE: Final = """() => {
  const root = document.documentElement;
  return root.scrollWidth - root.clientWidth;
}"""
SHOTS: Final = os.environ.get("HERITAGE_TEST_SCREENSHOTS")


class Visit:
    """Goes to pages as one person, in one language; `places` fills their addresses."""

    def __init__(self, page: Page, site: str, places: Mapping[str, object]) -> None:
        self.page, self.site, self.places = page, site, places
        self.axe = AXE.read_text()
        self.language = ""

    def sign_in(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._cookie(settings.SESSION_COOKIE_NAME, session)

    def speak(self, language: str) -> None:
        self.language = language
        self._cookie(settings.LANGUAGE_COOKIE_NAME, language)

    def findings(
        self, addresses: Iterable[str], *, widths: Iterable[int] = ()
    ) -> Iterator[str]:
        """Tell of each page what a person could not use, and where it is too wide."""
        for pattern in addresses:
            address = pattern.format(**self.places)
            answer = self.page.goto(self.site + address, wait_until="load")
            assert answer is not None
            assert answer.status == 200, address
            name = f"{self.language}{re.sub(r'[^a-z]+', '-', pattern)}"
            if not widths:
                self._shoot(name)
            for width in widths:
                self.page.set_viewport_size({"width": width, "height": 900})
                self._shoot(f"{name}-{width}")
                if (over := self.page.evaluate(TOO_WIDE)) > 0:
                    yield f"{address} is {over} px too wide for {width} px"
            yield from (f"{address} {one}" for one in self.look())

    def look(self) -> list[str]:
        """Tell what a person could not use of the page as it stands."""
        self.page.evaluate(self.axe)
        found: list[str] = self.page.evaluate(RUN)
        return found

    def _cookie(self, name: str, value: str) -> None:
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.site}]
        )

    def _shoot(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
