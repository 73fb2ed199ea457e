"""Between a master's frame and that of the files made from it: rigid, metres."""

from collections.abc import Sequence

from heritage.captures.models import Run

Point = tuple[float, float, float]
Matrix = Sequence[Sequence[float]]


def master_of(run: Run) -> Run:
    """Give the run whose master a run's files were made from."""
    return run.master_of or run


def used_transform(run: Run) -> Matrix | None:
    """Give the 4 x 4 matrix from the master's frame to that of the run's files."""
    matrix: Matrix | None = run.report.get("upright", {}).get("used")
    return matrix


def moved(matrix: Matrix, point: Point) -> Point:
    """Take a point of the master's frame to the files'."""
    x, y, z = (sum(row[i] * point[i] for i in range(3)) + row[3] for row in matrix[:3])
    return x, y, z


def turned(matrix: Matrix, direction: Point) -> Point:
    x, y, z = (sum(row[i] * direction[i] for i in range(3)) for row in matrix[:3])
    return x, y, z


def inverse(matrix: Matrix) -> list[list[float]]:
    """Give the way back; a rigid matrix is undone by its transpose."""
    back = [[matrix[column][row] for column in range(3)] for row in range(3)]
    shift = [-sum(back[row][i] * matrix[i][3] for i in range(3)) for row in range(3)]
    rows = [[*back[row], shift[row]] for row in range(3)]
    return [*rows, [0.0, 0.0, 0.0, 1.0]]
