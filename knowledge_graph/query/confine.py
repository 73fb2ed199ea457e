"""Confine a reader process: memory, priority, life span, and no network. Linux only."""

import ctypes
import os
import platform
import resource
import signal
import struct

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES

# (audit architecture, number of socket(2)), from the kernel's headers.
_SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


def confine(*, memory_bytes: int, file_bytes: int, nice: int, parent: int) -> None:
    """Confine the calling process for good.

    It dies with the thread that started it; the owner starts readers from its main thread.
    """
    _die_with(parent)
    os.nice(nice)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _forbid_sockets()


def _die_with(parent: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # It died before we could ask to be told.
        raise SystemExit("the owner of this reader is gone")


def _forbid_sockets() -> None:
    """Make socket(2) fail from now on, so that no query can reach any address.

    On other machines the check of the query's text stands alone.
    """
    call = _SOCKET_CALLS.get(platform.machine())
    if call is None:
        return
    program = _filter_program(*call)
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: number of instructions, padding, pointer to them
    table = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(table))


def _filter_program(architecture: int, socket_call: int) -> bytes:
    """Build the classic BPF program over struct seccomp_data (number, architecture, …)."""
    load, jump_if_equal, give = 0x20, 0x15, 0x06
    instructions = [
        (load, 0, 0, 4),  # the architecture
        (jump_if_equal, 0, 2, architecture),
        (load, 0, 0, 0),  # the number of the call
        (jump_if_equal, 0, 1, socket_call),
        (give, 0, 0, _REFUSE),
        (give, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *each) for each in instructions)


def _prctl(option: int, value: int, argument: object = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), argument, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")
