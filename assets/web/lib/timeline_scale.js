// Where on the line does an instant stand, and what do the clocks on the wall say there? Days have 23, 24 or 25 hours.

import { DAY, DAYS, HOUR, MINUTE, MONTHS, isoDate, wall } from "./clock.js";

const STEPS = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY];
const CLOSEST = 48; // pixels from one label to the next: a clock is 34 wide
const CLOSEST_DAYS = 44; // for the name of a day without its month

// Milliseconds that the walls of this time are ahead of UTC.
export function offsetIn(time) {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time) ?? [null, "+", 0, 0];
  return (sign === "-" ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE);
}

// A line between two times, as Daybell tells them. `told` are more of its times, `nearby` the zone to try first:
// nobody tells which zone it is, and where the clocks are set within, only a zone's rules know the instant.
export function scaleOf(since, until, told = [], nearby = Intl.DateTimeFormat().resolvedOptions().timeZone) {
  const scale = { since: Date.parse(since), until: Date.parse(until), before: offsetIn(since), after: offsetIn(until), shift: null };
  return scale.before === scale.after ? scale : { ...scale, shift: shiftOf(scale, [since, until, ...told], nearby) };
}

// 0 at the beginning, 1 at the end, and never beyond.
export const place = (scale, at) => Math.min(1, Math.max(0, (at - scale.since) / (scale.until - scale.since)));

// The wall at that instant, as a Date whose UTC members are its hands.
export const wallAt = (scale, at) => new Date(at + (scale.shift !== null && at >= scale.shift ? scale.after : scale.before));

// Labels for a line that is so many pixels wide: [{ at, words, isDay }].
export function ticks(scale, width) {
  const isLong = scale.until - scale.since > 2 * DAY;
  const pixels = (span) => (span / (scale.until - scale.since)) * width;
  const step = STEPS.find((one) => pixels(one) >= CLOSEST) ?? DAY;
  let last = { at: -Infinity, date: "" };
  const found = [];
  for (const at of instants(scale, step)) {
    const hands = wallAt(scale, at);
    const isDay = isLong && isoDate(hands) !== last.date;
    if (!isDay && pixels(at - last.at) < CLOSEST * 0.75) continue; // an hour that comes twice
    if (isDay && last.at > scale.since && pixels(at - last.at) < CLOSEST_DAYS * 0.75) found.pop();
    found.push({ at, isDay, words: isDay ? dayWords(hands, pixels(step)) : isoClock(hands) });
    last = { at, date: isoDate(hands) };
  }
  return found;
}

// Of two dates that are so many days apart.
export const addDays = (date, days) => isoDate(new Date(Date.parse(date) + days * DAY));

// From which date, up to which: a day, or the week around it, from Monday on.
export function stretch(date, span) {
  if (span !== "week") return { from: date, to: addDays(date, 1) };
  const from = addDays(date, -((new Date(date).getUTCDay() + 6) % 7));
  return { from, to: addDays(from, 7) };
}

const NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

// "Saturday 21 Nov 2026" or "16 Nov – 22 Nov 2026"
export function stretchWords({ from, to }) {
  const [first, last] = [new Date(from), new Date(addDays(to, -1))];
  if (+first === +last) return `${NAMES[first.getUTCDay()]} ${dateWords(first)} ${first.getUTCFullYear()}`;
  const isOneYear = first.getUTCFullYear() === last.getUTCFullYear();
  return `${dateWords(first)}${isOneYear ? "" : ` ${first.getUTCFullYear()}`} – ${dateWords(last)} ${last.getUTCFullYear()}`;
}

// "The clocks go forward from 02:00 to 03:00.", or nothing.
export function shiftWords(scale) {
  if (scale.before === scale.after) return "";
  const way = scale.after > scale.before ? "forward" : "back";
  if (scale.shift === null) return `The clocks go ${way}.`;
  return `The clocks go ${way} from ${isoClock(new Date(scale.shift + scale.before))} to ${isoClock(new Date(scale.shift + scale.after))}.`;
}

// "14:05:09", of a week "Sat 14:05:09"; with its offset where the same wall may come twice.
export function stamp(scale, time) {
  const { date, seconds } = wall(time);
  const day = scale.until - scale.since > 2 * DAY || Date.parse(time) < scale.since || Date.parse(time) >= scale.until ? `${DAYS[new Date(date).getUTCDay()]} ` : "";
  return `${day}${seconds}${scale.before === scale.after ? "" : ` ${time.endsWith("Z") ? "UTC" : time.slice(-6)}`}`;
}

const isoClock = (hands) => hands.toISOString().slice(11, 16);
const dateWords = (hands) => `${hands.getUTCDate()} ${MONTHS[hands.getUTCMonth()]}`;
const dayWords = (hands, room) => (room < 76 ? `${DAYS[hands.getUTCDay()]} ${hands.getUTCDate()}` : `${DAYS[hands.getUTCDay()]} ${dateWords(hands)}`);

// Where the hands stand at a multiple of the step, and where a day begins later than at midnight.
function* instants({ since, until, before, after, shift }, step) {
  const turn = shift ?? until;
  yield* multiples(since, turn, before, step);
  if (shift === null) return;
  const [old, fresh] = [new Date(turn - 1 + before), new Date(turn + after)];
  if (isoDate(old) < isoDate(fresh) && isoClock(fresh) !== "00:00") yield turn;
  yield* multiples(turn, until, after, step);
}

function* multiples(since, until, offset, step) {
  for (let at = Math.ceil((since + offset) / step) * step - offset; at < until; at += step) yield at;
}

// When the clocks are set: by the first zone whose walls read like all that was told.
function shiftOf({ since, until, before }, told, nearby) {
  const zones = [nearby, ...Intl.supportedValuesOf("timeZone")];
  const zone = zones.find((one) => {
    const offset = offsetsOf(one);
    return told.every((time) => offset(Date.parse(time)) === offsetIn(time));
  });
  if (!zone) return null;
  const offset = offsetsOf(zone);
  let [old, fresh] = [since, until];
  while (fresh - old > 1) {
    const middle = Math.floor((old + fresh) / 2);
    if (offset(middle) === before) old = middle;
    else fresh = middle;
  }
  return fresh;
}

function offsetsOf(zone) {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (at) => offsetIn(format.formatToParts(at).find(({ type }) => type === "timeZoneName").value);
}
