"""Addresses of the Image API and the Presentation API."""

from django.urls import path

from .content_state import open_state
from .presentation.views import collection, manifest, scene
from .views import base, image, info

urlpatterns = [
    path("3/<str:identifier>", base, name="iiif-base"),
    path("3/<str:identifier>/info.json", info, name="iiif-info"),
    path(
        "3/<str:identifier>/<str:region>/<str:size>/<str:rotation>/<str:name>",
        image,
        name="iiif-image",
    ),
    path("p3/<slug:kind>/<slug:key>/manifest", manifest, name="iiif-manifest"),
    path("p3/collection/<slug:name>", collection, name="iiif-collection"),
    path("p4/<slug:kind>/<slug:key>/manifest", scene, name="iiif-scene-manifest"),
    path("open", open_state, name="iiif-open"),
]
