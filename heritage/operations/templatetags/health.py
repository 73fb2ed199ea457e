"""What the admin's pages say of the museum's health."""

from django import template

from heritage.operations.health import silent_workers

register = template.Library()


@register.simple_tag
def workers_not_heard() -> list[str]:
    """Name the workers that have been silent for 30 s, in the reader's words."""
    return silent_workers()
