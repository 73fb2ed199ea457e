"""Scans put together so far, group by group, each group in a frame of its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.geometry.rigid import inverse

FloatArray = NDArray[np.float64]


@dataclass
class Groups:
    """Scans put together so far: which group each is in, and its pose there."""

    group: list[int]
    poses: list[FloatArray]

    def members(self, index: int) -> list[int]:
        """All scans in the group of one."""
        return [k for k, g in enumerate(self.group) if g == self.group[index]]

    def all(self) -> list[list[int]]:
        """All groups, the largest first."""
        found = [
            self.members(k) for k, g in enumerate(self.group) if g not in self.group[:k]
        ]
        return sorted(found, key=lambda members: (-len(members), members))

    def between(self, i: int, j: int, motion: FloatArray) -> FloatArray:
        """From the first scan's group frame into the second's, by a motion of the two."""
        return self.poses[j] @ motion @ inverse(self.poses[i])

    def merge(self, first: list[int], onto: FloatArray, target: int) -> None:
        """Carry some scans into the frame of another's group."""
        for member in first:
            self.poses[member] = onto @ self.poses[member]
            self.group[member] = self.group[target]
