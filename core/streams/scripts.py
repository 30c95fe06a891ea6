"""The steps of a log that must not be torn apart, as Lua, and the names of its keys."""

from dataclasses import dataclass
from uuid import UUID

LEASE_MILLISECONDS = 3000
LIVING_SECONDS = 24 * 60 * 60
FINISHED_SECONDS = 20 * 60


@dataclass(frozen=True, slots=True)
class Keys:
    """The braces keep one reply's keys on one node of a Redis Cluster."""

    log: str
    fence: str
    lease: str
    cancel: str

    @classmethod
    def of(cls, reply_id: UUID) -> "Keys":
        stem = f"reply:{{{reply_id}}}"
        return cls(f"{stem}:log", f"{stem}:fence", f"{stem}:lease", f"{stem}:cancel")

    def all(self) -> tuple[str, str, str, str]:
        return (self.log, self.fence, self.lease, self.cancel)


# ARGV: attempt, lease ms, log's life in s, first sequence number (0: no check, the next one is used), entries...
# Answers {verdict, last sequence number, whether Stop was pressed}. "fenced": a newer attempt owns the log, nothing
# was written. "lost": the entry before `first` is not the log's last one; only the lease was renewed.
APPEND = """
local attempt = tonumber(ARGV[1])
local fence = tonumber(redis.call('GET', KEYS[2]) or '0')
if fence > attempt then return {'fenced', 0, 0} end
if fence < attempt then redis.call('SET', KEYS[2], attempt, 'EX', ARGV[3]) end
redis.call('SET', KEYS[3], attempt, 'PX', ARGV[2])
local last = 0
local tip = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if tip[1] then last = tonumber(string.match(tip[1][1], '^%d+')) end
local stopped = redis.call('EXISTS', KEYS[4])
if #ARGV == 4 then return {'ok', last, stopped} end
local first = tonumber(ARGV[4])
if first == 0 then first = last + 1 end
if last ~= first - 1 then return {'lost', last, stopped} end
for i = 5, #ARGV do redis.call('XADD', KEYS[1], string.format('%d-0', first + i - 5), 'e', ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', KEYS[1], string.format('%d', first) .. '\\n' .. table.concat(ARGV, '\\n', 5))
return {'ok', first + #ARGV - 5, stopped}
"""

# Puts an entry at a number of the writer's choosing, where the log was lost or fell behind.
# ARGV: attempt, lease ms, log's life in s, sequence number, entry.
RESTATE = """
local attempt = tonumber(ARGV[1])
local fence = tonumber(redis.call('GET', KEYS[2]) or '0')
if fence > attempt then return {'fenced', 0, 0} end
redis.call('SET', KEYS[2], attempt, 'EX', ARGV[3])
redis.call('SET', KEYS[3], attempt, 'PX', ARGV[2])
local seq = tonumber(ARGV[4])
local tip = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if tip[1] then seq = math.max(seq, tonumber(string.match(tip[1][1], '^%d+')) + 1) end
redis.call('XADD', KEYS[1], string.format('%d-0', seq), 'e', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('PUBLISH', KEYS[1], string.format('%d', seq) .. '\\n' .. ARGV[5])
return {'ok', seq, redis.call('EXISTS', KEYS[4])}
"""

# Takes a log from an attempt whose lease has run out. ARGV: the attempt that is given up.
# Answers 1 if it was taken: from then on that attempt can write nothing.
TAKE_OVER = """
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local fence = tonumber(redis.call('GET', KEYS[2]) or '0')
local next_attempt = tonumber(ARGV[1]) + 1
if fence > next_attempt then return 0 end
redis.call('SET', KEYS[2], next_attempt, 'EX', ARGV[2])
return 1
"""
