"""Folders for servers: private to their owner, and reachable by the one OS user that must get in."""

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from cognitia.embedded import locations
from cognitia.embedded.children import CannotStart


def own_private(folder: Path, user: str | None = None) -> None:
    """Make the folder, mode 0700, owned by `user` or by us. Refuses a symlink and somebody else's folder, which
    matters in /tmp where anyone could have put one there first."""
    owner = os.geteuid() if user is None else pwd.getpwnam(user).pw_uid
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise CannotStart(f"{folder} must be a folder, not a link to one.")
        if found.st_uid not in {owner, os.geteuid()}:
            raise CannotStart(f"{folder} belongs to another user of this machine.")
        if found.st_uid != owner:
            os.chown(folder, owner, -1)
        folder.chmod(0o700)
    except OSError as error:
        raise CannotStart(f"{folder} cannot be made ready: {error.strerror}.") from error


def own_socket_folder(home: Path, folder: Path, user: str | None = None) -> None:
    """As `own_private`, for a socket folder, with its short parent when the home is too deep for sockets."""
    runtime = locations.runtime_folder(home)
    if folder.parent == runtime:
        own_private(runtime)
        let_through(folder.parent)
    own_private(folder, user)


def let_through(folder: Path, say: Callable[[str], None] = lambda _line: None) -> None:
    """Let other users pass (not list) the folder and its parents. Only for root, whose PostgreSQL runs as another
    user and must walk from / to its own 0700 folder."""
    if os.geteuid() != 0:
        return
    for step in [folder.resolve(), *folder.resolve().parents]:
        mode = stat.S_IMODE(step.stat().st_mode)
        if not mode & stat.S_IXOTH:
            step.chmod(mode | stat.S_IXOTH)
            say(f"Others may now pass through {step} (not list it): PostgreSQL refuses to run as root.")


def let_read(tree: Path) -> None:
    """Let other users read and run an installed tree, as an ordinary umask would have. Only for root."""
    if os.geteuid() != 0:
        return
    let_through(tree)
    for path in [tree, *tree.rglob("*")]:
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)


def ensure_user(name: str) -> None:
    """Create the system user that root hands PostgreSQL to."""
    with contextlib.suppress(KeyError):
        pwd.getpwnam(name)
        return
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    try:
        subprocess.run(
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"PostgreSQL refuses to run as root and the user {name!r} cannot be created ({error}); "
            "run Cognitia as an ordinary user."
        ) from error
