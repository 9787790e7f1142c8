// What stands on the lane of a job: which bars, which crowds of bars too close for one each, on which level?

import { offsetIn, place } from "./timeline_scale.js";

const COLUMN = 4; // pixels: a bar of the least width, and the gap after it
const LEAST = { run: 3, gap: 8 }; // pixels that one of them is wide at least
const TOUCH = { same: 1, other: 3 }; // pixels that two marks may share
const STROKE = 3; // pixels from one coming start to the next
const MOST_LEVELS = 5;
const GRAVEST = ["failed", "timed_out", "missed", "interrupted", "cancelled", "replaced", "running", "queued", "skipped", "succeeded"];
export const FAILURES = new Set(["failed", "timed_out"]);

export const standingOf = (mark) => mark.outcome ?? (mark.started ? "running" : "queued");

// The lanes of all jobs that have something, by their id.
export function lanesOf(line) {
  const lanes = new Map();
  const lane = (id) => {
    if (!lanes.has(id)) lanes.set(id, { id, runs: [], gaps: [], coming: [], cut: line.cut[id] ?? null, untold: line.left_out[id] ?? null, hasFailed: false });
    return lanes.get(id);
  };
  for (const run of line.runs) {
    const one = lane(run.job_id);
    one.runs.push(run);
    one.hasFailed ||= FAILURES.has(run.outcome);
  }
  for (const gap of line.gaps) lane(gap.job_id).gaps.push(gap);
  for (const { job_id, at } of line.upcoming) lane(job_id).coming.push(at);
  return lanes;
}

// Marks from left to right: { kind, from, to, x, size, level, outcome, one } or, of many, { ..., counts, share }.
// `x` and `size` are parts of the whole line; a run that goes on has no `to`.
export function pack({ runs, gaps }, scale, width) {
  const marks = [
    ...gather("run", runs.map((one) => ({ one, from: Date.parse(one.started), to: one.finished ? Date.parse(one.finished) : null })), scale, width),
    ...gather("gap", gaps.map((one) => ({ one, from: Date.parse(one.since), to: Date.parse(one.until) })), scale, width),
  ];
  return stack(marks.sort((one, other) => one.from - other.from), width);
}

// Instants to come as a path of thin strokes on a field `width` wide; what is too close is one stroke.
export function strokes(coming, scale, width) {
  let last = -Infinity;
  return coming
    .map((at) => place(scale, Date.parse(at)) * width)
    .filter((x) => x - last >= STROKE && ((last = x), true))
    .map((x) => `M${x.toFixed(1)} 0v1`)
    .join("");
}

// The coming instant next to that place on the line, if it is near; in pixels.
export function nearest(coming, scale, width, x, reach = 5) {
  let best = null;
  for (const at of coming) {
    const away = Math.abs(place(scale, Date.parse(at)) * width - x);
    if (away <= reach && away < (best?.away ?? Infinity)) best = { at, away };
  }
  return best?.at ?? null;
}

// From when on the answer leaves out all coming starts; null where it does not.
export const leftOutAfter = (line) => (Date.parse(line.complete_until) < Date.parse(line.until) ? line.complete_until : null);

// Times of the line that tell its zone apart from others: of each offset the first and the last.
export function toldBy({ now, runs, upcoming }) {
  const edges = {};
  for (const time of [now, ...runs.map((run) => run.started), ...upcoming.map((one) => one.at)]) {
    const edge = (edges[offsetIn(time)] ??= [time, time]);
    if (Date.parse(time) < Date.parse(edge[0])) edge[0] = time;
    if (Date.parse(time) > Date.parse(edge[1])) edge[1] = time;
  }
  return Object.values(edges).flat();
}

// Does the event change what is between the two instants?
export function concerns(since, until, now, name, members) {
  const run = members.run;
  if (!run) return until > now && name !== "notice_sent";
  const [from, to] = [run.started ?? run.due ?? run.finished, run.finished].map((time) => (time ? Date.parse(time) : now));
  return (from < until && to >= since) || until > now;
}

function gather(kind, all, scale, width) {
  const columns = new Map();
  const marks = [];
  for (const mark of all) {
    const x = place(scale, mark.from);
    const size = mark.to === null ? 0 : place(scale, mark.to) - x;
    const drawn = { ...mark, kind, x, size, outcome: standingOf(mark.one) };
    const column = Math.floor((x * width) / COLUMN);
    if (size * width >= COLUMN || mark.to === null) marks.push(drawn);
    else columns.set(column, [...(columns.get(column) ?? []), drawn]);
  }
  const most = Math.max(...[...columns.values()].map((some) => some.length), 1);
  for (const [column, some] of columns) marks.push(some.length === 1 ? some[0] : crowd(some, (column * COLUMN) / width, most));
  return marks;
}

function crowd(some, x, most) {
  const counts = {};
  for (const { outcome } of some) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const last = some.reduce((one, other) => (other.to > one.to ? other : one));
  return {
    ...some[0],
    x,
    to: last.to,
    size: 0,
    outcome: GRAVEST.find((outcome) => counts[outcome]) ?? some[0].outcome,
    counts,
    count: some.length,
    last: last.one,
    share: Math.sqrt(some.length / most),
  };
}

// What is at the same time stands one below the other.
function stack(marks, width) {
  const levels = [];
  return marks.map((mark) => {
    const x = mark.x * width;
    const other = mark.kind === "run" ? "gap" : "run";
    const free = levels.findIndex((level) => x >= level[mark.kind].end - TOUCH.same && x >= level[other].drawn - TOUCH.other);
    const level = free >= 0 ? free : Math.min(levels.length, MOST_LEVELS - 1);
    levels[level] ??= { run: { end: 0, drawn: 0 }, gap: { end: 0, drawn: 0 } };
    const end = mark.to === null ? width : x + mark.size * width;
    levels[level][mark.kind] = { end, drawn: Math.max(end, x + LEAST[mark.kind]) };
    return { ...mark, level };
  });
}
