// What does the page know? Each job has a signal of its own, so that an event touches its row alone.

import { batch, signal } from "../vendor/preact.js";
import { get, hearEnds, ofJob, Refused } from "./api.js";
import { once } from "./once.js";
import { listen } from "./stream.js";
import { onWall, tellTime } from "./clock.js";

const NET = 30_000; // milliseconds: should an event ever be lost, nothing is stale for longer
const GATHER = 40; // milliseconds in which events of one moment come together
const FEW = 4; // jobs that are asked for one by one
export const BARS = 20;

export const link = signal("connecting"); // "live", "reconnecting" or "signed out"
export const scheduler = signal(null);
export const problems = signal([]);
export const machine = signal({});
export const isAway = signal(false);
export const ids = signal([]); // of all jobs, as their files stand in the folder
export const openRuns = signal([]); // what runs or waits, the newest first
export const incidents = signal(null); // of jobs that fail; null until that is known
export const isLoaded = signal(false);

const jobs = new Map();
const bars = new Map();
const listeners = new Set();

// The job's status; null for one that is not there.
export const jobSignal = (id) => existing(jobs, id, null);
// What people call it; its id where it is gone.
export const nameOf = (id) => jobSignal(id).value?.name || id;
// Its last runs, the oldest first.
export const barsSignal = (id) => existing(bars, id, []);

// Hear each event: `listener(name, members)`. Returns how to stop.
export function hear(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function reload() {
  isAllAsked = true;
  return ask();
}

function takeStatus(status) {
  batch(() => {
    isLoaded.value = true;
    set(scheduler, status.scheduler);
    set(problems, status.problems);
    set(machine, status.machine);
    set(isAway, status.away);
    tellTime(status.scheduler.stats.last_pass ?? status.scheduler.started);
    takeJobs(status.jobs);
  });
}

const reloadRuns = once(async () => {
  const { runs } = await get("/runs", { limit: 50 });
  set(openRuns, runs.filter((run) => run.outcome === null));
});

const reloadIncidents = once(async () => set(incidents, (await get("/incidents")).incidents));

const reloadBars = once(async () => {
  const recent = await get("/recent", { n: BARS });
  batch(() => Object.entries(recent.jobs).forEach(([id, runs]) => set(barsSignal(id), runs)));
});

let asking = 0;
let meanwhile = []; // what was told of runs while they were asked for: the answer may be older

async function reloadPast() {
  asking += 1;
  await Promise.allSettled([reloadBars(), reloadRuns()]);
  asking -= 1;
  batch(() => meanwhile.forEach(([name, members]) => takeRun(name, members)));
  if (asking === 0) meanwhile = [];
}

export function reloadAll() {
  return Promise.allSettled([reload(), reloadPast(), reloadIncidents()]);
}

export function begin() {
  hearEnds((end) => {
    if (end === "unauthorized") link.value = "signed out";
  });
  setInterval(() => {
    if (!document.hidden && link.value === "live") reloadAll();
  }, NET);
  return listen({
    heard,
    renewed: reloadAll,
    changed: (state) => {
      link.value = state;
    },
  });
}

const TIMES = ["started", "last_started", "finished", "due", "due_to"];

// Events tell times in UTC, and everything else on the wall of Daybell's zone.
function onWalls({ at, run, ...others }) {
  const times = run && TIMES.filter((key) => run[key]).map((key) => [key, onWall(run[key])]);
  return { ...others, at: onWall(at), run: run && { ...run, ...Object.fromEntries(times) } };
}

function heard(name, told) {
  const members = onWalls(told);
  takeRun(name, members);
  if (asking > 0) meanwhile.push([name, members]);
  if (name === "job_removed") forget(members.job_id);
  if (name === "incident_changed") reloadIncidents().catch(() => {});
  listeners.forEach((listener) => listener(name, members));
  touch(name.startsWith("run_") ? (members.run?.job_id ?? members.job_id) : undefined);
}

function takeRun(name, { run, run_id, at }) {
  if (run?.outcome) {
    openRuns.value = openRuns.value.filter((one) => one.run_id !== run.run_id);
    addBar(run);
  } else if (run) {
    openRuns.value = [run, ...openRuns.value.filter((one) => one.run_id !== run.run_id)];
  } else if (name === "run_started") {
    openRuns.value = openRuns.value.map((one) => (one.run_id === run_id ? { ...one, started: one.started ?? at } : one));
  }
}

// At once, so that nobody asks about it any more.
function forget(id) {
  batch(() => {
    jobSignal(id).value = null;
    set(ids, ids.value.filter((one) => one !== id));
  });
}

const touched = new Set();
let isAllAsked = false;
let timer = null;

// Undefined: any job may be different, or gone.
function touch(id) {
  touched.add(id);
  timer ??= setTimeout(() => {
    timer = null;
    ask().catch(() => {});
  }, GATHER);
}

// About some jobs or all, and one after the other: of two answers about a job the later one is the newer one.
const ask = once(async () => {
  const some = [...touched];
  const isFew = !isAllAsked && some.length <= FEW && some.every((id) => jobs.get(id)?.value);
  touched.clear();
  isAllAsked = false;
  if (!isFew) return takeStatus(await get("/status"));
  const found = await Promise.allSettled(some.map((id) => get(ofJob(id))));
  if (found.some(({ reason }) => reason instanceof Refused)) return takeStatus(await get("/status"));
  return batch(() => found.forEach(({ value }) => value && set(jobSignal(value.status.id), value.status)));
});

function takeJobs(statuses) {
  const names = statuses.map((job) => job.id);
  for (const job of statuses) set(jobSignal(job.id), job);
  for (const [id, job] of jobs) if (!names.includes(id)) job.value = null;
  set(ids, names);
}

function addBar(run) {
  const known = barsSignal(run.job_id);
  const { run_id, outcome, started, due, cause } = run;
  const duration_ms = run.started && run.finished ? Date.parse(run.finished) - Date.parse(run.started) : null;
  const others = known.value.filter((one) => one.run_id !== run_id);
  known.value = [...others, { run_id, outcome, started, due, duration_ms, cause }].slice(-BARS);
}

function existing(map, id, empty) {
  if (!map.has(id)) map.set(id, signal(empty));
  return map.get(id);
}

// Only what is different redraws anything.
function set(target, value) {
  if (JSON.stringify(target.value) !== JSON.stringify(value)) target.value = value;
}
