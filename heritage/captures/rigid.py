"""Rigid motions as rows of a 4x4 matrix: enough for the web process, without numpy."""

Matrix = list[list[float]]


def inverse(motion: Matrix) -> Matrix:
    """Invert a rigid motion."""
    turned = [[motion[k][i] for k in range(3)] for i in range(3)]
    shift = [-sum(turned[i][k] * motion[k][3] for k in range(3)) for i in range(3)]
    return [*([*turned[i], shift[i]] for i in range(3)), [0.0, 0.0, 0.0, 1.0]]


def multiplied(outer: Matrix, inner: Matrix) -> Matrix:
    """Do `inner` first, then `outer`."""
    return [
        [sum(outer[i][k] * inner[k][j] for k in range(4)) for j in range(4)]
        for i in range(4)
    ]
