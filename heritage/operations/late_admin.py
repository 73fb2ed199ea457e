"""The admin's pages are loaded with the addresses, not by every command and worker.

They are most of what a process imports: half a second and 40 MB, which a command that
writes a package, or a worker that waits for a run, has no use for.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core.checks import CheckMessage, Tags, register


class LateAdmin(SimpleAdminConfig):
    def ready(self) -> None:
        register(check_dependencies, Tags.admin)
        register(check_pages, Tags.admin)


def check_pages(
    app_configs: Sequence[AppConfig] | None, **told: Any
) -> Sequence[CheckMessage]:
    """Check the admin's pages, whether or not an address was asked for before."""
    autodiscover()
    return check_admin_app(app_configs, **told)
