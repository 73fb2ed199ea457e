"""The tasks' queue in Redis: in order, but for what goes before all else."""

from django_tasks_rq import RQBackend


class RedisBackend(RQBackend):
    """It puts what has the highest priority in front, yet says it knows none.

    So a task of a priority would be refused. All others it keeps in order of ringing.
    """

    supports_priority = True
