// What time is it, in Daybell's zone? One signal that ticks; texts follow it, and nothing else is drawn anew.

import { signal } from "../vendor/preact.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const now = signal(Date.now());
const offset = signal("");

setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);
document.addEventListener("visibilitychange", () => {
  now.value = Date.now();
});

// Learn the offset of Daybell's zone from one of its times.
export function tellTime(time) {
  offset.value = /([+-]\d\d:\d\d|Z)$/.exec(time)?.[0] ?? offset.value;
}

// Times come on the wall of Daybell's zone; that wall is shown, wherever the browser is.
export function wall(time) {
  const [, date, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)/.exec(time) ?? [null, "", ""];
  return { date, clock: clock.slice(0, 5), seconds: clock };
}

// The wall of `milliseconds` there, as a Date whose UTC members are its hands.
export function hands(milliseconds, like = "") {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(like || offset.value) ?? [null, "+", 0, 0];
  return new Date(milliseconds + (sign === "-" ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE));
}

// A time in UTC, as events tell them, on the wall of Daybell's zone.
export function onWall(time) {
  if (!time?.endsWith("Z") || !/\d$/.test(offset.value)) return time;
  return hands(Date.parse(time)).toISOString().slice(0, -1) + offset.value;
}

export const isoDate = (date) => date.toISOString().slice(0, 10);

// "14:05", "tomorrow 14:05", "Sat 14:05", "Sat 21 Nov 14:05" or, of another year, "21 Nov 2025 14:05".
export function at(time, current = now.value) {
  const { date, clock } = wall(time);
  if (!date) return "–";
  const today = isoDate(hands(current, time));
  const days = Math.round((Date.parse(date) - Date.parse(today)) / DAY);
  if (days === 0) return clock;
  if (days === 1) return `tomorrow ${clock}`;
  if (days === -1) return `yesterday ${clock}`;
  const day = new Date(date);
  const weekday = DAYS[day.getUTCDay()];
  if (days > 1 && days < 7) return `${weekday} ${clock}`;
  const month = `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]}`;
  return date.slice(0, 4) === today.slice(0, 4) ? `${weekday} ${month} ${clock}` : `${month} ${date.slice(0, 4)} ${clock}`;
}

// "in 5 min", "3 h ago", "now".
export function relative(time, current = now.value) {
  const away = Date.parse(time) - current;
  const size = Math.abs(away);
  if (Number.isNaN(size)) return "–";
  if (size < 1000) return "now";
  return away > 0 ? `in ${rough(size)}` : `${rough(size)} ago`;
}

function rough(size) {
  if (size < MINUTE) return `${Math.round(size / 1000)} s`;
  if (size < HOUR) return `${Math.round(size / MINUTE)} min`;
  if (size < 2 * DAY) return `${Math.round(size / HOUR)} h`;
  return `${Math.round(size / DAY)} days`;
}

// "120 ms", "4.2 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
export function took(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < HOUR) return both(ms, MINUTE, "min", 1000, "s");
  if (ms < DAY) return both(ms, HOUR, "h", MINUTE, "min");
  return both(ms, DAY, "d", HOUR, "h");
}

function both(ms, whole, name, part, small) {
  const parts = Math.round((ms % whole) / part);
  const carry = parts === whole / part;
  const rest = carry ? 0 : parts;
  return `${Math.floor(ms / whole) + (carry ? 1 : 0)} ${name}${rest ? ` ${rest} ${small}` : ""}`;
}

export const size = (bytes) => {
  if (bytes === null || bytes === undefined) return "–";
  const steps = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), steps.length - 1);
  const value = bytes / 1024 ** step;
  return `${step && value < 10 ? value.toFixed(1) : Math.round(value)} ${steps[step]}`;
};

export { DAY, HOUR, MINUTE, DAYS, MONTHS };
