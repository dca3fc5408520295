"""All addresses of the site: the pages; the API joins them here later."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("amends.web.urls"))]
