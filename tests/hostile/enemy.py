# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs hook, callout and command on a made host as an enemy would, and says of each call what a user would see of it: exit
status, one line on stderr, nothing on stdout, nothing changed on the host, bounded time and memory. TAP on stdout."""
import hashlib
import os
import pathlib
import re
import resource
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
import made_host  # noqa: E402

BUILD = pathlib.Path(sys.argv[1]).resolve()
HERE = BUILD / "tests/hostile"
IS_BOUNDED = sys.argv[2] == "bounded"
CPU_SECONDS = 1 if IS_BOUNDED else 30
MEMORY = 256 << 20
WALL_SECONDS = 60  # only what hangs takes so long, on a machine that is busy
HOOK = "/etc/libvirt/hooks/qemu"
# A terminal obeys none of what is left: no control characters, no marks that turn the reading around.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
# A reader that has died, or talks nonsense, looks like a refusal: the XML did that.
DEAD_READER = re.compile(rb"can't be read: (its reader |the answer of its reader)")

_count = [0, 0]


def ok(is_fine, what, *notes):
    _count[0] += 1
    _count[1] += not is_fine
    print(f"{'ok' if is_fine else 'not ok'} {_count[0]} - {what}")
    for note in notes if not is_fine else ():
        print("\n".join(f"# {line[:300]}" for line in str(note).splitlines()))
    sys.stdout.flush()


def finish():
    print(f"1..{_count[0]}")
    sys.exit(_count[1] > 0)


_known = {}


def digest(path, status):
    """Of the content; read again only after the file has been touched."""
    key = (path, status.st_ino, status.st_ctime_ns, status.st_size)
    if key not in _known:
        _known[key] = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    return _known[key]


def listing(root):
    """All there is: kind, mode, owner, and content or target; of a FIFO or a device no content."""
    result = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            content = ""
            if stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(status.st_mode):
                content = digest(path, status)
            result[path] = (oct(status.st_mode), status.st_uid, status.st_gid, status.st_nlink, content)
    return result


def difference(before, after):
    return [f"{path}: {before.get(path)} -> {after.get(path)}" for path in sorted(set(before) | set(after))
            if before.get(path) != after.get(path)]


class Answer:
    def __init__(self, command, words, stdin):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        # No pipe: what stays behind in the background must not keep the test.
        with open(HERE / "out", "w+b") as out, open(HERE / "err", "w+b") as err:
            source = HERE / "in"
            source.write_bytes(stdin)
            with open(source, "rb") as reader:
                try:
                    self.status = subprocess.run([os.fsencode(word) for word in words], executable=command, stdin=reader,
                                                 stdout=out, stderr=err, preexec_fn=_bound, timeout=WALL_SECONDS).returncode
                except subprocess.TimeoutExpired:
                    self.status = "hangs"
            out.seek(0)
            err.seek(0)
            self.output, self.error = out.read(), err.read()
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime

    def is_one_line(self):
        try:
            text = self.error.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return (text.endswith("\n") and text.count("\n") == 1 and len(text) < 2048 and not UNPRINTABLE.search(text[:-1])
                and text.split(": ")[0] == "hostdevctl")

    def __str__(self):
        return f"exit {self.status}, {self.cpu:.2f} s\nstdout {self.output[:200]!r}\nstderr {self.error[:1500]!r}"


def _bound():
    if IS_BOUNDED:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


class Host(made_host.Host):
    """A made host of eight NICs, with a parent of mdevs and something beside each place that a path could lead out to."""

    def __init__(self):
        if os.geteuid() != 0:  # the hook does nothing for anybody else
            print("1..0 # SKIP needs root")
            sys.exit(77)
        super().__init__(HERE / "root", 8)
        parent = self.root / "sys/devices/virtual/mtty/mtty"
        for kind in ("mtty-1", "../evil"):
            for file, text in {"available_instances": "4\n", "device_api": "vfio-pci\n", "create": "", "name": "x\n"}.items():
                made_host.write(parent / "mdev_supported_types" / kind / file, text)
        made_host.link(self.root / "sys/class/mdev_bus/mtty", "../../devices/virtual/mtty/mtty")
        made_host.write(self.root / "etc/hostdevctl/evil.conf", "[mapping]\nid = *:*\n")
        made_host.write(self.root / "etc/passwd", "root:x:0:0::/:/bin/sh\n")
        script = self.root / "etc/libvirt/hooks/evil/prepare/begin"
        made_host.write(script, f"#!/bin/sh\ntouch {self.root}/was-run\n")
        script.chmod(0o755)
        (self.root / "etc/libvirt/hooks/qemu.d").mkdir()
        # Folders and locks that the first start makes are there from now on.
        for operation, sub in (("prepare", "begin"), ("release", "end")):
            answer = self.hook(operation, sub, self.domain(1, [1]).read_bytes(), name="vm1")
            assert answer.status == 0, answer

    @staticmethod
    def remove_file(path):
        os.unlink(path)

    def hook(self, operation, sub, xml, name="vm2"):
        return Answer(HERE / "hostile-front", [HOOK, name, operation, sub, "-"], xml)

    def callout(self, *words):
        return Answer(HERE / "hostile-callout", ["00-hostdevctl", *words], b"{}")

    def command(self, *words, stdin=b""):
        return Answer(BUILD / "src/cli/hostdevctl", ["hostdevctl", *words, "--sysroot", str(self.root)], stdin)

    def check(self, what, call, status, is_said, may_print=False, changed=None):
        """CALL exits with STATUS (one or a tuple), says one line or nothing, but not that its reader died, and changes nothing but
        what CHANGED allows."""
        before = listing(self.root)
        answer = call()
        changes = [line for line in difference(before, listing(self.root)) if changed is None or not re.search(changed, line)]
        statuses = status if isinstance(status, tuple) else (status,)
        said = answer.is_one_line() if is_said else answer.error == b""
        if is_said is None:
            said = answer.error == b"" or answer.is_one_line()
        printed = may_print or answer.output == b""
        quick = answer.cpu <= CPU_SECONDS
        alive = not DEAD_READER.search(answer.error)
        ok(answer.status in statuses and said and printed and quick and alive and not changes, what, answer, *changes)
        return answer

    def refuses(self, what, xml, name="vm2"):
        """A prepare that is refused in one line; whatever else libvirt calls with the same XML succeeds in silence."""
        answer = self.check(f"{what}: prepare", lambda: self.hook("prepare", "begin", xml, name), 1, True)
        for operation, sub in (("release", "end"), ("stopped", "end"), ("reconnect", "begin"), ("started", "begin")):
            self.check(f"{what}: {operation}", lambda o=operation, s=sub: self.hook(o, s, xml, name), 0, False)
        return answer
