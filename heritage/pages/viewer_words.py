"""What the viewers say to people: of one model, and of a whole room."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def viewer_words() -> dict[str, str]:
    """What a relic's viewer says."""
    return {
        "failed": _("The 3D model could not be loaded."),
        "cure": _("Check the network connection, then try again."),
        "coarse": _("The finer model did not come: you see a coarser one."),
        "loaded": _("The 3D model is ready."),
        "pin": _("Hotspot {number}: {title}"),
        **stage_words(),
    }


def room_words() -> dict[str, str]:
    """What an exhibit's room says."""
    return {
        "demo": _("Generated for the demo"),
        "enterVr": _("Enter VR"),
        "leaveVr": _("Leave VR"),
        "noHeadset": _("No headset answers this browser."),
        "vrFailed": _("The headset could not be started. Put it on and try again."),
        "failed": _("The room could not be set up."),
        "cure": _("Check the network connection, then load the page again."),
        "stop": _("Stop {number} of {count}."),
        "ready": _("The room is ready."),
        "before": _("You stand before {name}."),
        "missing": _(
            "Its model did not come. It is asked for again when the network is back."
        ),
        "someMissing": _("Models that did not come: {count}."),
        "offline": _(
            "The network is gone: what is here stays, the rest comes when it is back."
        ),
        "door": _("To {name}"),
        "inRoom": _("You are in {name}."),
        "listen": _("Listen"),
        "pause": pgettext("sound", "Pause"),
        "soundLoading": _("The recording is on its way…"),
        "soundFailed": _(
            "The recording did not come, or this device cannot play it. What is said stands below it."
        ),
        "costs": _(
            "{device}: {objects} objects with {triangles} of at most {limit} triangles, {size} MB."
        ),
        **stage_words(),
    }


def stage_words() -> dict[str, str]:
    """What every 3D view says, and its tools."""
    return {
        "noWebgl": _(
            "This browser cannot show 3D. Turn on hardware acceleration, or use a recent Firefox, Chrome, Edge or Safari."
        ),
        "lost": _(
            "The graphics card stopped. The picture comes back by itself; if it does not, load the page again."
        ),
        "enterAr": _("On my table"),
        "leaveAr": _("Back to the page"),
        "arFailed": _("Your device could not find a surface to put it on."),
        "arPlace": _("Point at your table, then tap: it is put down in its true size."),
        "arNoSurface": _(
            "No surface found yet: move the device slowly over the table."
        ),
        "arPlaced": _("It stands. Tap elsewhere to move it."),
        "noTrueSize": _("Its unit is not known, so the size is a guess."),
        "measureFirst": _("Choose the first point on the model."),
        "measureSecond": _("Choose the second point."),
        "measureMissed": _("There is nothing there: choose a point on the model."),
        "measured": _("{length} apart"),
        "noUnit": _(
            "The unit of this model is not known, so nothing can be measured on it."
        ),
    }
