"""Show this exhibit on a network of its own: `python3 serve.py`, with nothing else installed.

A headset installs a web app, and enters VR, only over HTTPS or from the machine itself:
`python3 serve.py --certificate cert.pem --key key.pem` serves over HTTPS. LICENCES.txt
names what is in the bundle; manifest.json is signed by the museum.
"""

import argparse
import socket
import ssl
import sys
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json",
    ".webmanifest": "application/manifest+json", ".wasm": "application/wasm",
    ".glb": "model/gltf-binary", ".svg": "image/svg+xml", ".css": "text/css",
    ".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8",
}  # fmt: skip


class Handler(SimpleHTTPRequestHandler):
    """The bundle's files, with their types; no listing of folders."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody is watched."""


def make_server(
    folder: Path, host: str, port: int, *, certificate: str = "", key: str = ""
) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer((host, port), partial(Handler, directory=str(folder)))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key or None)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def own_address() -> str:
    """Give this machine's address on the network, as others reach it; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0: for the network")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--certificate", default="", help="PEM; then over HTTPS")
    parser.add_argument("--key", default="", help="PEM, if not in the same file")
    told = parser.parse_args(arguments)
    folder = Path(__file__).resolve().parent
    server = make_server(
        folder, told.host, told.port, certificate=told.certificate, key=told.key
    )
    scheme = "https" if told.certificate else "http"
    name = "localhost" if told.host == "127.0.0.1" else own_address()
    sys.stdout.write(f"{scheme}://{name}:{server.server_port}/index.html\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
