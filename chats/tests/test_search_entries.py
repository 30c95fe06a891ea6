"""What the database keeps for searching, whatever is written and by whom."""

import pytest
from django.db import connection, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from chats.models import Chat, Message, SearchEntry
from chats.search import terms
from chats.search.messages import words_of
from chats.search.snippets import WORD, Hits, folded, snippet
from chats.tests.acting import send
from core.jobs import Status

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("text_engine", "redis_db")
class TestEntries:
    @pytest.mark.parametrize(
        "text",
        [
            "x" * 3_000_000, "ab " * 400_000, "語" * 300_000, "﷽" * 60_000,
            "a\u0301" * 200_000, "\U0001f600" * 100_000,
            " ".join(f"w{number}" for number in range(300_000)), "'\\:*&|!<->()" * 1000,
        ],
    )  # fmt: skip
    def test_no_text_is_refused_for_its_words(self, alice: User, alices_chat: Chat, text: str) -> None:
        message = send(alice, alices_chat).message
        Message.objects.filter(id=message.id).update(text=text)
        assert SearchEntry.objects.filter(message=message).count() == 1

    def test_a_reply_costs_no_words_while_it_is_told(self, alice: User, alices_chat: Chat) -> None:
        reply = send(alice, alices_chat).reply
        assert not SearchEntry.objects.filter(message=reply).exists()
        Message.objects.filter(id=reply.id).update(status=Status.RUNNING)
        for text in ("One", "One two"):
            Message.objects.filter(id=reply.id).update(text=text)
            assert not SearchEntry.objects.filter(message=reply).exists()
        Message.objects.filter(id=reply.id).update(status=Status.INTERRUPTED)
        assert SearchEntry.objects.get(message=reply).words == "'one':1 'two':2"
        Message.objects.filter(id=reply.id).update(status=Status.QUEUED, text="")
        assert not SearchEntry.objects.filter(message=reply).exists()

    def test_an_entry_goes_with_its_message(self, alice: User, alices_chat: Chat) -> None:
        message = send(alice, alices_chat).message
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE chats_chat SET leaf_id = NULL")
            cursor.execute("DELETE FROM chats_message WHERE chat_id = %s", [alices_chat.id])
        assert not SearchEntry.objects.filter(message_id=message.id).exists()


class TestAgreement(TestCase):
    """What marks the words in a snippet must see them as the database does."""

    @settings(max_examples=150, deadline=None)
    @given(TEXTS)
    @example("“Straße” — ΌΣΟΣ Ёжик İstanbul ﬁn x² Ⅷ")
    def test_every_word_of_the_index_is_marked(self, text: str) -> None:
        wanted = terms.terms(words_of(text), 8)
        plain = [term.word for term in wanted if not term.is_run and term.word.isascii()]
        marked = {folded(segment.text) for segment in snippet(text, terms.hits(wanted)) if segment.is_hit}
        whole = {folded(word) for word in WORD.findall(text) if folded(word).isascii()}
        assert {word for word in plain if word in whole} <= marked

    @settings(max_examples=150, deadline=None)
    @given(TEXTS, st.frozensets(st.text(max_size=3), max_size=3))
    def test_a_snippet_loses_and_adds_nothing(self, text: str, begun: frozenset[str]) -> None:
        shown = "".join(segment.text for segment in snippet(text, Hits(begun=begun), length=60))
        kept = shown.removeprefix("… ").removesuffix(" …")
        assert _bare(kept) in _bare(text)


def _bare(text: str) -> str:
    return "".join(letter for letter in text if not letter.isspace() and letter not in "*`~#>")
