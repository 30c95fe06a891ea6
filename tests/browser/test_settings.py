"""/settings/ in a browser: by keyboard, and with the reader's own clock."""

from playwright.sync_api import Page, expect

from tests.client import Person

# What the page should say, by the browser's own reckoning.
IN_TOKYO = """time => new Date(time.dateTime).toLocaleString(
    undefined, { dateStyle: "full", timeStyle: "short", timeZone: "Asia/Tokyo" })"""


def test_a_chosen_time_zone_is_the_clock_of_every_page(page: Page, person: Person) -> None:
    page.goto(f"{person.url}/settings/preferences/")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your preferences are saved.")).to_be_visible()
    page.goto(f"{person.url}/settings/security/sessions/")
    seen = page.locator("time[data-time]").first
    expect(seen).to_have_attribute("title", seen.evaluate(IN_TOKYO))
    page.goto(f"{person.url}/settings/preferences/")
    page.get_by_label("Time zone").select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("html")).not_to_have_attribute("data-time-zone", "Asia/Tokyo")


def test_the_tabs_are_walked_by_keyboard(page: Page, person: Person) -> None:
    page.goto(f"{person.url}/settings/")
    tabs = page.get_by_role("navigation", name="Settings").get_by_role("link")
    expect(tabs.nth(2)).to_have_text("Security")
    tabs.first.focus()
    page.keyboard.press("Tab")
    expect(tabs.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How it looks")).to_be_visible()
    expect(tabs.nth(1)).to_have_attribute("aria-current", "page")
