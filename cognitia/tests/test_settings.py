"""A bad value in the environment is refused by its name."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cognitia import connections, environment, keys


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("maybe", lambda: environment.flag("X_NAME", False)),
        ("ten", lambda: environment.whole("X_NAME", 1, least=0, most=9)),
        ("10", lambda: environment.whole("X_NAME", 1, least=0, most=9)),
        ("hot", lambda: environment.decimal("X_NAME", 1.0, least=0.0, most=2.0)),
        ("nan", lambda: environment.decimal("X_NAME", 1.0, least=0.0, most=2.0)),
        ("inf", lambda: environment.decimal("X_NAME", 1.0, least=0.0, most=2.0)),
        ("LOUD", lambda: environment.choice("X_NAME", "INFO", ["INFO"])),
        ("no pair", lambda: environment.pairs("X_NAME")),
    ],
)
def test_a_bad_value_is_refused_by_its_name(
    value: str, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X_NAME", value)
    with pytest.raises(ImproperlyConfigured, match="X_NAME is"):
        read()


def test_a_line_that_is_no_setting_is_refused_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# fine\n\nnot a setting\n")
    with pytest.raises(ImproperlyConfigured, match="line 3"):
        environment.read_file(file)


@pytest.mark.parametrize("given", ["changeme", "short", "x" * 31])
def test_a_weak_key_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        keys.secret_key(given, tmp_path, may_create=True)


def test_a_deployment_makes_no_key_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        keys.secret_key("", tmp_path, may_create=False)


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    key = keys.secret_key("", tmp_path, may_create=True)
    assert keys.secret_key("", tmp_path, may_create=True) == key
    assert len(key) >= keys.SHORTEST
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["", "mysql://a/b", "postgresql://host"])
def test_a_database_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        connections.database(url)


def test_a_database_url_is_taken_apart() -> None:
    found = connections.database("postgresql://me:p%40ss@db:6432/name?sslmode=require")
    assert (found.name, found.host, found.port, found.user) == ("name", "db", "6432", "me")
    assert (found.password, found.sslmode) == ("p@ss", "require")


def test_celery_is_told_of_a_socket_in_its_own_words() -> None:
    assert connections.redis_for_celery("unix:///a/b.sock?db=2") == "redis+socket:///a/b.sock?virtual_host=2"
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        connections.redis_for_celery("http://a")
