"""`manage.py load`: enter a table by a mapping, or go on with a load that was killed."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q

from heritage.catalogue.models import Collection
from heritage.exchange.actions import begin, run_load, stage_load
from heritage.exchange.actions.mappings import find_mapping
from heritage.exchange.errors import ExchangeError
from heritage.exchange.lease import WorkLost
from heritage.exchange.models import Load, LoadedRow
from heritage.exchange.words import told_fault

SHOWN = 20


class Command(BaseCommand):
    help = "Load a table (CSV, XLSX, JSON, LIDO XML; or a folder of such) into a collection."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path)
        parser.add_argument("--mapping", default="", help="its name, saved or shipped")
        parser.add_argument("--to", default="", help="the collection: name or number")
        parser.add_argument("--by", default="", help="the account that it is done for")
        parser.add_argument(
            "--resume", default="", help="the key of a load to go on with"
        )

    def handle(self, *, files: list[Path], **options: Any) -> None:
        try:
            load = self._resumed(options["resume"]) or self._begun(files, options)
            done = run_load(load.pk)
        except (ExchangeError, WorkLost) as error:
            raise CommandError(
                str(error) or "Another process took the load over."
            ) from error
        if done is None:
            raise CommandError("Another process is at this load, or it is over.")
        self._report(done)

    def _resumed(self, key: str) -> Load | None:
        if not key:
            return None
        found = Load.objects.filter(key=key).first()
        if found is None:
            raise CommandError(f"There is no load {key}.")
        return found

    def _begun(self, files: list[Path], options: dict[str, Any]) -> Load:
        sources = [one for path in files for one in _each(path)]
        if not sources or not options["mapping"] or not options["to"]:
            raise CommandError("Name a file, --mapping and --to.")
        by = (
            User.objects.filter(username=options["by"]).first()
            if options["by"]
            else None
        )
        if options["by"] and by is None:
            raise CommandError(f"There is no account {options['by']}.")
        collection = collection_named(options["to"])
        load = stage_load(sources, collection=collection, by=by, name=files[0].name)
        begin(load, find_mapping(options["mapping"]), by=by)
        self.stdout.write(f"load {load.key}: {load.rows} rows")
        return load

    def _report(self, load: Load) -> None:
        counted = (
            load.results.values_list("verdict")
            .annotate(rows=Count("pk"))
            .order_by("verdict")
        )
        told = ", ".join(f"{rows} {verdict}" for verdict, rows in counted)
        self.stdout.write(f"load {load.key} {load.state}: {told}")
        refused = load.results.filter(Q(verdict=LoadedRow.Verdict.REFUSED))
        for row in refused[:SHOWN]:
            self.stdout.write(
                f"  row {row.number}: {' '.join(told_fault(f) for f in row.faults)}"
            )


def _each(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file())
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    return [path]


def collection_named(name: str) -> Collection:
    rows = Collection.objects.all()
    found = (
        rows.filter(pk=int(name))
        if name.isdecimal()
        else rows.filter(Q(name_zh=name) | Q(name_en=name))
    )
    if len(found) != 1:
        names = ", ".join(map(str, rows))
        raise CommandError(f"There is no one collection {name}; there are: {names}.")
    return found[0]
