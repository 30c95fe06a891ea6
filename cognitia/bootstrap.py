"""From a fresh clone to an environment that can run Cognitia: `python3 cognitia/bootstrap.py [--dev] [--serve]`.

Standard library only, and written so that Python 3.6 can read it: an old Python must get its sentence, not a
SyntaxError (hence the quoted annotations). Whatever would stop the installation is looked for before anything is
made. Done once per set of requirements: a stamp in the environment holds their hash, and the next run returns at once.
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
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)

# The environment takes 2.1 GB, a third of it PyTorch, with the tests' browser driver 2.4 GB; pip's downloads are kept
# beside it.
INSTALL_BYTES = 3200000000
# What compiling llama.cpp needs for a while.
BUILD_BYTES = 600000000
# A new PostgreSQL cluster takes 40 MB and its log of changes grows to 1 GB under load; below this it soon stops.
RUN_BYTES = 300000000

# Wheels made by the library's author: minutes of compiling saved. Only waited for this long.
WHEELS = os.environ.get("LLAMA_WHEELS", "https://abetlen.github.io/llama-cpp-python/whl/cpu")
WHEELS_SECONDS = 5
# How a wheel for this Python says so.
OWN = "cp{0}{1}-cp{0}{1}".format(*sys.version_info)
# PyTorch for processors alone. On Linux the one that package indexes have brings CUDA, some 5 GB of it.
TORCH_WHEELS = os.environ.get("TORCH_WHEELS", "https://download.pytorch.org/whl/cpu")
# Without the multimodal part: 140 steps instead of 193; 3.8 minutes on two cores.
BUILD_CORE_MINUTES = 7.5


class Refused(Exception):
    """One sentence: what is missing, and what to do about it."""


def main(arguments: "list[str]") -> int:
    try:
        refuse_old_python(sys.version_info[:2])
        if "--serve" in arguments:
            refuse_to_serve(os.environ)
        install(ROOT / ".venv", ["requirements.txt"] + (["requirements-dev.txt"] if "--dev" in arguments else []))
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. `make run` goes on where this ended.\n")
        return 130
    return 0


# --- what would stop us ---------------------------------------------------------------------------------------------


def refuse_old_python(version: "tuple[int, ...]") -> None:
    if tuple(version) < OLDEST_PYTHON:
        raise Refused(
            f"Cognitia needs Python 3.11 or newer and this is {version[0]}.{version[1]}; "
            "install one and run `make run PYTHON=python3.11`."
        )


def refuse_to_serve(settings: "os._Environ[str]") -> None:
    """What `manage.py up` would refuse too, but minutes of installing later."""
    home = Path(settings.get("COGNITIA_HOME") or str(ROOT / "var")).expanduser().absolute()
    refuse_bad_home(home)
    if home.is_dir():
        lock_home(home).close()
    refuse_taken_port(settings.get("HOST") or "127.0.0.1", port_number(settings.get("PORT") or "8000"))


def refuse_bad_home(home: Path) -> None:
    part = existing_part(home)
    if not part.is_dir() or not os.access(str(part), os.W_OK | os.X_OK):
        raise Refused(f"Nothing can be written to {home}; choose a folder of yours with COGNITIA_HOME=...")
    refuse_full_disk(home, RUN_BYTES)


def refuse_full_disk(folder: Path, needed: int, free: "int | None" = None) -> None:
    """`free` is what the disk has left, when the caller knows better than the disk."""
    if free is None:
        free = shutil.disk_usage(str(existing_part(folder))).free
    if free < needed:
        raise Refused(
            f"The disk of {folder} has {free // 1000000} MB free and Cognitia needs {needed // 1000000} MB; "
            "make room and start again."
        )


def lock_home(home: Path) -> "IO[str]":
    """Take the home folder for as long as the returned file is open: two starts on one folder would ruin it."""
    lock = (home / "up.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Refused(
            f"Cognitia already runs from {home}; end that one first, or choose another COGNITIA_HOME."
        ) from None
    return lock


def port_number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: a closing one is no obstacle
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                f"Port {port} on {host} cannot be used ({error.strerror}); choose another: `make run PORT={port + 1}`."
            ) from None


def refuse_without_venv() -> None:
    """Debian and Ubuntu ship Python without ensurepip; `python -m venv` then fails with half an environment made."""
    if not all(importlib.util.find_spec(module) for module in ("ensurepip", "venv")):
        raise Refused("Python's venv module is missing; install it: `apt-get install python3-venv`.")


def refuse_without_compiler() -> None:
    """cmake and ninja need no check: where they are missing, pip fetches them for the build."""
    compilers = [os.environ.get("CXX") or "c++", "g++", "clang++"]
    if not any(shutil.which(name) for name in compilers):
        raise Refused(
            "No C++ compiler, and llama.cpp has no ready-made build for this machine within reach; "
            "install one: `apt-get install build-essential`."
        )


def existing_part(path: Path) -> Path:
    return next(part for part in (path, *path.absolute().parents) if part.exists())


# --- the environment ------------------------------------------------------------------------------------------------


def install(environment: Path, names: "list[str]") -> None:
    """Leave `environment` holding what these requirements files say. Raises Refused before the first change if it
    cannot be done."""
    python = environment / "bin" / "python"
    stamps = {ROOT / name: environment / f".{name}.installed" for name in names}
    if runs(python) and not outdated(stamps):
        return
    refuse_without_venv()
    llama = pinned(ROOT / names[0], "llama-cpp-python")
    has_llama = runs(python) and installed(python, "llama-cpp-python") == llama
    wheel = None if has_llama else find_wheel(llama)
    if not has_llama and wheel is None:
        refuse_without_compiler()
        refuse_full_disk(Path(tempfile.gettempdir()), BUILD_BYTES)
    refuse_full_disk(environment, RUN_BYTES if has_llama else INSTALL_BYTES)

    work = os.open(str(ROOT), os.O_RDONLY)  # the folder itself is the lock: no file to leave behind
    try:
        fcntl.flock(work, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused(f"Another installation is at work in {ROOT}; wait for it to end.") from None
    if not runs(python):
        say(f"Making the environment in {environment}.")
        if subprocess.call([sys.executable, "-m", "venv", "--clear", str(environment)]) != 0:
            raise Refused(f"The environment could not be made in {environment}; the lines above say why.")
    if not has_llama:
        install_llama(python, llama, wheel)
    torch = pinned(ROOT / names[0], "torch")
    if sys.platform == "linux" and installed(python, "torch") != torch:
        install_torch(python, torch)
    for file in outdated(stamps):
        say(f"Installing {file.name}; the first time this takes a few minutes.")
        if not pip(python, ["-r", str(file)]):
            raise Refused("Not everything could be installed; the lines above say why. `make run` tries again.")
        stamp(file, stamps[file])
    os.close(work)


def outdated(stamps: "dict[Path, Path]") -> "list[Path]":
    """The requirements files that the environment does not hold yet."""
    return [file for file, kept in stamps.items() if not kept.exists() or kept.read_text() != fingerprint(file)]


def stamp(file: Path, kept: Path) -> None:
    unfinished = kept.with_name(kept.name + ".new")
    unfinished.write_text(fingerprint(file))
    unfinished.replace(kept)


def fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def install_llama(python: Path, version: str, wheel: "str | None") -> None:
    """First, because it takes longest and is likeliest to fail."""
    if wheel is not None:
        say("Fetching llama.cpp ready-made.")
        if pip(python, ["-c", str(ROOT / "requirements.txt"), wheel]) and runs(python, "import llama_cpp"):
            return
        say("That build does not run on this machine; making one.")
        refuse_without_compiler()
    cores = os.cpu_count() or 1
    minutes = max(1, round(BUILD_CORE_MINUTES / cores))
    say(f"Compiling llama.cpp: about {count(minutes, 'minute')} on {count(cores, 'core')}, once.")
    settings = {"CMAKE_ARGS": "-DLLAVA_BUILD=OFF", "CMAKE_BUILD_PARALLEL_LEVEL": str(cores)}
    if not pip(python, ["--force-reinstall", "--no-deps", f"llama-cpp-python=={version}"], settings):
        raise Refused("llama.cpp did not compile; the lines above say why.")


def install_torch(python: Path, version: str) -> None:
    """Before what needs it, which would bring the ordinary one."""
    wheel = find_torch_wheel(version)
    if wheel is not None:
        say("Fetching PyTorch for processors.")
    if wheel is None or not pip(python, ["-c", str(ROOT / "requirements.txt"), wheel]):
        say("No PyTorch for processors alone is within reach; the ordinary one may bring CUDA, which takes some 5 GB.")


def find_wheel(version: str) -> "str | None":
    """The address of a llama.cpp for this machine, or None: no such wheel, or its index does not answer in time."""
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        return None  # the macOS wheels are for Metal, from another index
    return wheel_of(WHEELS, "llama-cpp-python", rf"llama_cpp_python-{re.escape(version)}-(?:py3-none|{OWN})")


def find_torch_wheel(version: str) -> "str | None":
    """The same for PyTorch."""
    return wheel_of(TORCH_WHEELS, "torch", rf"torch-{re.escape(version)}(?:%2B|\+)cpu-{OWN}")


def wheel_of(wheels: str, package: str, beginning: str) -> "str | None":
    """`beginning` is how the wheel's name begins, up to its platform."""
    index = f"{wheels.rstrip('/')}/{package}/"
    try:
        with urllib.request.urlopen(index, timeout=WHEELS_SECONDS) as answer:  # noqa: S310  our own constant
            page = answer.read().decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    platforms = rf"(?:manylinux|linux)[a-z0-9_.]*_{re.escape(platform.machine())}"
    name = rf"{beginning}-{platforms}\.whl"
    found = re.search(rf"href=[\"']([^\"'#]*{name})", page)
    return urllib.parse.urljoin(index, found.group(1)) if found else None


def pip(python: Path, arguments: "list[str]", settings: "dict[str, str] | None" = None) -> bool:
    """Install, with pip's own progress on the terminal. False: it failed, and has said why."""
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    return subprocess.call(command, env=dict(os.environ, **(settings or {}))) == 0


def runs(python: Path, code: str = "") -> bool:
    """Whether this Python exists, is new enough and can run the code. An environment breaks when the system's Python
    is upgraded under it."""
    if not python.exists():
        return False
    check = f"import sys; assert sys.version_info >= {OLDEST_PYTHON}; {code}"
    return subprocess.call([str(python), "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def installed(python: Path, package: str) -> "str | None":
    code = f"from importlib.metadata import version; print(version({package!r}))"
    try:
        said = subprocess.check_output([str(python), "-c", code], stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        return None
    return said.decode().strip().split("+")[0]


def pinned(requirements: Path, package: str) -> str:
    for line in requirements.read_text().splitlines():
        if line.startswith(package + "=="):
            return line[len(package) + 2 :].split()[0]
    raise Refused(f"{requirements} does not pin {package}.")


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
