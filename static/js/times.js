// Times in the reader's own zone and language. Without this script they stay in UTC and say so.
import { $, $$, words } from "./ui.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const longDate = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

export const dayOf = (moment) => `${moment.getFullYear()}-${moment.getMonth()}-${moment.getDate()}`;
const daysAgo = (days) => { const moment = new Date(); moment.setDate(moment.getDate() - days); return moment; };

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
  return dayOf(moment) === dayOf(daysAgo(1)) ? words("yesterday") : longDate.format(moment);
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
