# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a mutant costs one object, one small link, and the tests which run its line.

The tests are linked a second time, with the core and the state module as a shared library behind another one that holds a single
file, the mutant's: the loader finds its functions there first. Which test runs which line is measured once, by gcov.
"""
import gzip
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The rooms that become the shared library.
ROOMS = ("src/core", "src/state")
PROGRAMS = re.compile(r"^(tests/unit/test-[\w-]+): c_LINKER", re.M)
# Not among them: what has deadlines for real processes, and the cage, in which no leak can be looked for.
LEFT_OUT = {"tests/unit/test-apart", "tests/unit/test-replay", "tests/unit/test-port-jobs", "tests/unit/test-xml-hostile"}
# As the product is built, but for what would tell a mutant from another by its place.
OPTIMISED = ["-O2", "-g0", "-fno-ident", "-fno-semantic-interposition", "-Werror=return-type"]
# A test that needs more than this, and five times what it took, hangs. CPU time, as the machine may have much else to do.
GRACE_CPU, GRACE_WALL, MEMORY = 3, 60, 2 << 30

# A test: how it is called, what it takes by itself.
Test = namedtuple("Test", "name command environment seconds")


class Failed(Exception):
    """What makes all of this pointless: no build, a test that fails without any mutant."""


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **more)
    if done.returncode != 0:
        raise Failed(f"{shlex.join(map(str, command))}\n{done.stdout[-3000:]}")
    return done.stdout


class Workshop:
    def __init__(self, folder, jobs):
        self.build, self.jobs = folder, jobs
        self.home = folder / "mutation"
        self.commands, self.tests, self.lines, self.files = {}, [], {}, {}
        self.lock = threading.Lock()

    def prepare(self, pool):
        self._build()
        self.home.mkdir(exist_ok=True)
        self._library()
        for test, lines in pool.map(lambda name: self._measured(self._link(name)), self._programs()):
            if not lines:
                continue
            self.tests.append(test)
            for path, numbers in lines.items():
                self.files.setdefault(path, set()).add(test.name)
                for number in numbers:
                    self.lines.setdefault((path, number), set()).add(test.name)
        self.tests.sort(key=lambda test: test.seconds)

    def _build(self):
        if not (self.build / "build.ninja").exists():
            run(["meson", "setup", self.build, ROOT, "--prefix=/usr", "--sysconfdir=/etc", "-Ddocs=false", "-Dbuildtype=plain",
                 "-Doptimization=0", "-Dc_args=-fvisibility=default -w"], env={**os.environ, "CC": "gcc"})
        run(["ninja", "-C", self.build, "build.ninja"])  # so that tests are known which are new in meson.build
        run(["ninja", "-C", self.build, f"-j{self.jobs}", *self._programs()])
        for entry in json.loads((self.build / "compile_commands.json").read_text()):
            path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT)
            if os.path.dirname(path) in ROOMS:
                words = shlex.split(entry["command"])
                self.commands[path] = words[:words.index("-MD")], entry["output"]

    def _programs(self):
        targets = run(["ninja", "-C", self.build, "-t", "targets", "all"])
        return [name for name in PROGRAMS.findall(targets) if name not in LEFT_OUT]

    def compile(self, path, source, target, options):
        """One file of the library, as SOURCE has it; False when the compiler refuses."""
        words, _ = self.commands[path]
        return subprocess.run([*words, *options, "-c", source, "-o", target], cwd=self.build,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def _library(self):
        """Plain, as the build has made it. Before it stands an empty one, the mutant's place."""
        for folder in ("plain", "none", "measured", "bin"):
            (self.home / folder).mkdir(exist_ok=True)
        run(["gcc", "-shared", "-o", self.home / "plain/libhd-rest.so", *(output for _, output in self.commands.values())],
            cwd=self.build)
        run(["gcc", "-shared", "-o", self.home / "none/libhd-mutant.so", "-x", "c", "/dev/null"])

    def _count_lines(self):
        """The library that counts, unless it is there already."""
        with self.lock:
            counting, sources = self.home / "counting", [ROOT / path for path in self.commands]
            code = hashlib.sha256(b"".join(path.read_bytes() for path in [*sources, *ROOT.glob("src/*/*.h")])).hexdigest()
            if (counting / code).exists():
                return
            shutil.rmtree(counting, ignore_errors=True)
            counting.mkdir()
            with ThreadPoolExecutor(self.jobs) as pool:
                objects = list(pool.map(self._counting_object, self.commands))
            run(["gcc", "-shared", "--coverage", "-o", counting / "libhd-rest.so", *objects])
            (counting / code).touch()

    def _counting_object(self, path):
        target = self.home / "counting" / (path.replace("/", "-")[:-2] + ".o")
        if not self.compile(path, ROOT / path, target, ["--coverage", "-fprofile-update=atomic"]):
            raise Failed(f"{path} does not compile")
        return target

    def _link(self, name):
        """The program once more. A leak is an error of its own, so the leak sanitizer is in it."""
        words = shlex.split(run(["ninja", "-C", self.build, "-t", "commands", name]).splitlines()[-1])
        libraries = ["-Wl,--no-as-needed", f"-L{self.home}/none", f"-L{self.home}/plain", "-lhd-mutant", "-lhd-rest",
                     "-Wl,--as-needed"]
        replaced = [word for word in words if word not in {f"{room}/libhd-{room[4:]}.a" for room in ROOMS}]
        place = replaced.index("-Wl,--start-group") + 1
        target = self.home / "bin" / pathlib.Path(name).name
        replaced[replaced.index("-o") + 1] = str(target)
        run([*replaced[:place], *libraries, *replaced[place:], "-fsanitize=leak", "-Wl,-z,lazy", "-rdynamic"], cwd=self.build)
        return target

    def _measured(self, program):
        """As _measure(), or what that said the last time, if neither the test nor the library has changed."""
        code = hashlib.sha256(program.read_bytes() + (self.home / "plain/libhd-rest.so").read_bytes()).hexdigest()
        note = self.home / f"measured/{program.name}.json"
        if not note.exists() or json.loads(note.read_text())[0] != code:
            test, lines = self._measure(program)
            note.write_text(json.dumps([code, test, {path: sorted(numbers) for path, numbers in lines.items()}]))
        _, test, lines = json.loads(note.read_text())
        return Test(*test), lines

    def _measure(self, program):
        """Runs a test without a mutant: its time, and the lines of the library that it runs."""
        scratch = self.home / "measured" / program.name
        shutil.rmtree(scratch, ignore_errors=True)
        (scratch / "counts").mkdir(parents=True)
        for unforked in ({"CK_FORK": "no"}, {}):
            test, before = Test(program.name, [str(program)], unforked, 60), time.monotonic()
            if self.passes(test, self.home / "none", scratch):
                break
        else:
            raise Failed(f"{program.name} fails without any mutant")
        spent = time.monotonic() - before
        self._count_lines()
        counted = test._replace(environment={**unforked, "GCOV_PREFIX": str(scratch / "counts")})
        self.passes(counted, self.home / "none", scratch, "counting")
        lines = self._lines(scratch / "counts")
        shutil.rmtree(scratch)
        return test._replace(seconds=spent), lines

    def _lines(self, folder):
        found = {}
        data = list(folder.rglob("*.gcda"))
        for path in data:
            (path.parent / (path.stem + ".gcno")).symlink_to(self.home / "counting" / (path.stem + ".gcno"))
        if not data:
            return found
        subprocess.run(["gcov", "--json-format", *data], cwd=folder, stdout=subprocess.DEVNULL, check=True)
        for path in folder.glob("*.gcov.json.gz"):
            for entry in json.loads(gzip.open(path).read())["files"]:
                source = os.path.relpath(os.path.join(self.build, entry["file"]), ROOT)
                numbers = {line["line_number"] for line in entry["lines"] if line["count"]}
                if source in self.commands and numbers:
                    found[source] = numbers
        return found

    def passes(self, test, mutant, scratch, rest="plain"):
        """Runs TEST with the library in the folder MUTANT; what it leaves goes to SCRATCH."""
        cpu = GRACE_CPU + int(5 * test.seconds)

        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        # GLib's own allocator, where it has one, hides leaks.
        environment = {**os.environ, **test.environment, "G_SLICE": "always-malloc",
                       "LD_LIBRARY_PATH": f"{mutant}:{self.home / rest}", "TMPDIR": str(scratch)}
        child = subprocess.Popen(test.command, env=environment, cwd=scratch, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=limits)
        try:
            return child.wait(GRACE_WALL + 10 * test.seconds) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()

    def tests_of(self, path, line):
        """Those that run LINE, the quickest first. What has no code of its own belongs to a statement above, or is data."""
        for number in range(line, max(line - 12, 0), -1):
            if (path, number) in self.lines:
                names = self.lines[path, number]
                break
        else:
            names = self.files.get(path, set())
        return [test for test in self.tests if test.name in names]
