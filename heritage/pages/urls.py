"""Addresses of the public pages."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import path

from .views.asking import ask_for_files, granted, report_mistake
from .views.authorities import person_page, place_page
from .views.citing import cite_relic
from .views.docs import api_docs
from .views.elements import (
    bearer_page,
    element_list,
    element_page,
    lineage_picture,
)
from .views.exhibit_app import app_manifest, app_page, app_worker
from .views.exhibits import (
    exhibit_list,
    exhibit_page,
    exhibit_preview,
    exhibit_revocations,
)
from .views.found import SITEMAPS, NewRecords, embedded, oembed, robots
from .views.home import favicon, home
from .views.identity import museum_colours, museum_logo
from .views.media import media
from .views.narrations import narration
from .views.overviews import for_developers, museum_map, timeline
from .views.recordings import recorded
from .views.relics import relic_list, relic_page
from .views.search import search_page
from .views.short import code, resolve
from .views.sites import site_list, site_page
from .views.versions import relic_versions

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path("museum/logo.png", museum_logo, name="museum-logo"),
    path("museum/colours.css", museum_colours, name="museum-colours"),
    path("search", search_page, name="search"),
    path("relics/", relic_list, name="relics"),
    path("relics/<slug:key>", relic_page, name="relic"),
    path("relics/<slug:key>/versions", relic_versions, name="relic-versions"),
    path("relics/<slug:key>/cite", cite_relic, name="cite-relic"),
    path("relics/<slug:key>/embed", embedded, name="embedded"),
    path("relics/<slug:key>/ask", ask_for_files, name="ask-for-files"),
    path("granted/<slug:key>/<slug:signature>", granted, name="granted"),
    path("report/<slug:kind>/<slug:key>", report_mistake, name="report"),
    path("elements/", element_list, name="elements"),
    path("elements/<slug:key>", element_page, name="element"),
    path("elements/<slug:key>/lineage.svg", lineage_picture, name="lineage-picture"),
    path("bearers/<slug:key>", bearer_page, name="bearer"),
    path("recordings/<slug:key>", recorded, name="recorded"),
    path("sites/", site_list, name="sites"),
    path("sites/<slug:key>", site_page, name="site"),
    path("exhibits/", exhibit_list, name="exhibits"),
    path("exhibits/<slug:key>", exhibit_page, name="exhibit"),
    path("exhibits/<slug:key>/preview", exhibit_preview, name="exhibit-preview"),
    path("exhibits/<slug:key>/app/", app_page, name="exhibit-app"),
    path("exhibits/<slug:key>/app/worker.js", app_worker, name="exhibit-app-worker"),
    path(
        "exhibits/<slug:key>/app/<slug:language>.webmanifest",
        app_manifest,
        name="exhibit-app-manifest",
    ),
    path("r/<slug:key>", resolve, name="label"),
    path("r/<slug:key>.svg", code, name="label-code"),
    path("people/<slug:key>", person_page, name="agent"),
    path("places/<slug:key>", place_page, name="place"),
    path("timeline", timeline, name="timeline"),
    path("map", museum_map, name="map"),
    path("developers", for_developers, name="for-developers"),
    path(
        "exhibits/<slug:key>/revocations.json",
        exhibit_revocations,
        name="exhibit-revocations",
    ),
    path("robots.txt", robots, name="robots"),
    path("feed.atom", NewRecords(), name="feed"),
    path("oembed", oembed, name="oembed"),
    path(
        "sitemap.xml",
        sitemaps.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-part"},
        name="sitemap",
    ),
    path(
        "sitemap-<section>.xml",
        sitemaps.sitemap,
        {"sitemaps": SITEMAPS},
        name="sitemap-part",
    ),
    path("api/docs", api_docs, name="api-docs"),
    path("media/<slug:key>/<slug:digest>/<str:name>", media, name="media"),
    path("narrations/<slug:key>/<slug:digest>/<str:name>", narration, name="narration"),
]
