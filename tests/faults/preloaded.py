"""The museum's own WSGI application, with all that its first request would load."""

from django.urls import get_resolver

from heritage.wsgi import application

__all__ = ["application"]

assert get_resolver().url_patterns
