"""A museum folder of its own for each test, as the other rooms' tests have it."""

from tests.heritage.conftest import museum_folder

__all__ = ["museum_folder"]
