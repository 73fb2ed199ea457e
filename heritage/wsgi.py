"""The web process's way in."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from heritage.lib.whole_forms import WholeForms

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
application = WholeForms(get_wsgi_application())
import_module(settings.ROOT_URLCONF)  # now: the first request need not wait for it
