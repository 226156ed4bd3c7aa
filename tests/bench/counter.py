# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts of one call of the hook: they are the same on a busy machine."""
import os
import pathlib
import re
import subprocess
import tempfile

# What the C library's loader and allocator do is the distribution's business, and no call of ours.
MEMORY = {"mmap", "munmap", "mprotect", "mremap", "brk", "futex", "rseq", "arch_prctl", "set_tid_address",
          "set_robust_list", "prlimit64", "getrandom", "pread64", "access", "execve", "exit_group", "madvise"}
# Not the caller's: meson's tests set MALLOC_PERTURB_ and LD_LIBRARY_PATH.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
LIBRARY = re.compile(r'\.so[.0-9]*[">]|ld\.so\.cache|gconv|localtime')


def system_calls(command, stdin):
    """Our own system calls, those of workers included."""
    with tempfile.NamedTemporaryFile("r") as log:
        subprocess.run(["strace", "-f", "-y", "-qq", "-e", "signal=none", "-o", log.name, *command],
                       stdin=open(stdin, "rb"), check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        count = 0
        for line in log:
            name = re.match(r"\d+ +(\w+)\(", line)
            count += name is not None and name.group(1) not in MEMORY and not LIBRARY.search(line)
        return count


def instructions(command, stdin, function):
    """Instructions within FUNCTION and what it calls, those of workers included."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out.%p",
                        f"--toggle-collect={function}", "-q", *command], stdin=open(stdin, "rb"), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        texts = [path.read_text() for path in pathlib.Path(folder).iterdir()]
        return sum(int(found) for text in texts for found in re.findall(r"^(?:totals|summary): (\d+)", text, re.M)[-1:])


def count(command, stdin, function):
    return system_calls(command, stdin), instructions(command, stdin, function)


def is_possible():
    """Whether this machine has the tools, and allows them."""
    try:
        for probe in (["strace", "-qq", "-o", "/dev/null", "true"], ["valgrind", "--tool=none", "-q", "true"]):
            subprocess.run(probe, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    return os.geteuid() == 0
