"""The pages of one capture: where each lies, and what it is called."""

from heritage.captures.views import capture as pages
from heritage.captures.views import compare as comparing
from heritage.captures.views import hand as by_hand
from heritage.captures.views import quality as sheets
from heritage.captures.views import sheet as field_sheets
from heritage.captures.views import uploads
from heritage.captures.views.decide import decide
from heritage.captures.views.file_picture import file_picture
from heritage.captures.views.further import further
from heritage.captures.views.upright import upright
from heritage.lib.admin_pages import Route

ROUTES: tuple[Route, ...] = (
    ("<int:pk>/work/", pages.work, "work"),
    ("<int:pk>/work/runs/", pages.runs, "runs"),
    ("<int:pk>/work/files/arrange/", pages.arrange, "arrange"),
    ("<int:pk>/work/files/<int:file>/", pages.leave_out, "leave_out"),
    ("<int:pk>/work/report/", pages.report, "report"),
    ("<int:pk>/work/unit/", pages.state_unit, "unit"),
    ("<int:pk>/work/start/", pages.start, "start"),
    ("<int:pk>/work/<str:key>/log/", pages.log, "log"),
    ("<int:pk>/work/<str:key>/cancel/", pages.cancel, "cancel"),
    ("<int:pk>/work/<str:key>/decide/", decide, "decide"),
    ("<int:pk>/work/<str:key>/upright/", upright, "upright"),
    ("<int:pk>/work/<str:key>/further/", further, "further"),
    ("<int:pk>/work/<str:key>/change/", comparing.change, "change_map"),
    ("<int:pk>/work/<str:key>/change/keep/", comparing.keep, "keep_change"),
    ("<int:pk>/work/<str:key>/quality/", sheets.quality, "quality"),
    ("<int:pk>/work/<str:key>/quality/pdf/", sheets.quality_pdf, "quality_pdf"),
    ("<int:pk>/work/<str:key>/quality/json/", sheets.quality_json, "quality_json"),
    ("<int:pk>/work/<str:key>/quality/unit/", sheets.again_in_unit, "again_in_unit"),
    ("<int:pk>/compare/", comparing.compare, "compare"),
    ("<int:pk>/sheet/", field_sheets.sheet, "sheet"),
    ("<int:pk>/sheet/pdf/", field_sheets.sheet_pdf, "sheet_pdf"),
    ("<int:pk>/hand/", by_hand.hand, "hand"),
    ("<int:pk>/hand/clouds/", by_hand.clouds, "hand_clouds"),
    ("<int:pk>/hand/clouds/share/", by_hand.clouds_share, "hand_clouds_share"),
    ("<int:pk>/hand/clouds/<int:number>.<slug:form>", by_hand.cloud, "hand_cloud"),
    ("<int:pk>/hand/proposal/", by_hand.proposal, "hand_proposal"),
    ("<int:pk>/hand/act/", by_hand.act, "hand_act"),
    ("<int:pk>/hand/snap/", by_hand.snap, "hand_snap"),
    ("<int:pk>/hand/run/", by_hand.run, "hand_run"),
)
PROGRAMS: tuple[Route, ...] = (
    ("<int:pk>/work/files/<int:file>/picture/", file_picture, "file_picture"),
    ("<int:pk>/work/uploads/", uploads.begin, "tus"),
    ("<int:pk>/work/uploads/open/", uploads.listing, "uploads"),
    ("<int:pk>/work/uploads/names/", uploads.names, "names"),
    ("<int:pk>/work/uploads/check/", uploads.check, "check"),
    ("<int:pk>/work/uploads/keep/", uploads.keep, "keep"),
    ("<int:pk>/work/uploads/form/", uploads.send_form, "send_form"),
    ("<int:pk>/work/uploads/<slug:key>/cancel/", uploads.cancel, "cancel_upload"),
    ("<int:pk>/work/uploads/<slug:key>", uploads.one, "tus_upload"),
)
