// One run: how it went and why, what it printed, and in what that differs from the last good one.

import { html, useState } from "../vendor/preact.js";
import { get, ofRun } from "../lib/api.js";
import { now, took } from "../lib/clock.js";
import { adjust, address, go, route } from "../lib/route.js";
import { save } from "../lib/save.js";
import { isLoaded, jobSignal } from "../lib/store.js";
import { cancelRun, retryRun } from "../lib/verbs.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useAnswer, useEvents } from "../parts/loaded.js";
import { Log } from "../parts/log.js";
import { LogDiff } from "../parts/log_diff.js";
import { Menu } from "../parts/menu.js";
import { Outcome, standing, toneOf } from "../parts/outcome.js";
import { Artifacts, Attempts, RunFacts } from "../parts/run_facts.js";
import { causeOf } from "../parts/run_table.js";
import { Ticking, When } from "../parts/time.js";
import { attempt } from "../parts/toasts.js";

const isOver = (run) => run.outcome !== null;
const hasBegun = (run) => run.log !== null;

export default function RunPage({ id }) {
  const answer = useAnswer(() => get(ofRun(id)), [id]);
  useEvents((name, members) => (members.run?.run_id ?? members.run_id) === id, answer.reload, [id]);
  return html`<${Loaded} answer=${answer}>${(run) => html`<${Body} run=${run} />`}<//>`;
}

const Body = ({ run }) => html`
  <${Head} run=${run} />
  <${Reason} run=${run} />
  ${run.earlier.length > 0 && html`<${Attempts} run=${run} />`}
  ${hasBegun(run) && html`<${Printed} run=${run} />`}
  ${run.artifacts + run.artifacts_removed > 0 && html`<${Artifacts} run=${run} />`}
  <${RunFacts} run=${run} />
  ${run.definition_snapshot && html`<${Snapshot} run=${run} />`}
`;

function Head({ run }) {
  const job = jobSignal(run.job_id).value;
  const isGone = isLoaded.value && !job; // its file is, and not what it did
  const again = async () => {
    const next = await retryRun(run.run_id);
    if (next) go("runs", next);
  };
  return html`
    <header class="head">
      <h1 dir="auto"><a class="job-link" href=${isGone ? address("runs", "", { job: run.job_id }) : address("jobs", run.job_id)}>${job?.name ?? run.job_id}</a></h1>
      <span class="acts">
        ${isOver(run) && job && html`<button type="button" class="main" disabled=${job.state === "invalid"} onClick=${again}><${Icon} name="run" />Run again</button>`}
        ${!isOver(run) && html`<button type="button" class="grave" onClick=${() => cancelRun(run.run_id)}><${Icon} name="stop" />End it</button>`}
        <a class="button" href=${address("runs", "", { job: run.job_id })}><${Icon} name="runs" />All its runs</a>
        <${Menu} text="Report" label="Report" icon="download" items=${["md", "json"].map((kind) => ({ label: KINDS[kind], act: () => attempt(() => save(ofRun(run.run_id, `/report.${kind}`), `${fileOf(run)}.${kind}`)) }))} />
      </span>
      <p class="run-sum"><${Outcome} outcome=${standing(run)} /> <span><${When} time=${run.started ?? run.due ?? run.finished} /></span> <${Length} run=${run} /> ${run.exit_code > 0 && html`<span>exit code ${run.exit_code}</span>`} <span class="quiet">${causeOf(run)}</span></p>
    </header>
  `;
}

const KINDS = { md: "As a page (Markdown)", json: "For programs (JSON)" };
const fileOf = (run) => `${run.job_id}-${run.run_id}`;

const Length = ({ run }) => {
  if (!run.started) return null;
  const begun = Date.parse(run.started);
  if (isOver(run)) return run.finished && html`<span>took ${took(Date.parse(run.finished) - begun)}</span>`;
  return html`<span>for <${Ticking} words=${() => took(Math.max(0, Math.floor((now.value - begun) / 1000)) * 1000)} /></span>`;
};

// Why it ended so, and the last thing it said.
function Reason({ run }) {
  const words = [run.reason, run.error].filter(Boolean);
  if (words.length === 0 || run.outcome === "succeeded") return null;
  return html`<div class="run-reason tone-${toneOf(standing(run))}">${words.map((one) => html`<p key=${one} class=${one === run.error ? "mono" : ""} dir="auto">${one}</p>`)}</div>`;
}

const TABS = { output: "Output", compare: "Compare with the last good run" };

function Printed({ run }) {
  const canCompare = isOver(run);
  const tab = canCompare && route.value.query.tab === "compare" ? "compare" : "output";
  const choose = (name) => adjust({ tab: name === "output" ? "" : name });
  const step = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    choose(tab === "output" ? "compare" : "output");
    event.currentTarget.querySelector("[aria-selected=false]").focus();
  };
  return html`
    <section class="card" aria-labelledby="printed">
      ${canCompare
        ? html`<div class="tabs" role="tablist" onKeyDown=${step}>
            ${Object.entries(TABS).map(([name, words]) => html`<button key=${name} id=${name === tab ? "printed" : undefined} type="button" role="tab" aria-selected=${name === tab ? "true" : "false"} aria-controls="printed-panel" tabindex=${name === tab ? 0 : -1} onClick=${() => choose(name)}>${words}</button>`)}
          </div>`
        : html`<header><h2 id="printed">Output</h2></header>`}
      <div key="panel" id="printed-panel" role=${canCompare ? "tabpanel" : undefined} aria-labelledby=${canCompare ? "printed" : undefined}>
        ${tab === "compare" ? html`<${LogDiff} run=${run} />` : html`<${Log} runId=${run.run_id} isLive=${!isOver(run)} name=${fileOf(run)} />`}
      </div>
    </section>
  `;
}

function Snapshot({ run }) {
  const [isOpen, open] = useState(false);
  return html`
    <details class="card" onToggle=${(event) => open(event.currentTarget.open)}>
      <summary><h2>The definition it ran with</h2></summary>
      ${isOpen && html`<pre class="run-json" tabindex="0" role="region" aria-label="Definition" dir="ltr">${JSON.stringify(run.definition_snapshot, null, 2)}</pre>`}
    </details>
  `;
}
