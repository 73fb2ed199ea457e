"""The web process's way in."""

import os

from django.core.wsgi import get_wsgi_application

from heritage.lib.whole_forms import WholeForms

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
application = WholeForms(get_wsgi_application())
