"""Messages as the database searches them, for one person.

First the newest of what they may read are looked through, which is all of it for nearly everybody and costs the same
whatever is looked for. Whoever has more, and found little among those, is answered from the index of words, where what
is rare in their newest messages is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import now

from accounts.models import User
from chats import access
from chats.models import Bookmark, CastMember, Message, Role
from chats.search import terms
from chats.search.snippets import NO_HITS, Hits, words_in
from chats.search.terms import Terms
from chats.search.wish import MOST_WORDS, TEXT_LENGTH, Place, Speaker, Wish

Value = str | int | UUID | datetime | list[UUID] | list[datetime | None] | None

# So many of the newest are looked through, and the newest of what is found there or in the index are weighed.
NEAR, MOST_WEIGHED = 4_000, 300
# Fewer than these, and what was typed may be a slip of the finger.
FEW = 5
# As many chats are read one by one; more are read together, as all that is in the reader's own.
MOST_NAMED = 20
MOST_BOOKMARKS = 2_000

WORDS = "SELECT chats_words(%s)"
# A conjunction with IS TRUE is no condition that an index could be read by: by time alone the newest come first.
OWN = """
SELECT * FROM chats_searchentry
WHERE host = %(host)s AND (chat_id = ANY(%(own)s)) IS TRUE AND created_at >= %(begin)s AND created_at < %(end)s
ORDER BY created_at DESC LIMIT %(near)s
"""
NAMED = """
SELECT entry.* FROM unnest(%(named)s::uuid[], %(since)s::timestamptz[]) AS may(chat, since)
CROSS JOIN LATERAL (
    SELECT * FROM chats_searchentry
    WHERE chat_id = may.chat AND created_at >= greatest(%(begin)s, may.since) AND created_at < %(end)s
    ORDER BY created_at DESC LIMIT %(near)s
) entry
ORDER BY created_at DESC LIMIT %(near)s
"""
BOTH = f"SELECT * FROM (({OWN}) UNION ALL ({NAMED})) AS entry ORDER BY created_at DESC LIMIT %(near)s"  # noqa: S608
MARKED = """
SELECT entry.* FROM chats_searchentry entry
JOIN unnest(%(every)s::uuid[], %(every_since)s::timestamptz[]) AS may(chat, since) ON may.chat = entry.chat_id
WHERE entry.message_id = ANY(%(marked)s)
    AND created_at >= greatest(%(begin)s, may.since) AND created_at < %(end)s
"""
# OFFSET 0 keeps the two apart: by the chats it would read all that they hold.
FAR = """
SELECT entry.* FROM (
    SELECT * FROM chats_searchentry WHERE words @@ %(query)s::tsquery AND ARRAY[host] && %(hosts)s::uuid[] OFFSET 0
) entry
JOIN unnest(%(every)s::uuid[], %(every_since)s::timestamptz[]) AS may(chat, since) ON may.chat = entry.chat_id
WHERE created_at >= greatest(%(begin)s, may.since) AND created_at < %(end)s
"""
SPOKEN = """
    AND (%(character)s::uuid IS NULL OR character = %(character)s) AND (%(role)s = '' OR role = %(role)s)
    AND (%(owner)s::uuid IS NULL OR owner = %(owner)s)
"""
# How often, and how near together, the words stand in it (up to 1.5), and how lately it was said: a message of today
# counts 0.5 more, one of three months ago 0.18.
SCORE = """
(1000000 * (1.5 * ts_rank_cd('{{1,1,1,1}}', words, {query}::tsquery, 32)
    + 0.5 * exp(-least(40, greatest(0, extract(epoch FROM %(at)s - created_at)::float / 7776000)))))::int
"""
HITS = """
WITH entry AS ({entries}), hit AS MATERIALIZED (
    SELECT * FROM entry WHERE ts_match_vq(words, %(query)s::tsquery) {spoken}
    ORDER BY created_at DESC LIMIT %(most)s
)
SELECT message_id, {score} + CASE WHEN ts_match_vq(words, %(typed)s::tsquery) THEN 1000000 ELSE 0 END FROM hit
"""
COUNT = "SELECT count(*) FROM (SELECT 1 FROM ({entries}) AS entry) AS counted"
VOCABULARY = """
SELECT DISTINCT word FROM ({entries}) AS entry, unnest(tsvector_to_array(words)) AS word
WHERE length(word) BETWEEN %(shortest)s AND %(longest)s OR starts_with(word, %(begun)s)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One page; `after` is where the next one begins, None at the end. If `total` is cut there are more, older ones.

    `instead` is what was searched beside the text, or in its place where nothing is like it (`is_instead`). `hits` is
    what to mark.
    """

    messages: list[Message]
    after: Place | None = None
    total: int = 0
    is_total_cut: bool = False
    instead: str = ""
    is_instead: bool = False
    hits: Hits = NO_HITS


NOTHING = Found([])


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may read of what they look for: `own` all that is in these chats of theirs, `named` what was said
    in these since they were let in."""

    user_id: UUID
    own: list[UUID]
    named: dict[UUID, datetime | None]
    hosts: list[UUID]
    at: datetime
    marked: list[UUID] | None = None


def find(user: User, wish: Wish, limit: int, after: Place | None = None) -> Found:
    """At most `limit` messages that this person may read, the best first. Raises `NotFound` for a chat that is not
    theirs."""
    typed = terms.terms(words_of(wish.text), MOST_WORDS)
    scope = _scope(user, wish, after.at if after is not None else now())
    if not typed or not (scope.own or scope.named):
        return NOTHING
    with transaction.atomic(), connection.cursor() as cursor:
        # To compile a query takes longer than to carry it out.
        cursor.execute("SET LOCAL jit = off")
        search = _Search(scope, wish, typed)
        scores, is_cut = search.scores(typed)
        wanted, is_instead = typed, not scores
        # Several words that stand together somewhere are no slips.
        if is_instead or (len(scores) < FEW and len(typed) == 1):
            wanted = terms.meant(typed, search.vocabulary())
            if wanted != typed:
                scores, is_cut = search.scores(wanted)
    found = replace(_page(user, scores, limit, after, scope.at), total=len(scores), is_total_cut=is_cut)
    # Only words of what is shown are ever told.
    instead = terms.said(wanted, words_in(message.text for message in found.messages))
    return replace(found, hits=terms.hits(wanted), instead=instead, is_instead=is_instead and bool(instead))


def words_of(text: str) -> list[str]:
    """In order, as the database cuts a text; what cannot be in one is left out."""
    clean = text[:TEXT_LENGTH].replace("\0", " ").encode(errors="ignore").decode()
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [clean])
        found: list[str] = cursor.fetchone()[0]
    return found


class _Search:
    """One search of one person: the statements, and what fills them in."""

    def __init__(self, scope: Scope, wish: Wish, typed: Terms) -> None:
        every = {**dict.fromkeys(scope.own), **scope.named}
        self._typed = typed
        self._entries = _near(scope)
        self._is_marked = scope.marked is not None
        self._values: dict[str, Value] = {
            "host": scope.user_id,
            "own": scope.own,
            "named": list(scope.named),
            "since": list(scope.named.values()),
            "every": list(every),
            "every_since": list(every.values()),
            "hosts": scope.hosts,
            "marked": scope.marked,
            "begin": wish.begin or "-infinity",
            "end": wish.end or "infinity",
            "at": scope.at,
            "near": NEAR,
            "most": MOST_WEIGHED + 1,
            "typed": terms.query(typed),
            "character": wish.character_id,
            "role": {Speaker.ME: Role.USER, Speaker.CHARACTER: Role.CHARACTER}.get(wish.speaker, ""),
            "owner": scope.user_id if wish.speaker == Speaker.ME else None,
        }

    def scores(self, wanted: Terms) -> tuple[dict[UUID, int], bool]:
        """What is found, and whether there is older."""
        query = terms.query(wanted)
        found = self._hits(self._entries, query)
        if len(found) <= MOST_WEIGHED and self._has_older():
            found = self._hits(FAR, query)
        return dict(list(found.items())[:MOST_WEIGHED]), len(found) > MOST_WEIGHED

    def vocabulary(self) -> list[str]:
        """Of what is near, the words that may have been meant. All of it is what this person may read."""
        lengths = terms.reach(self._typed)
        if lengths is None:
            return []
        last = self._typed[-1]
        self._values["shortest"], self._values["longest"] = lengths
        self._values["begun"] = last.word if last.is_begun else None
        return [str(word) for (word,) in self._rows(VOCABULARY.format(entries=self._entries))]

    def _hits(self, entries: str, query: str) -> dict[UUID, int]:
        statement = HITS.format(entries=entries, spoken=SPOKEN, score=SCORE.format(query="%(query)s"))
        self._values["query"] = query
        return {UUID(str(message_id)): int(str(score)) for message_id, score in self._rows(statement)}

    def _has_older(self) -> bool:
        if self._is_marked:
            return False
        ((count,),) = self._rows(COUNT.format(entries=self._entries))
        return int(str(count)) >= NEAR

    def _rows(self, statement: str) -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._values)
            rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def _near(scope: Scope) -> str:
    if scope.marked is not None:
        return MARKED
    if not scope.named:
        return OWN
    return BOTH if scope.own else NAMED


def _scope(user: User, wish: Wish, at: datetime) -> Scope:
    places = access.participations_for(user)
    if wish.chat_id is not None:
        access.get_participation_for(user, wish.chat_id)
        places = places.filter(chat_id=wish.chat_id)
    if wish.character_id is not None:
        # Also of chats that it has left: what it said there stays.
        places = places.filter(chat__in=CastMember.objects.filter(character_id=wish.character_id).values("chat"))
    marked = None
    if wish.is_bookmarked:
        found = Bookmark.objects.filter(owner=user).order_by("-created_at")
        if wish.chat_id is not None:
            found = found.filter(chat_id=wish.chat_id)
        marked = list(found.values_list("message_id", flat=True)[:MOST_BOOKMARKS])
    rows = list(places.values_list("chat_id", "chat__owner_id", "since"))
    own = [chat_id for chat_id, host_id, since in rows if host_id == user.id and since is None]
    named = {chat_id: since for chat_id, host_id, since in rows if host_id != user.id or since is not None}
    if (wish.chat_id or wish.character_id) is not None and len(own) <= MOST_NAMED:
        own, named = [], {chat_id: since for chat_id, _host, since in rows}
    hosts = sorted({host_id for _chat, host_id, _since in rows})
    return Scope(user.id, own, named, hosts, at, marked)


def _page(user: User, scores: dict[UUID, int], limit: int, after: Place | None, at: datetime) -> Found:
    ranked = sorted(((score, message_id) for message_id, score in scores.items()), reverse=True)
    if after is not None:
        ranked = [one for one in ranked if one < (after.score, after.id)]
    ids = [message_id for _score, message_id in ranked[:limit]]
    # Through the one door, whatever the entries say.
    rows = access.messages_for(user).select_related("chat", "character", "persona").in_bulk(ids)
    rest = Place(*ranked[limit - 1], at) if len(ranked) > limit else None
    return Found([rows[one] for one in ids if one in rows], rest)
