"""What a worker process knows of itself."""

import threading
from dataclasses import dataclass, field


@dataclass
class WorkerState:
    name: str = "nobody"
    stopping: threading.Event = field(default_factory=threading.Event)


THIS_WORKER = WorkerState()
