"""Whole numbers without those that come twice."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = TypeVar("Whole", bound=np.integer)


def distinct(values: NDArray[Whole]) -> NDArray[Whole]:
    """The different ones of many whole numbers, ascending.

    As `np.unique` gives them. That looks each one up in a table since NumPy 2.3, which for
    millions of different ones takes a hundred times as long as sorting them does.
    """
    ordered: NDArray[Whole] = np.sort(values, axis=None)
    fresh = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh]
