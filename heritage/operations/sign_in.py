"""Signing in to the admin: not too often a try, and a second factor where one is set.

The second factor (TOTP, recovery codes) is django-allauth's; whoever wants one sets it up
at /accounts/2fa/ and is asked for its code from then on.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    """Name, password, and the code of the moment for those who have a second factor."""

    code = forms.CharField(
        label=_("Code of the second factor"),
        help_text=_("only if you have set one up"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "").lower()
        self._check_tries(name, dry_run=True)
        try:
            cleaned: dict[str, Any] = super().clean()
            self._check_second_factor()
        except ValidationError:
            self._check_tries(name, dry_run=False)
            raise
        return cleaned

    def _check_tries(self, name: str, *, dry_run: bool) -> None:
        """Count a failed try; refuse more where there were too many lately."""
        if self.request is None:
            return
        may_try = ratelimit.consume(
            self.request, action="login_failed", key=name, dry_run=dry_run
        )
        if not may_try:
            told = _("Too many tries. Wait a few minutes.")
            raise ValidationError(told, code="too-many-tries")

    def _check_second_factor(self) -> None:
        user = self.get_user()
        factors = {one.type: one for one in Authenticator.objects.filter(user=user)}
        if Authenticator.Type.TOTP not in factors:
            return
        code = self.cleaned_data.get("code", "").strip()
        recovery = factors.get(Authenticator.Type.RECOVERY_CODES)
        is_right = TOTP(factors[Authenticator.Type.TOTP]).validate_code(code)
        if not is_right and recovery is not None:
            is_right = RecoveryCodes(recovery).validate_code(code)
        if not is_right:
            self.user_cache = None
            told = _("The code of your second factor is missing or wrong.")
            raise ValidationError(told, code="second-factor")


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators, not by whoever comes along."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
