"""Sets of images, the files they came in, and the images that visitors look into."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.archive.models import Deposit, StoredFile
from heritage.catalogue.models import Relic
from heritage.catalogue.models.record import Tracked
from heritage.lib.keys import new_key
from heritage.lib.languages import choose


class ImageSet(Tracked):
    """Images that belong together: views of an object, or the pages of a book."""

    kind = "image-set"

    class Type(models.TextChoices):
        VIEWS = "views", _("views of an object")
        PAGES = "pages", _("pages of a book")

    class Direction(models.TextChoices):
        RIGHT_TO_LEFT = "right-to-left", _("right to left")
        LEFT_TO_RIGHT = "left-to-right", _("left to right")

    class Tier(models.TextChoices):
        """The largest size that the public gets of a released relic's images."""

        STAFF = "staff", _("not public")
        SMALL = "small", _("up to 1024 pixels")
        SCREEN = "screen", _("up to 2048 pixels")
        FULL = "full", _("full size, with deep zoom")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    relic = models.ForeignKey(
        Relic, models.PROTECT, related_name="image_sets", verbose_name=_("relic")
    )
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.VIEWS)
    direction = models.CharField(
        _("reading direction"), max_length=15, choices=Direction,
        default=Direction.RIGHT_TO_LEFT, help_text=_("for pages of a book"),
    )  # fmt: skip
    title_zh = models.CharField(_("title (Chinese)"), max_length=200, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    tier = models.CharField(
        _("the public gets"), max_length=10, choices=Tier, default=Tier.SCREEN,
        help_text=_("those who work in the collection always get the full size"),
    )  # fmt: skip
    number = models.PositiveIntegerField(_("order"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("image set")
        verbose_name_plural = _("image sets")
        ordering = ["relic", "number", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return choose(self.title_zh, self.title_en) or str(self.get_type_display())


class ImageFile(Tracked):
    """A picture file in a set, and how far it has come on its way in.

    This row is the truth of its ingest; the task queue is only a bell.
    """

    kind = "image-file"

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", pgettext_lazy("image", "being read")
        READY = "ready", pgettext_lazy("image", "ready")
        REFUSED = "refused", pgettext_lazy("image", "refused")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    image_set = models.ForeignKey(
        ImageSet, models.CASCADE, related_name="files", verbose_name=_("image set")
    )
    stored_file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("file")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    error_facts = models.JSONField(_("facts of the error"), default=dict, blank=True)
    format = models.CharField(_("format"), max_length=20, blank=True)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    private_metadata = models.JSONField(
        _("metadata of place and device"), default=dict, blank=True,
        help_text=_("never public"),
    )  # fmt: skip
    pyramids = models.ForeignKey(
        Deposit, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("pyramids"),
    )  # fmt: skip
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("added by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("image file")
        verbose_name_plural = _("image files")
        ordering = ["image_set", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["image_set", "stored_file"], name="image_file_once_per_set"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(leased_until__isnull=False),
                name="running_image_is_leased",
            ),
        ]
        indexes = [models.Index(fields=["state", "leased_until"], name="image_sweep")]

    def __str__(self) -> str:
        return str(self.stored_file)


class Image(Tracked):
    """One page of an image file, as people look at it: upright, sRGB, in a pyramid."""

    kind = "image"

    class Role(models.TextChoices):
        PYRAMID = "pyramid", _("pyramid")

    class View(models.TextChoices):
        NONE = "", _("no particular view")
        FRONT = "front", pgettext_lazy("view", "front")
        BACK = "back", pgettext_lazy("view", "back")
        LEFT = "left", pgettext_lazy("view", "left")
        RIGHT = "right", pgettext_lazy("view", "right")
        TOP = "top", pgettext_lazy("view", "top")
        BOTTOM = "bottom", pgettext_lazy("view", "bottom")
        DETAIL = "detail", pgettext_lazy("view", "detail")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    image_set = models.ForeignKey(
        ImageSet, models.CASCADE, related_name="images", verbose_name=_("image set")
    )
    file = models.ForeignKey(
        ImageFile, models.CASCADE, related_name="images", verbose_name=_("image file")
    )
    page = models.PositiveIntegerField(_("page in the file"), default=0)
    role = models.CharField(
        _("role"), max_length=10, choices=Role, default=Role.PYRAMID
    )
    stored_file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("pyramid")
    )
    width = models.PositiveIntegerField(_("width (pixels)"))
    height = models.PositiveIntegerField(_("height (pixels)"))
    view = models.CharField(
        _("view"), max_length=10, choices=View, default=View.NONE, blank=True
    )
    label = models.CharField(_("label"), max_length=200, blank=True)
    section = models.CharField(
        _("section"), max_length=200, blank=True,
        help_text=_("of a book, if one begins on this page"),
    )  # fmt: skip
    number = models.PositiveIntegerField(_("order"), default=0, db_index=True)
    notes = models.JSONField(_("notes"), default=list, blank=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["image_set", "number", "file", "page"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "page"], name="image_once_per_page"
            ),
            models.CheckConstraint(
                condition=Q(width__gte=1, height__gte=1), name="image_has_a_size"
            ),
        ]

    def __str__(self) -> str:
        return self.label or (str(self.get_view_display()) if self.view else self.key)
