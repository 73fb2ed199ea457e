"""Make the thin clouds of a capture's scans before anybody opens the page that shows them.

Only a convenience: whoever opens the page sooner has them made then, and is told how far
they are. So nothing is written down of it, and a bell that is lost is not rung again.
"""

import logging
from collections.abc import Callable

from heritage.archive.errors import ArchiveError
from scans import child

from .clouds import clouds_there, make_ahead_of_pages
from .models import Capture
from .usable import named_scans

log = logging.getLogger(__name__)


def make_ahead(key: str, *, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Thin the scans of the capture with this key, unless that is done or there are none."""
    capture = Capture.objects.filter(key=key).first()
    if capture is None or not named_scans(capture) or clouds_there(capture):
        return
    try:
        make_ahead_of_pages(capture, should_stop=should_stop)
    except BlockingIOError:
        log.info("The clouds of capture %s are being made for a page.", key)
    except child.ChildStopped:
        log.info("The clouds of capture %s are left for later.", key)
    except (child.ChildRefused, child.ChildCrashed, ArchiveError, OSError) as failure:
        # Whoever opens the page is told; here nobody waits.
        log.warning("The clouds of capture %s: %s", key, failure)
