"""Every address of the museum."""

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()  # see heritage/operations/late_admin.py

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("heritage.operations.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("heritage.pages.urls")),
    path("", include("heritage.exhibits.urls")),
    path("iiif/", include("heritage.iiif.urls")),
    path("", include("heritage.linked_data.urls")),
]
