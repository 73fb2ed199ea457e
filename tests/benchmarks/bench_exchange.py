"""Load full relic records with history and outbox: records a second, on this database.

    python -m tests.benchmarks.bench_exchange [--rows 5000]

Input: the generated register of tests/heritage/exchange/registers.py, faults and all, in
GBK. On SQLite in a folder of its own, or on what HERITAGE_DATABASE_URL names (a database
that may be emptied). Target: 400 records a second; Arches reports 5 to 8.
Prints JSON and keeps it in tests/benchmarks/results/exchange.json.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TARGET, RIVAL = 400, 8
RESULTS = Path(__file__).with_name("results") / "exchange.json"


def main() -> int:
    """Run, print; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ["HERITAGE_DATA"] = name
        os.environ["HERITAGE_DEBUG"] = "0"  # else Django keeps every statement
        os.environ["HERITAGE_SECRET_KEY"] = "for-measuring"  # noqa: S105
        os.environ["DJANGO_SETTINGS_MODULE"] = "heritage.settings"
        import django

        django.setup()
        result = measure(Path(name), options.rows)
    text = json.dumps(result, indent=1)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 0 if all(result["met"].values()) else 1


def measure(folder: Path, rows: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    result: dict[str, Any] = {
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        "database": connection.vendor,
        "load": load(folder, rows),
        "rival": {"name": "Arches, as reported", "records_per_s": RIVAL},
    }
    result["met"] = {"load": result["load"]["records_per_s"] >= TARGET}
    return result


def load(folder: Path, rows: int) -> dict[str, Any]:
    """Load a register; the time of everything from the file to the last commit."""
    from django.contrib.auth.models import User

    from heritage.catalogue.models import Collection, Relic
    from heritage.exchange.actions import begin, run_load, stage_load
    from heritage.exchange.actions.mappings import find_mapping
    from tests.heritage.exchange.registers import make_register

    user = User.objects.create_superuser("bench")
    collection = Collection.objects.create(name_zh="基准")
    path = folder / "register.csv"
    path.write_bytes(make_register(rows).csv())
    began, cpu = time.perf_counter(), time.process_time()
    held = stage_load([path], collection=collection, by=user)
    begin(held, find_mapping("register-zh"), by=user)
    batches: list[float] = []
    last = [time.perf_counter()]

    def on_batch(_load: Any) -> None:
        batches.append(time.perf_counter() - last[0])
        last[0] = time.perf_counter()

    run_load(held.pk, on_batch=on_batch)
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    count = Relic.objects.count()
    return {
        "rows": count, "wall_s": round(wall, 2), "cpu_s": round(used, 2),
        "records_per_s": round(count / wall), "records_per_cpu_s": round(count / used),
        "longest_batch_s": round(max(batches), 3), "batches": len(batches),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
