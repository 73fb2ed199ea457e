"""The stages of a project's relics, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .project_figures import Stage

Text = Promise | str
STAGES: dict[Stage, Text] = {
    Stage.PLANNED: pgettext_lazy("digitization", "planned"),
    Stage.CAPTURED: pgettext_lazy("digitization", "captured"),
    Stage.PROCESSED: pgettext_lazy("digitization", "processed"),
    Stage.ACCEPTED: pgettext_lazy("digitization", "accepted"),
    Stage.PUBLISHED: pgettext_lazy("digitization", "published"),
}
NO_DAY: Text = _("This is no date. Write it as 2026-05-04.")


def stage_label(stage: Stage) -> Text:
    return STAGES[stage]
