"""Pages of an admin's own, below its model's address."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

View = Callable[..., HttpResponseBase]
Route = tuple[str, View, str]


class OwnPages:
    """`routes` are its own pages: address below the model's, view, name.

    A page is reversed as `admin:<app>_<model>_<name>`, or with `routes_named` in the place
    of app and model. `programs` answer what cannot follow to the log-in page, such as an
    upload or a picture: their views see to it themselves who asks.
    """

    routes: ClassVar[tuple[Route, ...]] = ()
    programs: ClassVar[tuple[Route, ...]] = ()
    routes_named: ClassVar[str] = ""

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        guarded = [
            (at, admin.admin_site.admin_view(view), name)
            for at, view, name in self.routes
        ]
        own = self._patterns([*self.programs, *guarded])
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def page_named(self, name: str) -> str:
        """Give the full name of a page, to be reversed below `admin:`."""
        admin: Any = self
        of_model = f"{admin.opts.app_label}_{admin.opts.model_name}"
        return f"{self.routes_named or of_model}_{name}"

    def _patterns(self, routes: Iterable[Route]) -> list[URLPattern]:
        return [path(at, view, name=self.page_named(name)) for at, view, name in routes]
