"""The WSGI application that `amends serve` gives to its web server."""

import os

from django.core.wsgi import get_wsgi_application

from amends.workers.parent import leave_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
application = get_wsgi_application()
if parent := os.environ.get("AMENDS_SERVED_BY"):  # set by `amends serve` and `amends web`
    leave_with(int(parent))
