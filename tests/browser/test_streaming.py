"""A reply as it comes: complete, still where it is finished, and stopped when asked."""

from playwright.sync_api import Page, expect

from inference.testing import scripted_text
from tests.browser.room import Line, Puppet, Room
from tests.client import Person


def test_every_word_arrives_once_in_paragraphs(room: Room) -> None:
    room.send("[tokens=120 rate=100]").expect_status("done")
    assert room.said().split() == scripted_text(120).split()
    expect(room.reply.locator("[data-block] > p")).to_have_count(5)
    expect(room.reply.locator("[data-tail]")).to_be_empty()


def test_a_reload_in_the_middle_goes_on_where_it_was(room: Room, page: Page) -> None:
    room.send("[tokens=200 rate=50]").expect_blocks(2)
    page.reload()
    room.expect_blocks(4).expect_status("done")
    assert room.said().split() == scripted_text(200).split()


def test_a_reply_tells_how_it_came_about(room: Room, page: Page) -> None:
    room.send("I love this, it is wonderful! [tokens=20 rate=100]").expect_status("done")
    room.reply.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="How this reply came about").click()
    panel = page.get_by_role("dialog", name="How this reply came about")
    expect(panel).to_contain_text("scripted")
    expect(panel).to_contain_text("20 tokens")
    expect(panel).to_contain_text("bolder, because your message sounded happy")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_stop_keeps_what_was_said_and_says_so(room: Room, page: Page) -> None:
    room.send("[tokens=2000 rate=40]").expect_blocks(1)
    page.get_by_role("button", name="Stop writing").click()
    room.expect_status("cancelled")
    expect(room.reply.locator("[data-outcome]")).to_have_text("Stopped")
    words = room.said().split()
    assert words == scripted_text(2000).split()[: len(words)]
    assert len(words) >= 25
    expect(page.get_by_role("button", name="Stop writing")).to_be_hidden()


def test_escape_stops_too(room: Room) -> None:
    room.send("[tokens=2000 rate=40]").expect_status("running")
    room.draft.press("Escape")
    room.expect_status("cancelled")


def test_a_failed_reply_gives_its_reason_and_can_be_tried_again(room: Room, page: Page) -> None:
    room.send("[tokens=50 rate=100 fail=0]").expect_status("failed")
    expect(room.reply.locator("[data-outcome]")).to_have_text("The language model stopped with an error. Try again.")
    failed = room.reply.get_attribute("data-message")
    page.get_by_role("button", name="Try again").click()
    expect(room.reply).not_to_have_attribute("data-message", failed or "")
    expect(room.replies).to_have_count(1)
    room.expect_status("failed")


def test_a_selection_in_a_finished_block_survives_the_rest(room: Room, page: Page) -> None:
    room.send("[tokens=150 rate=40]").expect_blocks(1)
    block = room.reply.locator('[data-block="0"]')
    block.evaluate("node => { getSelection().selectAllChildren(node); node.marked = true; }")
    selected = page.evaluate("() => getSelection().toString()")
    room.expect_status("done")
    assert page.evaluate("() => getSelection().toString()") == selected
    assert block.evaluate("node => node.marked")


def test_nothing_moves_inside_the_conversation_during_a_reply(room: Room, page: Page) -> None:
    room.send("[tokens=100 rate=40]").expect_blocks(1)
    moving = """() => document.getAnimations().filter(each => each.playState === "running"
        && document.querySelector("[data-log]").contains(each.effect.target)).length"""
    assert page.evaluate(moving) == 0
    room.expect_status("done")


def test_a_reader_who_cannot_see_hears_a_reply_twice(room: Room, page: Page) -> None:
    page.evaluate(
        """() => {
            window.heard = [];
            for (const region of document.querySelectorAll("[data-announce]"))
                new MutationObserver(() => region.textContent && heard.push(region.textContent))
                    .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    name = room.name.inner_text()
    room.send("[tokens=30 rate=50]").expect_status("done")
    expect(page.locator("[data-announce=polite]")).to_contain_text(f"{name} replied: w0 w1")
    heard = page.evaluate("() => heard")
    assert heard[0] == f"{name} is writing"
    assert len(heard) == 2
    assert page.locator("[role=log]").get_attribute("aria-live") == "off"


def test_markdown_is_shown_before_it_is_finished(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    tail = room.reply.locator("[data-tail]")
    puppet.start()
    puppet.say("She **turns")
    expect(tail.locator("strong")).to_have_text("turns")
    assert "*" not in tail.inner_text()
    puppet.say(" the lamp** and *waits")
    expect(tail.locator("em")).to_have_text("waits")
    assert "*" not in tail.inner_text()
    puppet.say("*.\nStill `code")
    expect(tail.locator("code")).to_have_text("code")
    expect(tail.locator("br")).to_have_count(1)


def test_an_open_fence_is_code_from_its_first_full_line(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    tail = room.reply.locator("[data-tail]")
    puppet.start()
    puppet.say("``")
    puppet.say("`py")
    expect(tail.locator("pre")).to_have_count(0)
    assert "`" not in tail.inner_text()
    puppet.say("thon\nfor x in *args:\n")
    expect(tail.locator("pre code")).to_have_text("for x in *args:\n")
    puppet.say("    pass\n``")
    assert "`" not in tail.inner_text()
    puppet.close_block(0, '<pre><code class="language-python"><span class="hl-k">for</span> x in *args:</code></pre>')
    expect(room.body.locator("[data-block] pre .hl-k")).to_have_text("for")
    expect(room.body.get_by_role("button", name="Copy (python)")).to_be_visible()
    expect(tail.locator("pre")).to_have_count(0)


def test_nothing_in_an_open_block_is_taken_for_html(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    puppet.start()
    puppet.say('<img src=x onerror="document.title=1"> <b>bold</b>\n- <i>item</i>')
    expect(room.body).to_contain_text("<b>bold</b>")
    expect(room.body.locator("img, b, i")).to_have_count(0)


def test_thinking_is_folded_away_and_can_be_switched_off(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    thinking = room.reply.locator("[data-thinking]")
    puppet.start()
    puppet.say("", thinking="They ask about the door.")
    expect(thinking.get_by_text("Thinking", exact=True)).to_be_visible()
    expect(thinking.get_by_text("They ask about the door.")).to_be_hidden()
    puppet.say("It is open.")
    expect(thinking.get_by_text("Thought for 1 second")).to_be_visible()
    thinking.locator("summary").click()
    expect(thinking.get_by_text("They ask about the door.")).to_be_visible()
    page.get_by_role("button", name="Preferences").click()
    page.get_by_label("Show thinking").uncheck()
    expect(thinking).to_be_hidden()


def test_a_reply_that_starts_again_is_cleared_and_labelled(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    puppet.start()
    puppet.say("One beginning.\n\n")
    puppet.close_block(0, "<p>One beginning.</p>", "And")
    expect(room.body).to_contain_text("One beginning.")
    puppet.tell("restart", attempt=2)
    expect(room.body).to_have_text("")
    expect(room.reply.get_by_text("Starting again")).to_be_visible()
    puppet.tell("start", attempt=2)
    puppet.say("Another.")
    expect(room.body).to_have_text("Another.")
    puppet.done()
    expect(room.reply.get_by_text("Starting again")).to_have_count(0)


def test_a_gap_replaces_everything(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    puppet.start()
    puppet.close_block(0, "<p>One.</p>", "Two")
    puppet.tell(
        "gap",
        blocks=[{"index": 0, "html": "<p>One.</p>"}, {"index": 1, "html": "<p>Two.</p>"}],
        tail="Three",
        thinking="",
    )
    puppet.say(" and more")
    expect(room.body).to_have_text("One.Two.Three and more")


def test_what_is_heard_twice_counts_once(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    puppet.start()
    puppet.say("", thinking="Hm. ")
    puppet.close_block(0, "<p>One.</p>", "Two")
    puppet.say(" three")
    expect(room.body).to_have_text("One.Two three")
    puppet.line.replay()
    puppet.say(" four")
    expect(room.body).to_have_text("One.Two three four")
    expect(room.reply.locator("[data-thinking-text]")).to_have_text("Hm. ")


def test_an_interrupted_reply_keeps_its_words_and_can_be_tried_again(room: Room, page: Page) -> None:
    room.send("[tokens=50 rate=100 fail=10]").expect_status("interrupted")
    assert room.said().split() == scripted_text(10).split()
    expect(room.reply.locator("[data-outcome]")).not_to_be_empty()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.reload()
    expect(room.reply).to_have_attribute("data-status", "interrupted")
    expect(room.reply.locator("[data-outcome]")).not_to_be_empty()


def test_an_answer_from_before_the_end_takes_no_word_back(page: Page, person: Person) -> None:
    room, puppet = _puppet(page, person)
    puppet.start()
    puppet.say("The lamp burns.")
    puppet.close_block(0, "<p>The lamp burns.</p>")
    puppet.done()
    room.expect_status("done")
    page.evaluate(
        """() => {
            window.moved = new Promise((done) => document.addEventListener("path-moved", done, { once: true }));
        }"""
    )
    puppet.line.say({"type": "chat.moved", "leaf_id": ""})  # to the server this reply is still queued, without a word
    page.evaluate("() => window.moved.then(() => null)")
    assert room.said() == "The lamp burns."
    room.expect_status("done")


def _puppet(page: Page, person: Person) -> tuple[Room, Puppet]:
    line = Line(page)
    room = Room(page, person.url, person.new_chat()).open()
    return room, Puppet(room, line)
