"""Addresses of the graph: its endpoint, its things, their data."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from .views.changes import changes, changes_page
from .views.citation import cite
from .views.dataset import dataset, dump, state
from .views.identity import concept, data, thing
from .views.linked_art import linked_art
from .views.oai_pmh import oai_pmh
from .views.query_page import query_page, query_terms
from .views.questions import question, questions
from .views.reconcile import (
    flyout,
    preview,
    propose_properties,
    reconcile,
    suggest,
)
from .views.sparql import sparql

urlpatterns = [
    path("sparql", sparql, name="sparql"),
    path("query", query_page, name="query"),
    path("query/terms", query_terms, name="query-terms"),
    path("questions/", questions, name="questions"),
    path("questions/<slug:page>", question, name="question"),
    path("query/cite", cite, name="cite"),
    path("oai-pmh", oai_pmh, name="oai-pmh"),
    path(".well-known/void", RedirectView.as_view(pattern_name="dataset")),
    path("reconcile", reconcile, name="reconcile"),
    path("reconcile/preview", preview, name="reconcile-preview"),
    path("reconcile/properties", propose_properties, name="reconcile-properties"),
    re_path(r"^reconcile/suggest/(?P<what>entity|property|type)$", suggest),
    re_path(r"^reconcile/flyout/(?P<what>entity|property|type)$", flyout),
    path("changes", changes, name="changes"),
    path("changes/<str:name>", changes_page, name="changes-page"),
    path("dataset", dataset, name="dataset"),
    path("dataset/state/<int:serial>", state, name="graph-state"),
    path("dataset/dumps/<int:serial>.nq.gz", dump, name="dump"),
    path("id/<slug:kind>/<str:key>", thing, name="thing"),
    path("id/<slug:kind>/<str:key>/<path:part>", thing, name="part"),
    path("data/<slug:kind>/<str:key>", data, name="data"),
    path("linked-art/<slug:kind>/<str:key>", linked_art, name="linked-art"),
    path("linked-art/<slug:kind>/<str:key>/<path:part_of>", linked_art),
    path("vocab/<slug:scheme>", concept, name="scheme"),
    path("vocab/<slug:scheme>/<slug:slug>", concept, name="concept"),
]
