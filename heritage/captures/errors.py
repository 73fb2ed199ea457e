"""What captures and runs refuse, and what to do about it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class CaptureError(Exception):
    """Base of everything captures raise on purpose."""

    code = "capture-error"
    status = 409


class NotPermitted(CaptureError):
    code = "not-permitted"
    status = 403

    def __init__(self, *, curators_only: bool = False) -> None:
        super().__init__(
            _("Only a curator of this relic's collection may do this. Ask one of them.")
            if curators_only
            else _(
                "Only a curator or a volunteer of this relic's collection may do this. "
                "Ask a curator to add you."
            )
        )


class NothingUsable(CaptureError):
    code = "nothing-usable"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This capture holds no scan that can be used. Add scans, or see beside "
                "each file what is wrong with it."
            )
        )


class UnitNotStated(CaptureError):
    code = "unit-not-stated"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            _(
                "These files do not say in which unit they are measured: %(files)s. "
                "State the unit of the capture, then start again."
            )
            % {"files": ", ".join(names)}
        )
        self.names = list(names)


class AlreadyComputing(CaptureError):
    code = "already-computing"

    def __init__(self) -> None:
        super().__init__(
            _(
                "A reconstruction of this capture is already waiting or running. "
                "Wait for it, or cancel it first."
            )
        )


class NoRoom(CaptureError):
    code = "no-room"
    status = 507

    def __init__(self, *, needed_bytes: int, free_bytes: int) -> None:
        super().__init__(
            _(
                "The reconstruction needs about %(needed)s GB of disk and %(free)s GB "
                "are free. Ask the operator to make room."
            )
            % {
                "needed": round(needed_bytes / 1024**3, 1),
                "free": round(free_bytes / 1024**3, 1),
            }
        )


class WrongParameter(CaptureError):
    code = "wrong-parameter"
    status = 422

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(name)s” cannot be the name of a recipe or parameter.")
            % {"name": name}
        )


class RunIsOver(CaptureError):
    code = "run-is-over"

    def __init__(self, state: str) -> None:
        super().__init__(
            _("The run is over (%(state)s); there is nothing to cancel.")
            % {"state": state}
        )


class RunHasNoModel(CaptureError):
    code = "run-has-no-model"

    def __init__(self, state: str) -> None:
        super().__init__(
            _("The run is %(state)s, so it has no model. Choose one that succeeded.")
            % {"state": state}
        )


class UnknownProduct(CaptureError):
    code = "unknown-product"
    status = 422

    def __init__(self, name: str) -> None:
        super().__init__(
            _("There is no delivery profile “%(name)s”. Choose one of those listed.")
            % {"name": name}
        )


class NothingToMake(CaptureError):
    code = "nothing-to-make"

    def __init__(self, *, is_under_way: bool) -> None:
        super().__init__(
            _("These files are being made already. Wait for them, or stop that run.")
            if is_under_way
            else _("These files are there, as their profiles ask. Nothing was made.")
        )


class NotRigid(CaptureError):
    code = "not-rigid"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "The transform must only turn and move the model: four rows of four "
                "numbers without scale or mirror. Set the model upright again."
            )
        )


class SavedMeanwhile(CaptureError):
    code = "saved-meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else saved this while you were working on it. What you wrote is "
                "still below: open the page in another window, compare, then save again."
            )
        )


class ReasonMissing(CaptureError):
    code = "reason-missing"
    status = 422

    def __init__(self, *, is_refused: bool) -> None:
        super().__init__(
            _("Say why the model is refused: whoever captures again needs to know.")
            if is_refused
            else _(
                "The model misses what was asked for. Say why it is accepted all the same."
            )
        )


class NotComparable(CaptureError):
    code = "not-comparable"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "Two different models of one relic are needed, and both must have been "
                "computed to the end."
            )
        )


class BadAct(CaptureError):
    code = "bad-act"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("This could not be understood, so nothing was changed. Reload the page.")
        )


class PicksStale(CaptureError):
    code = "picks-stale"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Places were picked on scans that were replaced since, or that are read in "
                "another unit now. Open the page of the handwork and compute from there."
            )
        )


class NotEnoughPlaces(CaptureError):
    code = "not-enough-places"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Three places on both scans are needed first."))
