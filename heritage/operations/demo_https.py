"""The demo over HTTPS, for headsets and phones on the same network."""

import io
import shlex
import ssl
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile

import segno
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from heritage.pages.bundle.serving import own_address
from heritage.settings import WEB_PORT

from .certificate import Certificate, Names, own_certificate, own_names

HANDED_OUT = "heritage-demo.crt"
LANGUAGES = ("zh-hans", "en")


class SecureDemo:
    """What the demo needs to be served over HTTPS to the network."""

    def __init__(self, folder: Path) -> None:
        self.names: Names = own_names()
        self.certificate: Certificate = own_certificate(
            folder / "https", self.names, timezone.now()
        )
        self._static = folder / "static"

    @property
    def address(self) -> str:
        return f"https://{own_address()}:{WEB_PORT}"

    def environment(self) -> dict[str, str]:
        """Settings of both web servers, over those of the demo.

        Records keep the names that they have: `HERITAGE_BASE_IRI` is left as it is.
        """
        files = self.certificate
        return {
            "HERITAGE_BIND": "0.0.0.0",  # noqa: S104 - the network is whom it is for
            "HERITAGE_ALLOWED_HOSTS": ",".join([*self.names.all, "[::1]"]),
            "HERITAGE_TRUSTED_ORIGINS": ",".join(
                f"https://{name}:{WEB_PORT}" for name in self.names.all
            ),
            "HERITAGE_HTTPS": "yes",
            # No proxy stands in front, and tomorrow's demo may be without HTTPS again.
            "HERITAGE_TRUSTED_PROXIES": "0",
            "HERITAGE_HSTS_S": "0",
            # One address to trust: files come from where the pages do.
            "HERITAGE_MEDIA_ORIGIN": "",
            "GUNICORN_CMD_ARGS": shlex.join(
                ["--certfile", str(files.server), "--keyfile", str(files.key)]
            ),
        }

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate.authority))

    def hand_out(self, environment: Mapping[str, str]) -> None:
        """Lay the authority's certificate, which is no secret, among the static files."""
        folder = Path(environment.get("HERITAGE_STATIC") or self._static)
        copyfile(self.certificate.authority, folder / HANDED_OUT)

    def invitation(self) -> str:
        """Say in both languages where a headset goes, with the code for its camera."""
        address = f"{self.address}/exhibits/"
        code = io.StringIO()
        segno.make(address, micro=False).terminal(code, border=2, compact=True)
        return "\n".join(["", code.getvalue(), *(self._said(one) for one in LANGUAGES)])

    def _said(self, language: str) -> str:
        with translation.override(language):
            lines = [
                _("For headsets and phones on the same network: {address}").format(
                    address=f"{self.address}/exhibits/"
                ),
                _("The browser warns once: the certificate is this machine's own."),
                _("To trust it, install {address} or the file {file}.").format(
                    address=f"{self.address}/static/{HANDED_OUT}",
                    file=self.certificate.authority,
                ),
                _("Step by step: docs/howto/show-in-a-headset.md"),
            ]
        return "".join(f"  {line}\n" for line in lines)
