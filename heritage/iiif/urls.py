"""Addresses of the Image API."""

from django.urls import path

from .views import base, image, info

urlpatterns = [
    path("3/<str:identifier>", base, name="iiif-base"),
    path("3/<str:identifier>/info.json", info, name="iiif-info"),
    path(
        "3/<str:identifier>/<str:region>/<str:size>/<str:rotation>/<str:name>",
        image,
        name="iiif-image",
    ),
]
