"""The way in and out."""

from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests.client import PASSWORD, Person
from tests.stack import Stack


def test_somebody_new_signs_up_out_and_in_again(chromium: Browser, stack: Stack) -> None:
    email = f"new-{uuid4()}@example.org"
    context = chromium.new_context()
    page = context.new_page()
    page.goto(stack.url)
    page.get_by_role("link", name="Create an account").click()
    _fill(page, email, PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.locator("#draft")).to_be_visible()
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Switch between light and dark").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")  # also for a stranger, on this machine
    _fill(page, email, PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#draft")).to_be_visible()
    context.close()


def test_a_wrong_password_is_said_beside_the_form(chromium: Browser, stack: Stack) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{stack.url}/account/login/")
    _fill(page, f"nobody-{uuid4()}@example.org", "not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").first).to_contain_text("not correct")
    context.close()


def test_a_spent_link_leads_to_the_sign_in_page(chromium: Browser, stack: Stack) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{stack.url}/sign-in/link/spent/")
    expect(page.get_by_role("heading", name="This link has expired")).to_be_visible()
    page.get_by_role("link", name="Go to sign-in").click()
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()
    context.close()


def test_a_strangers_chat_is_a_page_that_is_not_there(page: Page, person: Person) -> None:
    other = Person(person.url).sign_up(f"other-{uuid4()}@example.org")
    answer = page.goto(f"{person.url}/chats/{other.new_chat()}/")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Nobody is here")).to_be_visible()


def _fill(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
