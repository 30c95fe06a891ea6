"""Where the embedded servers of one home folder live, computed and never asked.

Settings import this before any server runs, so every function here is pure: standard library only, no folder made,
no environment read. Two processes given the same home always agree, whichever shell started them.
"""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

DATABASE = "cognitia"
POSTGRES_USER = "postgres"
POSTGRES_PORT = 5432  # only names the socket file; nothing listens on TCP
POSTGRES_SOCKET = f".s.PGSQL.{POSTGRES_PORT}"
REDIS_SOCKET = "redis.sock"

# The kernel holds a unix socket's path in 108 bytes (104 on macOS), closing NUL included.
SOCKET_PATH_BYTES = 103


def postgres_folder(home: Path) -> Path:
    """Holds the cluster in `data/`, and the socket unless its path would be too long."""
    return home.absolute() / "postgres"


def redis_folder(home: Path) -> Path:
    return home.absolute() / "redis"


def postgres_socket_folder(home: Path) -> Path:
    return _socket_folder(home, postgres_folder(home), POSTGRES_SOCKET)


def redis_socket_folder(home: Path) -> Path:
    return _socket_folder(home, redis_folder(home), REDIS_SOCKET)


def postgres_url(home: Path, database: str = DATABASE) -> str:
    """A libpq URL; psycopg takes it as it is."""
    return f"postgresql:///{database}?host={quote(str(postgres_socket_folder(home)))}&user={POSTGRES_USER}"


def redis_url(home: Path) -> str:
    """A redis-py URL. Celery spells the same place `redis+socket://`."""
    return f"unix://{quote(str(redis_socket_folder(home) / REDIS_SOCKET))}?db=0"


def runtime_folder(home: Path) -> Path:
    """A short stand-in for the sockets of a home too deep for them. Not $XDG_RUNTIME_DIR: a shell from cron or ssh may
    lack it and would look for the servers in another place."""
    digest = hashlib.sha256(os.fsencode(home.absolute())).hexdigest()[:12]
    return Path("/tmp") / f"cognitia-{os.getuid()}-{digest}"  # noqa: S108  made 0700 and checked to be ours


def _socket_folder(home: Path, folder: Path, socket_name: str) -> Path:
    fits = len(os.fsencode(folder / socket_name)) <= SOCKET_PATH_BYTES
    if fits and "," not in str(folder):  # libpq reads a comma as the start of a second host
        return folder
    return runtime_folder(home) / folder.name
