"""The page on which people say whether they want letters."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from heritage.captures.letter_models import Letters
from heritage.catalogue.admin.inlines import works_here
from heritage.catalogue.policy import person_of
from heritage.lib.languages import text_tag


class LettersForm(forms.ModelForm[Letters]):
    class Meta:
        model = Letters
        fields = ("often", "language")
        widgets = {
            "often": UnfoldAdminSelectWidget,
            "language": UnfoldAdminSelectWidget,
        }

    def clean(self) -> dict[str, Any] | None:
        """Begin now: what ended before nobody asked to hear of."""
        if self.initial["often"] == Letters.Often.NEVER:
            now = timezone.now()
            self.instance.told_until = self.instance.consents_at = now
            self.instance.next_at = now
        return super().clean()


@admin.register(Letters)
class LettersAdmin(ModelAdmin):
    """Everybody's own row, and nobody else's."""

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        form = LettersForm(request.POST or None, instance=_own(request))
        if request.method == "POST" and form.is_valid():
            form.save()
            messages.success(request, _("Your wish about letters is saved."))
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Letters"),
            "opts": Letters._meta,
            "form": form,
            "address": getattr(request.user, "email", ""),
            "sends": bool(settings.EMAIL_HOST),
        }
        return TemplateResponse(request, "captures/letters.html", context)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return works_here(person_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_here(person_of(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


def _own(request: HttpRequest) -> Letters:
    row = Letters.objects.filter(user=request.user.pk).first()
    language = "en" if text_tag() == "en" else "zh-hans"
    user = cast("User", request.user)  # strangers do not come this far
    return row or Letters(user=user, language=language)
