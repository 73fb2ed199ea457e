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


class OverErrorLimit(ScanError):
    code = "over-error-limit"
    sentence = (
        "The level {profile} departs from the model by {mean_mm} mm on average, and its "
        "limit is {limit_mm} mm, after {attempts} attempts. Allow it more triangles or a "
        "larger deviation in its profile."
    )

    def __init__(
        self, profile: str, *, mean_m: float, limit_m: float, attempts: int
    ) -> None:
        super().__init__(
            profile=profile,
            mean_mm=float(f"{mean_m * 1000:.4g}"),
            limit_mm=float(f"{limit_m * 1000:.4g}"),
            attempts=attempts,
        )


class OverGpuBudget(ScanError):
    code = "over-gpu-budget"
    sentence = (
        "The level {profile} would take {gpu_bytes} bytes of graphics memory in {draws} "
        "draw calls after {attempts} attempts, and its limit is {gpu_limit} bytes in one. "
        "Allow it smaller maps or more memory in its profile."
    )

    def __init__(
        self, profile: str, *, gpu_bytes: int, draws: int, gpu_limit: int, attempts: int
    ) -> None:
        super().__init__(
            profile=profile,
            gpu_bytes=gpu_bytes,
            draws=draws,
            gpu_limit=gpu_limit,
            attempts=attempts,
        )


class InsideOut(ScanError):
    code = "inside-out"
    sentence = (
        "The model is inside out: {percent} percent of its surface looks inwards. Turn its faces "
        "round (flip normals) and hand it in again."
    )

    def __init__(self, share: float) -> None:
        super().__init__(percent=round(share * 100, 1))


class UntrueFile(ScanError):
    code = "untrue-file"
    sentence = (
        "{file} does not show the model: {what} differs by {figure}, and at most {limit} "
        "is allowed. It was not published. This is a fault of the program: please report it."
    )

    def __init__(self, file: str, *, what: str, figure: str, limit: str) -> None:
        super().__init__(file=file, what=what, figure=figure, limit=limit)


class BadProfile(ScanError):
    code = "bad-profile"
    sentence = (
        "The profile {profile} cannot be used: {reason}. Correct it and start again."
    )

    def __init__(self, profile: str, reason: str) -> None:
        super().__init__(profile=profile, reason=reason)


class PackFailed(ScanError):
    code = "pack-failed"
    sentence = (
        "The levels could not be written as glTF: {reason}. "
        "This is a fault of the program: please report it."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class NotPrintable(ScanError):
    code = "not-printable"
    sentence = (
        "No closed body can be made of the model: {tangled} of its {triangles} triangles "
        "meet in edges that belong to more than two, or are turned against each other. "
        "Reconstruct it again from the scans, or mend it in a modelling program."
    )

    def __init__(self, *, tangled: int, triangles: int) -> None:
        super().__init__(tangled=tangled, triangles=triangles)


class TwinTooLarge(ScanError):
    code = "twin-too-large"
    sentence = (
        "{file} could not be made small enough: {bytes} bytes with its maps pressed as "
        "far as they may be, and the limit is {limit}. Allow the profile more bytes or "
        "smaller maps."
    )

    def __init__(self, file: str, *, size_bytes: int, limit: int) -> None:
        super().__init__(file=file, bytes=size_bytes, limit=limit)


class InvalidTwin(ScanError):
    code = "invalid-twin"
    sentence = (
        "{file} did not pass OpenUSD's checks ({faults} faults, first: {first}). It was "
        "not published. This is a fault of the program: please report it."
    )

    def __init__(self, file: str, *, faults: int, first: str) -> None:
        super().__init__(file=file, faults=faults, first=first)
