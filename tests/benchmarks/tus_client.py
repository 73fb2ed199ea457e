"""Send one large file to a museum of its own over tus, and tell what that took.

    python -m tests.benchmarks.tus_client FILE FOLDER

The server is the museum's own gunicorn with one worker process, the client this process,
over loopback: it computes the SHA-256 of each chunk of 8 MiB and sends one after the
other on one connection. The time is that from the beginning of the upload until the file
is kept; resident memory is the server's peak. Prints JSON.
"""

import json
import sys
import time
from pathlib import Path

import django
import psutil


def main() -> int:
    django.setup()
    from tests.flow.uploading import Uploader
    from tests.flow.web import open_web

    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with open_web(folder, HERITAGE_DATABASE_URL="") as web:
        client = Uploader(web)
        client.log_in()
        cpu_before = spent_cpu(web.group)
        began = time.monotonic()
        client.send(path)
        client.keep()
        told = {
            "seconds": round(time.monotonic() - began, 2),
            "cpu_s": round(spent_cpu(web.group) - cpu_before + time.process_time(), 2),
            "resident_mb": round(peak_bytes(web.group) / 1024**2, 1),
        }
        client.close()
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def processes(group: int) -> list[psutil.Process]:
    first = psutil.Process(group)
    return [first, *first.children(recursive=True)]


def spent_cpu(group: int) -> float:
    return sum(sum(one.cpu_times()[:2]) for one in processes(group))


def peak_bytes(group: int) -> int:
    """Give the most that any one of the server's processes has held."""
    return max(_peak(one.pid) for one in processes(group))


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    sys.exit(main())
