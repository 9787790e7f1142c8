// Is this cron expression one of the everyday shapes? And which expression is such a shape?

import { DAYS } from "./clock.js";

const WEEKDAYS = /^(1-5|mon-fri)$/i;
const NICKNAMES = { "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *" };

// { kind, time?, minute?, weekday?, day? } with a kind of SHAPES; null for all others.
export function shapeOf(expression) {
  const text = expression.trim();
  const fields = (NICKNAMES[text.toLowerCase()] ?? text).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || month !== "*" || !isBelow(60, minute)) return null;
  if (hour === "*") return day === "*" && weekday === "*" ? { kind: "hourly", minute: Number(minute) } : null;
  if (!isBelow(24, hour)) return null;
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (day !== "*") return weekday === "*" && isDay(day) ? { kind: "monthly", time, day: day.toUpperCase() } : null;
  if (weekday === "*") return { kind: "daily", time };
  if (WEEKDAYS.test(weekday)) return { kind: "weekdays", time };
  const number = numberOf(weekday);
  return number === null ? null : { kind: "weekly", time, weekday: number };
}

const isBelow = (end, text) => /^\d{1,2}$/.test(text) && Number(text) < end;
const isDay = (text) => /^l$/i.test(text) || (isBelow(32, text) && Number(text) > 0);

function numberOf(weekday) {
  if (/^[0-7]$/.test(weekday)) return Number(weekday) % 7;
  const place = DAYS.findIndex((name) => name.toLowerCase() === weekday.toLowerCase());
  return place < 0 ? null : place;
}

export const SHAPES = [
  ["hourly", "Every hour"],
  ["daily", "Daily"],
  ["weekdays", "Monday to Friday"],
  ["weekly", "Weekly"],
  ["monthly", "Monthly"],
];

// What a shape does not say is as in the morning of the first.
export function expressionOf({ kind, time = "09:00", minute = 0, weekday = 1, day = "1" }) {
  const [hours, minutes] = (/^\d\d:\d\d/.test(time) ? time : "09:00").split(":").map(Number);
  const clock = `${minutes} ${hours}`;
  const dates = { daily: "* * *", weekdays: "* * mon-fri", weekly: `* * ${DAYS[weekday].toLowerCase()}`, monthly: `${day} * *` };
  return kind === "hourly" ? `${minute} * * * *` : `${clock} ${dates[kind]}`;
}

// The same time of day in another shape.
export function reshaped(expression, kind) {
  const before = shapeOf(expression);
  return expressionOf({ ...before, time: before?.time, minute: 0, kind });
}
