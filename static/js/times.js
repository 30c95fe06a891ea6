// Times in the reader's own zone (the one they prefer, or else the browser's) and language. Without this script they stay
// in UTC and say so.
import { $, $$, words } from "./ui.js";

const { timeZone } = document.documentElement.dataset;

/** A way to write moments. A zone that this browser has not heard of yet is passed over. */
export function inZone(options, locale) {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat(locale, options);
  }
}

const clock = inZone({ hour: "2-digit", minute: "2-digit" });
const weekday = inZone({ weekday: "short" });
const date = inZone({ day: "numeric", month: "short" });
const longDate = inZone({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const whole = inZone({ dateStyle: "full", timeStyle: "short" });
const isoDay = inZone({ dateStyle: "short" }, "sv");

/** The day where the reader is: 2026-11-22, as Swedes write it. */
export const dayOf = (moment) => isoDay.format(moment);
// Counted from noon, so that no change of the clocks makes it another day.
const daysAgo = (days) => new Date(Date.parse(`${dayOf(new Date())}T12:00:00Z`) - days * 86400e3).toISOString().slice(0, 10);

function short(moment) {
  if (dayOf(moment) === dayOf(new Date())) return clock.format(moment);
  return Date.now() - moment < 6 * 86400e3 ? weekday.format(moment) : date.format(moment);
}

export function localTimes(root) {
  for (const time of $$("time[data-time]", root)) {
    const moment = new Date(time.dateTime);
    time.textContent = time.dataset.time === "clock" ? clock.format(moment) : short(moment);
    time.title = whole.format(moment);
  }
}

/** Today, yesterday, or the date in full. */
export function dayName(moment) {
  if (dayOf(moment) === dayOf(new Date())) return words("today");
  return dayOf(moment) === daysAgo(1) ? words("yesterday") : longDate.format(moment);
}

/** A line between the messages of two days. */
export function markDays(log) {
  let last = "";
  // A line whose messages have gone goes, too.
  for (const line of $$(":scope > .day", log)) if (!line.nextElementSibling?.classList.contains("message")) line.remove();
  for (const message of $$(":scope > .message", log)) {
    const moment = new Date($("time", message).dateTime);
    const day = dayOf(moment);
    const before = message.previousElementSibling;
    const mark = before?.classList.contains("day") ? before : null;
    if (day === last) mark?.remove();
    else if (mark) mark.textContent = dayName(moment);
    else {
      const line = document.createElement("li");
      line.className = "day";
      line.textContent = dayName(moment);
      message.before(line);
    }
    last = day;
  }
}
