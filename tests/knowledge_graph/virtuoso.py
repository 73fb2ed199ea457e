"""A Virtuoso server of the test's own: an engine that shares no code with ours."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

SERVER, CLIENT = "virtuoso-t", "isql-vt"  # of Debian's virtuoso-opensource-7-bin
PATIENCE_S = 300.0
INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {folder}
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 4
MaxClientConnections = 4
[SPARQL]
ResultSetMaxRows = 100000
"""


def is_installed() -> bool:
    return bool(shutil.which(SERVER) and shutil.which(CLIENT))


@contextlib.contextmanager
def virtuoso(folder: Path, graphs: dict[str, str]) -> Iterator[str]:
    """Run a server that holds these graphs (IRI to N-Triples); give its query address."""
    sql, http = _free_ports(2)
    ini = folder / "virtuoso.ini"
    ini.write_text(INI.format(sql=sql, http=http, folder=folder))
    command = [SERVER, "+foreground", "+configfile", str(ini)]
    log = (folder / "out.log").open("wb")
    process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait(process, sql)
        _wait(process, http)
        for number, (iri, text) in enumerate(graphs.items()):
            _load(folder / f"{number}.nt", iri, text, port=sql)
        yield f"http://127.0.0.1:{http}/sparql"
    finally:
        process.kill()
        process.wait()
        log.close()


def _load(file: Path, iri: str, text: str, *, port: int) -> None:
    file.write_text(text, encoding="utf-8")
    act = f"DB.DBA.TTLP(file_to_string_output('{file}'), '', '{iri}', 0);"
    words = [CLIENT, f"127.0.0.1:{port}", "dba", "dba", f"exec={act}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr, done.stderr


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=1),
        ):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens at port {port}")


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
