"""DATABASE_URL and REDIS_URL, turned into what each library wants to hear."""

from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Database:
    name: str
    host: str
    port: str
    user: str
    password: str
    sslmode: str


def database(url: str) -> Database:
    """`postgresql://user:password@host:port/name?sslmode=...`; a socket folder goes in `?host=`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name; "
            f"it begins with {parts.scheme or url[:12]!r}."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return Database(
        name=unquote(parts.path.strip("/")),
        host=query.get("host", parts.hostname or ""),
        port=str(parts.port or query.get("port", "")),
        user=unquote(parts.username or query.get("user", "")),
        password=unquote(parts.password or ""),
        sslmode=query.get("sslmode", ""),
    )


def redis_for_celery(url: str) -> str:
    """kombu spells a unix socket `redis+socket://path?virtual_host=0`."""
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"}:
        return url
    if parts.scheme != "unix":
        raise ImproperlyConfigured(
            f"REDIS_URL must begin with redis://, rediss:// or unix://; it begins with {parts.scheme or url[:12]!r}."
        )
    number = parse_qs(parts.query).get("db", ["0"])[-1]
    return f"redis+socket://{quote(unquote(parts.path))}?virtual_host={number}"
