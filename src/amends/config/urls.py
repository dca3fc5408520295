"""All addresses of the site: the API and the pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("api/v1/", include("amends.api.v1.app")), path("", include("amends.web.urls"))]
