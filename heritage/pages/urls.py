"""Addresses of the public pages."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import path

from .views.citing import cite_relic
from .views.docs import api_docs
from .views.elements import (
    bearer_page,
    element_list,
    element_page,
    lineage_picture,
)
from .views.exhibits import exhibit_list, exhibit_page, exhibit_preview
from .views.found import SITEMAPS, NewRecords, embedded, oembed, robots
from .views.home import favicon, home
from .views.media import media
from .views.recordings import recorded
from .views.relics import relic_list, relic_page
from .views.search import search_page
from .views.sites import site_list, site_page

urlpatterns = [
    path("", home, name="home"),
    path("favicon.ico", favicon, name="favicon"),
    path("search", search_page, name="search"),
    path("relics/", relic_list, name="relics"),
    path("relics/<slug:key>", relic_page, name="relic"),
    path("relics/<slug:key>/cite", cite_relic, name="cite-relic"),
    path("relics/<slug:key>/embed", embedded, name="embedded"),
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
]
