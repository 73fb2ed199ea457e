"""Masters as files: the mesh, and what it is painted with, which lies beside it."""

from heritage.archive.models import StoredFile

from .models import Derivative, Run

Role = Derivative.Role
PAINTED = "master-"  # begins the profiles, and the names, of a painting's files


def master_files(run: Run) -> list[StoredFile]:
    """Give the files of a run's master, the mesh first."""
    rows = run.derivatives.select_related("stored_file__deposit")
    mesh = rows.get(role=Role.MASTER).stored_file
    painted = rows.filter(role=Role.REPORT, profile__startswith=PAINTED)
    return [mesh, *(row.stored_file for row in painted.order_by("profile"))]
