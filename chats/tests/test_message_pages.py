"""What the pages show of rows."""

import pytest

from accounts.models import User
from chats.models import Chat, Message
from chats.pages import messages as messages_page
from chats.tests.acting import send, tell
from core.jobs import Status
from inference.testing import ScriptedBackend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_db")]


@pytest.fixture
def reply(alice: User, alices_chat: Chat, text_engine: ScriptedBackend) -> Message:
    text_engine.script("One.\n\n", "Tw")
    return tell(send(alice, alices_chat, "**Hi** <b>").reply)


class TestMessageView:
    def test_a_told_reply_is_all_blocks(self, alice: User, reply: Message) -> None:
        view = messages_page.view(alice, reply)
        assert (view.blocks, view.tail) == (("<p>One.</p>\n", "<p>Tw</p>\n"), "")
        assert (view.speaker, view.is_live, view.failure) == ("Azera", False, "")

    def test_a_live_reply_has_its_last_block_open(self, alice: User, reply: Message) -> None:
        reply.status = Status.RUNNING
        view = messages_page.view(alice, reply)
        assert (view.blocks, view.tail, view.is_live) == (("<p>One.</p>\n",), "Tw", True)

    def test_what_a_person_wrote_is_markdown_and_no_html(self, alice: User, reply: Message) -> None:
        assert reply.parent is not None
        view = messages_page.view(alice, reply.parent)
        assert view.blocks == ("<p><strong>Hi</strong> &lt;b&gt;</p>\n",)
        assert (view.speaker, view.portrait) == ("Protag", "")

    def test_a_reply_that_ended_early_says_why(self, alice: User, reply: Message) -> None:
        reply.status, reply.failure_code = Status.INTERRUPTED, "deadline"
        assert "took too long" in messages_page.view(alice, reply).failure

    @pytest.mark.parametrize(("milliseconds", "seconds"), [(None, None), (1, 1), (1499, 1), (61_000, 61)])
    def test_thinking_is_told_in_whole_seconds(
        self, alice: User, reply: Message, milliseconds: int | None, seconds: int | None
    ) -> None:
        reply.thinking_ms = milliseconds
        assert messages_page.view(alice, reply).thinking_seconds == seconds
