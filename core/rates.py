"""So many requests a minute, counted in one step for all processes.

The generic cell rate algorithm: a key has one number in Redis, the time at which all that was asked for so far would
be done at an even pace. A request may come early by a whole minute's worth, so a minute's requests may come at once.
"""

import logging
import math
from dataclasses import dataclass
from typing import cast

import redis
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from core.errors import LimitReached
from core.redis import client

logger = logging.getLogger(__name__)

PERIOD_MILLISECONDS = 60_000
NOTED = "core.rate"

# KEYS: the rate's. ARGV: milliseconds for one request, milliseconds that may be taken in advance.
# The clock is the server's, so that processes need not agree on one. Answers {allowed, remaining, ms until another
# one is allowed, ms until all are}.
TAKE = """
local each, ahead = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local after = due + each
if after - now > ahead then
    return {0, 0, after - now - ahead, due - now}
end
redis.call('SET', KEYS[1], string.format('%d', after), 'PX', after - now)
return {1, math.floor((ahead - (after - now)) / each), 0, after - now}
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """What is left of `limit` requests a minute. Seconds are rounded up; `retry_seconds` is 0 if this is allowed."""

    limit: int
    is_allowed: bool
    remaining: int
    retry_seconds: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset_seconds),
        }


def take(key: str, per_minute: int) -> Rate | None:
    """One request of `key`; None without Redis, when nothing is counted and nobody is refused."""
    each = max(1, PERIOD_MILLISECONDS // per_minute)
    try:
        answer = client().eval(TAKE, 1, f"rate:{key}", str(each), str(each * per_minute))
    except redis.RedisError:
        logger.warning("requests are not counted", exc_info=True)
        return None
    allowed, remaining, retry, reset = cast("list[int]", answer)
    return Rate(per_minute, bool(allowed), remaining, math.ceil(retry / 1000), math.ceil(reset / 1000))


def check(request: HttpRequest, rate: Rate | None) -> None:
    """Let it through, or raise `LimitReached`; either way the answer's headers will tell."""
    if rate is None:
        return
    request.META[NOTED] = rate
    if not rate.is_allowed:
        raise LimitReached(
            _("This is more than %(limit)d requests a minute. Try again in %(seconds)d s.")
            % {"limit": rate.limit, "seconds": rate.retry_seconds},
            limit=rate.limit,
            remaining=0,
            retry_after_seconds=rate.retry_seconds,
        )


class RateHeaders(MiddlewareMixin):
    """Tells programs what is left to them, wherever a door has counted the request."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        rate = request.META.get(NOTED)
        if isinstance(rate, Rate):
            for name, value in rate.headers().items():
                response.headers.setdefault(name, value)
        return response
