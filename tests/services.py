"""A pytest plugin, loaded with `-p tests.services`: throw-away PostgreSQL and Redis for one run.

It names their addresses in the environment before Django's settings are read, starts them when there are tests to
run, and removes them afterwards. A run that is killed takes them along, because they are our children. Where
DATABASE_URL or REDIS_URL is already set (CI with servers of its own, a pytest inside a pytest) that server is used;
but of several processes that share the tests (`-n 2`) each has servers of its own, because tests empty theirs.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from cognitia.embedded import locations
from cognitia.embedded.postgres import UNSAFE_AND_FAST, EmbeddedPostgres
from cognitia.embedded.redis import EmbeddedRedis
from cognitia.embedded.server import EmbeddedServer


class Services:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.servers: list[EmbeddedServer] = []
        if "PYTEST_XDIST_WORKER" in os.environ:
            os.environ.pop("DATABASE_URL", None)
            os.environ.pop("REDIS_URL", None)
        if "DATABASE_URL" not in os.environ:
            self.servers.append(EmbeddedPostgres(home, UNSAFE_AND_FAST))
            os.environ["DATABASE_URL"] = locations.postgres_url(home)
        if "REDIS_URL" not in os.environ:
            self.servers.append(EmbeddedRedis(home))
            os.environ["REDIS_URL"] = locations.redis_url(home)
        os.environ["COGNITIA_HOME"] = str(home)
        (home / "static").mkdir()  # WhiteNoise warns in every test where it is missing
        os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789abcdef" * 3)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitia.settings")
        os.environ.setdefault("TEXT_ENGINE", "inference.testing")
        os.environ.setdefault("EMBEDDER", "inference.testing")
        os.environ.setdefault("HASHED_STATIC", "0")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        if session.items and not session.config.option.collectonly:
            for server in self.servers:
                server.start()

    def pytest_unconfigure(self) -> None:
        for server in reversed(self.servers):
            server.stop()
            shutil.rmtree(server.socket_folder, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """A wrapper, to be ahead of pytest-django, whose turn here is what reads the settings."""
    services = Services(Path(tempfile.mkdtemp(prefix="cognitia-tests-")))
    early_config.pluginmanager.register(services, "cognitia-services")
    return (yield)
