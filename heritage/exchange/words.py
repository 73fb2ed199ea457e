"""Every sentence of the exchange that is chosen by a code."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TABLE_FAULTS: Final[dict[str, Promise]] = {
    "empty": _("%(file)s holds no rows."),
    "not-text": _("%(file)s is neither a workbook nor text in UTF-8, GB18030 or UTF-16. Save it again as CSV or XLSX."),
    "old-excel": _("%(file)s is a workbook in the old form (XLS). Save it as XLSX."),
    "unreadable": _("%(file)s cannot be read: %(reason)s. Save it again and send it anew."),
    "too-many-rows": _("%(file)s has more than %(limit)d rows. Split it."),
    "too-many-columns": _("%(file)s has more than %(limit)d columns."),
    "cell-too-long": _("%(file)s, row %(row)d: a cell holds more than %(limit)d characters."),
    "too-large": _("What %(file)s holds is larger than %(limit)d bytes."),
    "bomb": _("%(file)s claims to hold hundreds of times its own size."),
    "no-objects": _("%(file)s: entry %(row)d is no object with named values."),
    "no-lido": _("%(file)s holds no LIDO record."),
    "too-heavy": _("Reading %(file)s needed more time or memory than it may. Split it, or save it in another form."),
}  # fmt: skip
