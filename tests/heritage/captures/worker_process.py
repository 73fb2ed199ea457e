"""`manage.py work` with the stand-in in the engine's place."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

from scans import child

if __name__ == "__main__":
    django.setup()
    if not os.environ.get("HERITAGE_TEST_REAL_ENGINE"):
        standin = Path(__file__).with_name("standin.py")
        child.ENGINE = (sys.executable, "-I", str(standin))
    call_command("work", *(sys.argv[1:] or ["--queue", "heavy"]))
