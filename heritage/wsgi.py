"""The web process's way in."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from heritage.lib.whole_forms import WholeForms

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
application = WholeForms(get_wsgi_application())
import_module(settings.ROOT_URLCONF)  # now: the first request need not wait for it
# What is loaded by now stays for good: looked through for garbage again and again, it
# would hold up each tenth page by a sixth of a second.
gc.collect()
gc.freeze()
