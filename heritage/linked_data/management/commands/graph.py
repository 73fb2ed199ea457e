"""Rebuild the knowledge graph, check that it says what the records say, or write it out."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from heritage.linked_data.bulk import load_all
from heritage.linked_data.drift import dump_lines, find_drift
from heritage.linked_data.projector import Projector, queue_everything, waiting
from heritage.linked_data.stores import open_store
from knowledge_graph.errors import GraphError, StoreInUse
from knowledge_graph.store import EmbeddedStore, GraphStore


class Command(BaseCommand):
    help = "Rebuild the knowledge graph from the records, check it, or write it out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("rebuild", help="build every graph again")
        actions.add_parser(
            "load", help="build every graph in bulk; no projector may run"
        )
        actions.add_parser("check", help="compare every graph with the records")
        dump = actions.add_parser("dump", help="write the public graph as N-Quads")
        dump.add_argument("file", type=Path)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            {
                "rebuild": self._rebuild,
                "load": self._load,
                "check": self._check,
                "dump": self._dump,
            }[action](options)
        except GraphError as error:
            raise CommandError(str(error)) from error

    def _rebuild(self, options: dict[str, Any]) -> None:
        try:
            store = open_store()
        except StoreInUse:
            queue_everything()
            text = _("%(count)d graphs wait; the running projector builds them.")
            self.stdout.write(text % {"count": waiting().count()})
            return
        self._build(store)

    def _load(self, options: dict[str, Any]) -> None:
        self._build(open_store())

    def _build(self, store: GraphStore) -> None:
        """Build all: in bulk where the store is ours, else each by an update."""
        try:
            projector = Projector(store)
            if isinstance(store, EmbeddedStore):
                count = load_all(store)
                projector.drain()  # what changed meanwhile
            else:
                queue_everything()
                projector.reconcile()
                count = projector.drain()
        finally:
            store.close()
        self.stdout.write(_("%(count)d graphs built.") % {"count": count})

    def _check(self, options: dict[str, Any]) -> None:
        drift = find_drift()
        for one in drift:
            self.stdout.write(f"{one.fault}\t{one.iri}")
        if drift:
            text = _(
                "%(count)d graphs differ from the records. Run: manage.py graph rebuild"
            )
            raise CommandError(text % {"count": len(drift)})
        self.stdout.write(_("The graph says what the records say."))

    def _dump(self, options: dict[str, Any]) -> None:
        draft = options["file"].with_name(f".{options['file'].name}.new")
        with draft.open("w", encoding="utf-8") as out:
            out.writelines(dump_lines())
        draft.replace(options["file"])
