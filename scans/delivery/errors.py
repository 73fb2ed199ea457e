"""What delivery refuses: one class per cause."""

from scans.errors import ScanError


class DegenerateMaster(ScanError):
    code = "degenerate-master"
    sentence = (
        "The model cannot be delivered: {reason}. Reconstruct it again from the scans."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class UprightNotRigid(ScanError):
    code = "upright-not-rigid"
    sentence = (
        "The upright position is not a rigid motion: {reason}. "
        "Set the object upright again."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class OverBudget(ScanError):
    code = "over-budget"
    sentence = (
        "The level {profile} could not be made small enough: {triangles} triangles and "
        "{bytes} bytes after {attempts} attempts, and the limits are {triangle_limit} "
        "and {byte_limit}. Close or remove loose fragments in the model."
    )

    def __init__(
        self,
        profile: str,
        *,
        triangles: int,
        size_bytes: int,
        attempts: int,
        triangle_limit: int,
        byte_limit: int,
    ) -> None:
        super().__init__(
            profile=profile,
            triangles=triangles,
            bytes=size_bytes,
            attempts=attempts,
            triangle_limit=triangle_limit,
            byte_limit=byte_limit,
        )


class PackFailed(ScanError):
    code = "pack-failed"
    sentence = (
        "The levels could not be written as glTF: {reason}. "
        "This is a fault of the program: please report it."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
