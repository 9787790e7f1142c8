// What is known of a run: times, what it used, its attempts, and the files it left.

import { html } from "../vendor/preact.js";
import { get, ofRun } from "../lib/api.js";
import { size, took, wall } from "../lib/clock.js";
import { address } from "../lib/route.js";
import { save } from "../lib/save.js";
import { Icon } from "./icon.js";
import { Loaded, useAnswer } from "./loaded.js";
import { Outcome } from "./outcome.js";
import { causeOf } from "./run_table.js";
import { At } from "./time.js";
import { attempt } from "./toasts.js";

const SIGNALS = { 1: "HUP", 2: "INT", 3: "QUIT", 6: "ABRT", 9: "KILL", 11: "SEGV", 13: "PIPE", 15: "TERM" };
const length = (from, to) => (from && to ? Date.parse(to) - Date.parse(from) : null);

// 128 + n is how a shell tells of a signal, though a command may also say so itself.
const exitOf = (code) => (SIGNALS[code - 128] ? `${code}, as after ${SIGNALS[code - 128]}` : String(code));

const Exact = ({ time }) => html`<time datetime=${time}>${wall(time).date} ${wall(time).seconds}</time>`;
const toRun = (id) => html`<a class="mono" href=${address("runs", id)}>${id}</a>`;

// Words and their values; what nobody knows is left out.
function factsOf(run) {
  const printed = run.output_bytes;
  return [
    ["Cause", html`${causeOf(run)}${run.retry_of && html` after ${toRun(run.retry_of)}`}${run.follows && html`: ${toRun(run.follows)}`}${run.hastened && ", hastened by hand"}`],
    ["Due", run.due && html`<${Exact} time=${run.due} />`],
    ["Until", run.due_to && html`<${Exact} time=${run.due_to} />, ${run.count ? `${run.count.toLocaleString("en")} instants` : "very many instants"}`],
    ["Started", run.started && html`<${Exact} time=${run.started} />`],
    ["Waited", run.due && run.started && took(Math.max(0, length(run.due, run.started)))],
    ["Finished", run.finished && html`<${Exact} time=${run.finished} />`],
    ["Exit code", run.exit_code !== null && exitOf(run.exit_code)],
    ["Attempts", run.attempts > 1 && run.attempts.toLocaleString("en")],
    ["CPU time", run.cpu_seconds !== null && took(run.cpu_seconds * 1000)],
    ["Peak memory", run.peak_memory !== null && size(run.peak_memory)],
    ["Output", printed !== null && html`${size(printed)}${run.output_dropped > 0 && html`, of which ${size(run.output_dropped)} in the middle were not kept`}`],
    ["Computer", run.host],
    ["Daybell", run.version],
    ["Run", html`<span class="mono">${run.run_id}</span>`, "is-wide"],
    ["Trace", run.traceparent && html`<span class="mono">${run.traceparent}</span>`, "is-wider"],
  ].filter(([, value]) => value);
}

export const RunFacts = ({ run }) => html`
  <section class="card" aria-label="Facts">
    <dl class="run-facts">
      ${factsOf(run).map(([name, value, kind]) => html`<div key=${name} class=${kind}><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>
  </section>
`;

// The last one is not among the earlier ones, unless the run waits for another.
function attemptsOf(run) {
  const isWaiting = !run.outcome && run.attempts > 0 && run.earlier.at(-1)?.started === (run.last_started ?? run.started);
  const last = { started: run.last_started ?? run.started, finished: run.finished, outcome: run.outcome ?? "running", exit_code: run.exit_code, error: run.error };
  const all = isWaiting ? [...run.earlier] : [...run.earlier, last];
  return all.map((one, place) => ({ ...one, number: run.attempts - all.length + place + 1, waited: place > 0 ? length(all[place - 1].finished, one.started) : null }));
}

export const Attempts = ({ run }) => html`
  <section class="card" aria-labelledby="attempts">
    <header><h2 id="attempts">Attempts</h2></header>
    <div class="run-scroll" tabindex="0" role="group" aria-labelledby="attempts">
      <table>
        <thead>
          <tr><th scope="col" class="number">#</th><th scope="col">Result</th><th scope="col">Waited</th><th scope="col">Started</th><th scope="col" class="number">Took</th><th scope="col" class="number">Exit code</th><th scope="col">What it said</th></tr>
        </thead>
        <tbody>
          ${attemptsOf(run).map(
            (one) => html`
              <tr key=${one.number}>
                <td class="number">${one.number}</td>
                <td><${Outcome} outcome=${one.outcome} /></td>
                <td>${one.waited === null ? "" : took(one.waited)}</td>
                <td><${At} time=${one.started} /></td>
                <td class="number">${took(length(one.started, one.finished))}</td>
                <td class="number">${one.exit_code ?? "–"}</td>
                <td class="mono run-said" dir="auto">${one.error}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  </section>
`;

export function Artifacts({ run }) {
  const answer = useAnswer(() => get(ofRun(run.run_id, "/artifacts")), [run.run_id, run.artifacts, run.outcome]);
  const path = (name) => ofRun(run.run_id, `/artifacts/${name.split("/").map(encodeURIComponent).join("/")}`);
  return html`
    <section class="card" aria-labelledby="artifacts">
      <header><h2 id="artifacts">Files it left</h2></header>
      <${Loaded} answer=${answer}>
        ${({ artifacts }) => html`
          ${artifacts.length === 0 && html`<p class="quiet">They are not kept any more.</p>`}
          <ul class="rows">
            ${artifacts.map(
              ({ name, bytes, modified }) => html`
                <li key=${name}>
                  <button type="button" class="run-file" aria-label=${`Download ${name}`} onClick=${() => attempt(() => save(path(name), name.split("/").at(-1)))}><${Icon} name="download" /><span class="mono" dir="auto">${name}</span></button>
                  <span class="quiet push">${size(bytes)}, <${At} time=${modified} /></span>
                </li>
              `,
            )}
          </ul>
          ${run.artifacts_removed > 0 && html`<p class="quiet">${run.artifacts_removed} more were too much to keep, and are gone.</p>`}
        `}
      <//>
    </section>
  `;
}
