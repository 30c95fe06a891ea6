"""From a fresh clone to an environment that can run Cognitia: `python3 cognitia/bootstrap.py [--dev] [--serve]`.

Standard library only, and written so that Python 3.6 can read it: an old Python must get its sentence, not a
SyntaxError. Whatever would stop the installation is looked for before anything is made. Done once per set of
requirements: a stamp in the environment holds their hash, and the next run returns at once.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from typing import IO

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST_PYTHON = (3, 11)

# The environment takes 0.4 GB, with the tests' browser driver 0.7 GB; pip's downloads are kept beside it.
INSTALL_BYTES = 1000 * 1000 * 1000
# What compiling llama.cpp needs for a while.
BUILD_BYTES = 600 * 1000 * 1000
# A new PostgreSQL cluster takes 40 MB and its log of changes grows to 1 GB under load; below this it soon stops.
RUN_BYTES = 300 * 1000 * 1000

# Wheels made by the library's author: minutes of compiling saved. Only waited for this long.
WHEELS = os.environ.get("LLAMA_WHEELS", "https://abetlen.github.io/llama-cpp-python/whl/cpu")
WHEELS_SECONDS = 5
# Without the multimodal part: 140 steps instead of 193, and 6.3 minutes of one core.
BUILD_CORE_MINUTES = 7.5


class Refused(Exception):
    """One sentence: what is missing, and what to do about it."""


def main(arguments: "list[str]") -> int:
    try:
        refuse_old_python(sys.version_info[:2])
        environment = os.path.join(ROOT, ".venv")
        if "--serve" in arguments:
            home = os.environ.get("COGNITIA_HOME") or os.path.join(ROOT, "var")
            refuse_bad_home(home)
            if os.path.isdir(home):
                lock_home(home).close()
            refuse_taken_port(os.environ.get("HOST") or "127.0.0.1", port_number(os.environ.get("PORT") or "8000"))
        install(environment, ["requirements.txt"] + (["requirements-dev.txt"] if "--dev" in arguments else []))
    except Refused as refusal:
        sys.stderr.write("%s\n" % refusal)
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. `make run` goes on where this ended.\n")
        return 130
    return 0


# --- what would stop us ---------------------------------------------------------------------------------------------


def refuse_old_python(version: "tuple[int, ...]") -> None:
    if tuple(version) < OLDEST_PYTHON:
        raise Refused(
            "Cognitia needs Python 3.11 or newer and this is %d.%d; install one and run "
            "`make run PYTHON=python3.11`." % tuple(version[:2])
        )


def port_number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused("PORT is %r; it must be a number from 1 to 65535." % text)
    return int(text)


def lock_home(home: str) -> "IO[str]":
    """Take the home folder for as long as the returned file is open: two starts on one folder would ruin it."""
    lock = open(os.path.join(home, "up.lock"), "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Refused("Cognitia already runs from %s; end that one first, or choose another COGNITIA_HOME." % home)
    return lock


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    try:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: a closing one is no obstacle
        probe.bind((host, port))
    except OSError as error:
        raise Refused(
            "Port %d on %s cannot be used (%s); choose another: `make run PORT=%d`."
            % (port, host, error.strerror, port + 1)
        )
    finally:
        probe.close()


def refuse_full_disk(folder: str, needed: int, free: "int | None" = None) -> None:
    """`free` is what the disk has left, when the caller knows better than the disk."""
    if free is None:
        free = shutil.disk_usage(existing_part(folder)).free
    if free < needed:
        raise Refused(
            "The disk of %s has %d MB free and Cognitia needs %d MB; make room and start again."
            % (folder, free // 1000000, needed // 1000000)
        )


def refuse_bad_home(home: str) -> None:
    home = os.path.abspath(os.path.expanduser(home))
    part = existing_part(home)
    if not os.path.isdir(part) or not os.access(part, os.W_OK | os.X_OK):
        raise Refused("Nothing can be written to %s; choose a folder of yours with COGNITIA_HOME=..." % home)
    refuse_full_disk(home, RUN_BYTES)


def refuse_without_venv() -> None:
    """Debian and Ubuntu ship Python without ensurepip; `python -m venv` then fails with half an environment made."""
    if not all(importlib.util.find_spec(module) for module in ("ensurepip", "venv")):
        raise Refused("Python's venv module is missing; install it: `apt-get install python3-venv`.")


def refuse_without_compiler() -> None:
    compilers = [os.environ.get("CXX") or "c++", "g++", "clang++"]
    if not any(shutil.which(name) for name in compilers):
        raise Refused(
            "No C++ compiler, and llama.cpp has no ready-made build for this machine within reach; "
            "install one: `apt-get install build-essential`."
        )


def existing_part(path: str) -> str:
    path = os.path.abspath(path)
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path


# --- the environment ------------------------------------------------------------------------------------------------


def install(environment: str, names: "list[str]") -> None:
    """Leave `environment` holding what these requirements files say. Raises Refused before the first change if it
    cannot be done."""
    python = os.path.join(environment, "bin", "python")
    files = [os.path.join(ROOT, name) for name in names]
    stamps = [os.path.join(environment, "." + name + ".installed") for name in names]
    if runs(python) and all(read(stamp) == fingerprint(file) for file, stamp in zip(files, stamps)):
        return
    refuse_without_venv()
    llama = pinned(files[0], "llama-cpp-python")
    has_llama = runs(python) and installed(python, "llama-cpp-python") == llama
    wheel = None if has_llama else find_wheel(llama)
    if not has_llama and wheel is None:
        refuse_without_compiler()
        refuse_full_disk(tempfile.gettempdir(), BUILD_BYTES)
    refuse_full_disk(environment, RUN_BYTES if has_llama else INSTALL_BYTES)

    work = os.open(ROOT, os.O_RDONLY)  # the folder itself is the lock: no file to leave behind
    try:
        fcntl.flock(work, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused("Another installation is at work in %s; wait for it to end." % ROOT)
    if not runs(python):
        say("Making the environment in %s." % environment)
        if subprocess.call([sys.executable, "-m", "venv", "--clear", environment]) != 0:
            raise Refused("The environment could not be made in %s; the lines above say why." % environment)
    if not has_llama:
        install_llama(python, llama, wheel)
    for file, stamp in zip(files, stamps):
        if read(stamp) == fingerprint(file):
            continue
        say("Installing %s; the first time this takes a minute or two." % os.path.basename(file))
        if not pip(python, ["-r", file]):
            raise Refused("Not everything could be installed; the lines above say why. `make run` tries again.")
        write(stamp, fingerprint(file))
    os.close(work)


def install_llama(python: str, version: str, wheel: "str | None") -> None:
    """First, because it takes longest and is likeliest to fail."""
    if wheel is not None:
        say("Fetching llama.cpp ready-made.")
        if pip(python, ["-c", os.path.join(ROOT, "requirements.txt"), wheel]) and runs(python, "import llama_cpp"):
            return
        say("That build does not run on this machine; making one.")
        refuse_without_compiler()
    cores = os.cpu_count() or 1
    minutes = max(1, round(BUILD_CORE_MINUTES / cores))
    say("Compiling llama.cpp: about %d minute%s on %d core%s, once." % (minutes, s(minutes), cores, s(cores)))
    settings = {"CMAKE_ARGS": "-DLLAVA_BUILD=OFF", "CMAKE_BUILD_PARALLEL_LEVEL": str(cores)}
    if not pip(python, ["--force-reinstall", "--no-deps", "llama-cpp-python==" + version], settings):
        raise Refused("llama.cpp did not compile; the lines above say why.")


def find_wheel(version: str) -> "str | None":
    """The address of a wheel for this machine, or None: no such wheel, or its index does not answer in time."""
    machine = platform.machine()
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        return None  # the macOS wheels are for Metal, from another index
    index = WHEELS.rstrip("/") + "/llama-cpp-python/"
    try:
        with urllib.request.urlopen(index, timeout=WHEELS_SECONDS) as answer:
            page = answer.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    own = "cp%d%d" % sys.version_info[:2]
    parts = (re.escape(version), own, own, re.escape(machine))
    name = r"llama_cpp_python-%s-(?:py3-none|%s-%s)-(?:manylinux|linux)[a-z0-9_.]*_%s\.whl" % parts
    found = re.search(r'href=["\']([^"\'#]*%s)' % name, page)
    return urllib.parse.urljoin(index, found.group(1)) if found else None


def pip(python: str, arguments: "list[str]", settings: "dict[str, str] | None" = None) -> bool:
    """Install, with pip's own progress on the terminal. False: it failed, and has said why."""
    command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    return subprocess.call(command + arguments, env=dict(os.environ, **(settings or {}))) == 0


def runs(python: str, code: str = "") -> bool:
    """Whether this Python exists, is new enough and can run the code. An environment breaks when the system's Python
    is upgraded under it."""
    if not os.path.exists(python):
        return False
    check = "import sys; assert sys.version_info >= %r; %s" % (OLDEST_PYTHON, code)
    return subprocess.call([python, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def installed(python: str, package: str) -> "str | None":
    code = "from importlib.metadata import version; print(version(%r))" % package
    try:
        out = subprocess.check_output([python, "-c", code], stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        return None
    return out.decode().strip().split("+")[0]


def pinned(requirements: str, package: str) -> str:
    with open(requirements) as file:
        for line in file:
            if line.startswith(package + "=="):
                return line[len(package) + 2 :].split()[0]
    raise Refused("%s does not pin %s." % (requirements, package))


def fingerprint(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def write(path: str, text: str) -> None:
    with open(path + ".new", "w") as file:
        file.write(text)
    os.replace(path + ".new", path)


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def s(count: int) -> str:
    return "" if count == 1 else "s"


def say(line: str) -> None:
    sys.stdout.write("%s\n" % line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
