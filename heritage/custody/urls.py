"""Addresses outside the admin: what labels carry."""

from django.urls import path

from .views.resolve import resolve

urlpatterns = [path("r/<slug:key>", resolve, name="label")]
