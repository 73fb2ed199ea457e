"""The stages of a project's relics, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .project_figures import Stage

Text = Promise | str
STAGES: dict[Stage, Text] = {
    Stage.PLANNED: _("planned"),
    Stage.CAPTURED: pgettext_lazy("state of digitization", "captured"),
    Stage.PROCESSED: _("processed"),
    Stage.ACCEPTED: _("accepted"),
    Stage.PUBLISHED: pgettext_lazy("state of digitization", "published"),
}
NO_DAY: Text = _("This is no date. Write it as 2026-05-04.")


def stage_label(stage: Stage) -> Text:
    return STAGES[stage]
