// What can be done to jobs and runs, from wherever on the page: each says how it went.

import { attempt, say } from "../parts/toasts.js";
import { ofJob, ofRun, post, remove } from "./api.js";
import { hands, isoDate, DAY } from "./clock.js";
import { nameOf } from "./store.js";
import { address } from "./route.js";

const midnight = () => `${isoDate(hands(Date.now() + DAY))}T00:00`;

// Where `until` comes from when somebody chooses.
export const PAUSES = [
  { label: "Pause for 1 hour", body: () => ({ until: "1h" }) },
  { label: "Pause until tomorrow", body: () => ({ until: midnight() }) },
  { label: "Pause until I resume", body: () => ({}) },
];

export const runJob = (id) =>
  attempt(async () => {
    const { run_id } = await post(ofJob(id, "/run"));
    say(`Started ${nameOf(id)}.`, { href: address("runs", run_id), text: "Watch it" });
    return run_id;
  });

export const pauseJob = (id, body = {}) =>
  attempt(async () => {
    await post(ofJob(id, "/pause"), body);
    say(`Paused ${nameOf(id)}.`);
  });

export const resumeJob = (id) =>
  attempt(async () => {
    await post(ofJob(id, "/resume"));
    say(`Resumed ${nameOf(id)}.`);
  });

export const switchJob = (id, isOn) =>
  attempt(async () => {
    await post(ofJob(id, isOn ? "/enable" : "/disable"));
    say(`${nameOf(id)} is ${isOn ? "on" : "off"}.`);
  });

export const removeJob = (id) =>
  attempt(async () => {
    const name = nameOf(id);
    await remove(ofJob(id));
    say(`Deleted ${name}. Its history stays.`);
    return true;
  });

export const cancelRun = (runId) =>
  attempt(async () => {
    await post(ofRun(runId, "/cancel"));
    say("The run is being ended.");
  });

export const cancelRuns = (jobId) =>
  attempt(async () => {
    const { run_ids } = await post("/cancel", { target: jobId });
    say(run_ids.length === 1 ? "The run is being ended." : `${run_ids.length} runs are being ended.`);
  });

export const retryRun = (runId) =>
  attempt(async () => {
    const { run_id } = await post(ofRun(runId, "/retry"));
    say("Started it once more.", { href: address("runs", run_id), text: "Watch it" });
    return run_id;
  });

export const pauseAll = () => attempt(() => post("/pause"));
export const resumeAll = () => attempt(() => post("/resume"));

const AT_ONCE = 4;

// A few at a time, so that a hundred jobs are not a hundred questions at once; `progress(count)` after each.
export async function ofMany(ids, act, words, progress) {
  const left = [...ids];
  let done = 0;
  const work = async () => {
    while (left.length > 0) {
      const id = left.shift();
      const isDone = await attempt(async () => {
        await act(id);
        return true;
      });
      if (isDone) done += 1;
      progress(ids.length - left.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (done > 0) say(`${words} ${done === 1 ? "1 job" : `${done} jobs`}.`);
}

export const quietly = {
  run: (id) => post(ofJob(id, "/run")),
  pause: (id) => post(ofJob(id, "/pause"), {}),
  resume: (id) => post(ofJob(id, "/resume")),
};
