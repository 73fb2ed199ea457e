"""Captures, the runs that compute models from them, and what the runs give."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.archive.models import Deposit, StoredFile
from heritage.catalogue.fields import ConceptField
from heritage.catalogue.models import Agent, Place, Relic
from heritage.catalogue.models.record import Tracked
from heritage.lib.keys import new_key

from .acceptance_models import RunDecision
from .device_models import Calibration, Device
from .hand_models import ChangeRecord, HandAct
from .letter_models import Letters
from .motion_models import MasterMotion
from .profile_models import DeliveryProfile
from .project_models import Project, ProjectItem
from .sheet_models import FieldSheet, ScaleBar
from .whom import by_whom

__all__ = [
    "Calibration",
    "Capture",
    "CaptureFile",
    "ChangeRecord",
    "DeliveryProfile",
    "Derivative",
    "Device",
    "FieldSheet",
    "HandAct",
    "Heartbeat",
    "Letters",
    "MasterMotion",
    "Project",
    "ProjectItem",
    "Run",
    "RunDecision",
    "RunStage",
    "ScaleBar",
    "Upright",
]


class Capture(Tracked):
    """One digitization of a relic: who, when, with what, and the files it gave."""

    kind = "capture"

    class Unit(models.TextChoices):
        UNKNOWN = "", _("not stated")
        METRE = "m", _("metre")
        CENTIMETRE = "cm", _("centimetre")
        MILLIMETRE = "mm", _("millimetre")
        INCH = "in", _("inch")

    class Tier(models.TextChoices):
        HOUSE = "house", _("pictures only; models in the museum's own rooms")
        SCREEN = "screen", _("models for screens and headsets")
        PRINT = "print", _("the same, and files for 3D printing")
        FULL = "full", _("all of these, and the model in full resolution")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    relic = models.ForeignKey(
        Relic, models.PROTECT, related_name="captures", verbose_name=_("relic")
    )
    technique = ConceptField(
        _("technique"), vocabulary="capture-technique", default="structured-light"
    )
    device = models.CharField(_("device"), max_length=200, blank=True)
    device_serial = models.CharField(_("serial number"), max_length=100, blank=True)
    operator = models.ForeignKey(
        Agent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("operator"),
    )
    captured_on = models.DateField(_("date"), default=timezone.localdate)
    place = models.ForeignKey(
        Place,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("place"),
    )
    unit = models.CharField(
        _("unit of the files"), max_length=2, choices=Unit, default=Unit.UNKNOWN, blank=True,
        help_text=_("needed where a file does not say it itself (PLY, OBJ, STL, XYZ)"),
    )  # fmt: skip
    tier = models.CharField(
        _("the public may download"), max_length=10, choices=Tier, default=Tier.SCREEN,
        help_text=_("once the relic is released; those who work in the collection get everything"),
    )  # fmt: skip
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("capture")
        verbose_name_plural = _("captures")
        ordering = ["-captured_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.relic} · {self.captured_on}"


class CaptureFile(Tracked):
    """A stored file's part in a capture."""

    class Role(models.TextChoices):
        SCAN = "scan", _("scan")
        PHOTOGRAPH = "photograph", _("photograph")
        CHART = "chart", _("colour chart")
        SCALE_BAR = "scale-bar", _("scale bar")
        VENDOR = "vendor", _("vendor's project")
        OTHER = "other", _("other")

    capture = models.ForeignKey(
        Capture, models.CASCADE, related_name="files", verbose_name=_("capture")
    )
    stored_file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("file")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.SCAN)
    group = models.CharField(_("group"), max_length=60, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_left_out = models.BooleanField(_("left out"), default=False)
    findings = models.JSONField(_("findings"), default=list, blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)

    class Meta:
        verbose_name = _("capture file")
        verbose_name_plural = _("capture files")
        ordering = ["position", "stored_file__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["capture", "stored_file"], name="file_once_per_capture"
            )
        ]

    def __str__(self) -> str:
        return str(self.stored_file)


class Run(Tracked):
    """One computation. This row is the truth; the task queue is only a bell."""

    kind = "run"

    class Type(models.TextChoices):
        RECONSTRUCT = "reconstruct", _("reconstruction")
        DELIVER = "deliver", _("new delivery of a master")
        ADD = "add", _("further files of a model")
        COMPARE = "compare", _("comparison of two models")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    capture = models.ForeignKey(
        Capture, models.PROTECT, related_name="runs", verbose_name=_("capture")
    )
    type = models.CharField(
        _("type"), max_length=12, choices=Type, default=Type.RECONSTRUCT
    )
    master_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deliveries",
        verbose_name=_("uses the master of"),
    )  # fmt: skip
    adds_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="additions",
        verbose_name=_("adds files to"),
    )  # fmt: skip
    compared_with = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="comparisons",
        verbose_name=_("compares with the master of"),
    )  # fmt: skip
    recipe = models.CharField(_("recipe"), max_length=60, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    constraints = models.JSONField(_("constraints"), default=dict, blank=True)
    is_exact = models.BooleanField(_("exact"), default=True)
    is_accepted = models.BooleanField(_("the relic's model"), default=False)

    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    stop_asked = models.BooleanField(_("cancel asked"), default=False)
    worker = models.CharField(_("worker"), max_length=100, blank=True)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    lapsed_in_stage = models.PositiveSmallIntegerField(_("lapsed attempts"), default=0)
    fraction = models.FloatField(_("progress"), default=0.0)
    eta_s = models.FloatField(_("seconds left"), null=True, blank=True)
    peak_bytes = models.PositiveBigIntegerField(_("peak memory"), null=True, blank=True)
    estimate_s = models.FloatField(_("first estimate (s)"), null=True, blank=True)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    error_facts = models.JSONField(_("facts of the error"), default=dict, blank=True)
    report = models.JSONField(_("report"), default=dict, blank=True)
    outputs = models.ForeignKey(
        Deposit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("outputs"),
    )
    asked_by = by_whom(_("asked by"))
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["capture"],
                condition=Q(is_accepted=True),
                name="one_accepted_run_per_capture",
            ),
            models.CheckConstraint(
                condition=Q(is_accepted=False) | Q(state="succeeded"),
                name="accepted_run_succeeded",
            ),
            models.CheckConstraint(
                condition=~Q(type="deliver") | Q(master_of__isnull=False),
                name="delivery_names_its_master",
            ),
            models.CheckConstraint(
                condition=~Q(type="add")
                | Q(adds_to__isnull=False, master_of__isnull=False, is_accepted=False),
                name="addition_names_its_model",
            ),
            models.CheckConstraint(
                condition=~Q(type="compare")
                | Q(
                    compared_with__isnull=False,
                    master_of__isnull=False,
                    is_accepted=False,
                ),
                name="comparison_names_two_masters",
            ),
            models.CheckConstraint(
                condition=Q(fraction__gte=0.0) & Q(fraction__lte=1.0),
                name="progress_is_a_share",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(leased_until__isnull=False),
                name="running_run_is_leased",
            ),
        ]
        indexes = [models.Index(F("state"), F("leased_until"), name="run_sweep")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.key}"

    @property
    def is_over(self) -> bool:
        return self.state in {
            self.State.SUCCEEDED,
            self.State.FAILED,
            self.State.CANCELLED,
        }


class RunStage(models.Model):
    """A finished stage of a run."""

    run = models.ForeignKey(
        Run, models.CASCADE, related_name="stages", verbose_name=_("run")
    )
    name = models.CharField(_("stage"), max_length=40)
    number = models.PositiveSmallIntegerField(_("number"))
    seconds = models.FloatField(_("seconds"))
    peak_bytes = models.PositiveBigIntegerField(_("peak memory"))
    digest = models.CharField(_("digest"), max_length=128)
    attempt = models.PositiveIntegerField(_("attempt"))
    taken_from = models.ForeignKey(
        Run, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("taken over from"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="stage_once_per_run")
        ]

    def __str__(self) -> str:
        return self.name


class Derivative(Tracked):
    """One file that a run computed: master, level of detail, picture."""

    kind = "derivative"

    class Role(models.TextChoices):
        MASTER = "master", _("master")
        MODEL = "model", _("model")
        PICTURE = "picture", _("picture")
        REPORT = "report", _("report")
        QUALITY = "quality", _("quality sheet")
        PRINT = "print", _("file for 3D printing")
        STUDY = "study", _("model in full resolution")
        CHANGE = "change", _("picture of a change")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    run = models.ForeignKey(
        Run, models.PROTECT, related_name="derivatives", verbose_name=_("run")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    profile = models.CharField(
        _("profile"),
        max_length=40,
        help_text=_("thumb, headset, web; view-0 to view-7"),
    )
    profile_digest = models.CharField(
        _("digest of the profile"), max_length=64, blank=True
    )
    stored_file = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("file")
    )
    triangles = models.PositiveIntegerField(_("triangles"), null=True, blank=True)
    gpu_bytes = models.PositiveBigIntegerField(
        _("memory on the GPU"), null=True, blank=True
    )
    draws = models.PositiveIntegerField(_("draw calls"), null=True, blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)

    class Meta:
        verbose_name = _("derivative")
        verbose_name_plural = _("derivatives")
        ordering = ["run", "role", "profile"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "role", "profile"], name="derivative_once_per_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.profile} · {self.stored_file}"


class Upright(Tracked):
    """How a master stands: the one transform that pictures and derivatives go through.

    `matrix` leads from the master's frame to the upright one: rigid, metres, Y up, front
    to +Z, base on y = 0. The master's own frame never changes.
    """

    run = models.OneToOneField(
        Run, models.CASCADE, related_name="upright", verbose_name=_("run"),
        limit_choices_to={"type": "reconstruct"},
    )  # fmt: skip
    matrix = models.JSONField(_("transform"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = by_whom(_("confirmed by"))

    class Meta:
        verbose_name = _("upright transform")
        verbose_name_plural = _("upright transforms")

    def __str__(self) -> str:
        return str(self.run)


class Heartbeat(models.Model):
    """When a process last said that it is well."""

    name = models.CharField(_("process"), max_length=100, unique=True)
    role = models.CharField(_("part"), max_length=20)
    at = models.DateTimeField(_("last heard"))
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
