// What needs you, what runs, what comes, and how did the last month go?

import { computed, html, useEffect } from "../vendor/preact.js";
import { get, post, remove } from "../lib/api.js";
import { now, took } from "../lib/clock.js";
import { address } from "../lib/route.js";
import { ids, incidents, isAway, isLoaded, jobSignal, machine, openRuns, problems, scheduler } from "../lib/store.js";
import { cancelRun, runJob } from "../lib/verbs.js";
import { FirstJob } from "../parts/first_job.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useAnswer, useEvents } from "../parts/loaded.js";
import { Outcome, standing } from "../parts/outcome.js";
import { Days, Hours } from "../parts/month.js";
import { At, Relative, Ticking, When } from "../parts/time.js";
import { attempt } from "../parts/toasts.js";
import { Problems } from "./jobs.js";

const SOON = 8;
const MOST_RUNS = 12;
const MONTH = 300_000; // milliseconds until the last month is counted anew

const coming = computed(() =>
  ids.value
    .map((id) => jobSignal(id).value)
    .filter((job) => job?.next_run && !job.is_paused)
    .sort((one, other) => Date.parse(one.next_run) - Date.parse(other.next_run))
    .slice(0, SOON),
);

export default function Overview() {
  if (!isLoaded.value) return html`<p class="lone" role="status">Loading …</p>`;
  if (ids.value.length === 0) return html`<${FirstJob} />`;
  return html`
    <header class="head"><h1>${greeting()}</h1><${Surroundings} /></header>
    <${Problems} />
    ${isAway.value && html`<${Away} />`}
    <${Failing} />
    <div class="cards">
      <${Now} />
      <${Next} />
    </div>
    <${Month} />
  `;
}

function greeting() {
  const failing = incidents.value?.length;
  if (failing) return failing === 1 ? "One job fails" : `${failing} jobs fail`;
  if (problems.value.length > 0) return "Some files are not valid";
  if (incidents.value === null) return "Overview";
  return scheduler.value.state === "paused" ? "All jobs are paused" : "All is well";
}

// What the machine's surroundings are, as far as some job asks for them.
function Surroundings() {
  const { on_mains, battery, wifi, is_online, is_metered } = machine.value;
  const facts = [
    on_mains === true && "on mains power",
    on_mains === false && "on battery",
    battery !== null && battery !== undefined && `${battery} %`,
    wifi && `Wi-Fi “${wifi}”`,
    is_online === false && "offline",
    is_metered && "metered network",
    scheduler.value.keeping_awake.length > 0 && "kept awake",
  ].filter(Boolean);
  return facts.length > 0 && html`<p class="quiet" dir="auto">${facts.join(" · ")}</p>`;
}

const Failing = () =>
  incidents.value?.length > 0 &&
  html`
    <section class="card is-bad" aria-labelledby="failing">
      <header><h2 id="failing">Failing</h2></header>
      <ul class="rows">
        ${incidents.value.map(
          (one) => html`
            <li key=${one.job_id}>
              <a class="job-link" href=${address("jobs", one.job_id)} dir="auto">${one.name}</a>
              <span class="quiet">${one.count === 1 ? "once" : `${one.count} times`} since <${At} time=${one.since} /></span>
              <span class="acts push">
                <a class="button" href=${address("runs", one.run_id)}><${Icon} name="log" />Look</a>
                <button type="button" aria-label=${`Run again: ${one.name}`} onClick=${() => runJob(one.job_id)}><${Icon} name="run" />Run again</button>
              </span>
              <span class="line mono" dir="auto">${one.error}</span>
            </li>
          `,
        )}
      </ul>
    </section>
  `;

function Away() {
  const answer = useAnswer(() => get("/away"), []);
  useEvents((name) => name.startsWith("run_") || name.startsWith("absence"), answer.reload, []);
  const act = (how, body) => () => attempt(() => post(`/away/${how}`, body).then(answer.reload));
  const dismiss = () => attempt(() => remove("/away").then(answer.reload));
  return html`
    <${Loaded} answer=${answer}>
      ${({ away }) =>
        away &&
        html`
          <section class="card is-away" aria-labelledby="away">
            <header>
              <h2 id="away"><${Icon} name="moon" />While you were away</h2>
              <span class="acts">
                ${away.runs.some((one) => one.can_run) && html`<button type="button" onClick=${act("run")}><${Icon} name="run" />Run all</button>`}
                ${away.runs.some((one) => one.can_skip) && html`<button type="button" onClick=${act("skip")}>Skip all</button>`}
                <button type="button" onClick=${dismiss}>Dismiss</button>
              </span>
            </header>
            <p>${away.headline}</p>
            <ul class="rows">
              ${away.runs.map((one) => html`<${AwayRun} key=${one.run_id} one=${one} act=${act} />`)}
            </ul>
            ${away.left_out > 0 && html`<p class="quiet">and ${away.left_out} more</p>`}
          </section>
        `}
    <//>
  `;
}

const AwayRun = ({ one, act }) => html`
  <li>
    <a class="job-link" href=${address("runs", one.again ?? one.run_id)} dir="auto">${one.name}</a>
    <span class="quiet">${one.due ? html`due <${At} time=${one.due} />${one.count !== 1 && `, ${one.count ?? "many"} times`}` : "by hand"}${one.reason && `: ${one.reason}`}</span>
    <span class="acts push">
      ${one.state && html`<${Outcome} outcome=${one.state === "waiting" ? "queued" : one.state} />`}
      ${one.can_run && html`<button type="button" aria-label=${`Run: ${one.name}`} onClick=${act("run", { job: one.job_id })}>Run</button>`}
      ${one.can_skip && html`<button type="button" aria-label=${`Skip: ${one.name}`} onClick=${act("skip", { job: one.job_id })}>Skip</button>`}
    </span>
  </li>
`;

const Now = () => html`
  <section class="card" aria-labelledby="now">
    <header><h2 id="now">Now</h2></header>
    ${openRuns.value.length === 0
      ? html`<p class="quiet">Nothing runs.</p>`
      : html`<ul class="rows">
          ${openRuns.value.slice(0, MOST_RUNS).map((run) => html`<${OpenRun} key=${run.run_id} run=${run} />`)}
        </ul>`}
    ${openRuns.value.length > MOST_RUNS && html`<p class="quiet"><a href=${address("runs")}>and ${openRuns.value.length - MOST_RUNS} more</a></p>`}
  </section>
`;

function OpenRun({ run }) {
  const job = jobSignal(run.job_id).value;
  const name = job?.name ?? run.job_id;
  return html`
    <li>
      <a class="job-link" href=${address("runs", run.run_id)} dir="auto">${name}</a>
      <${Outcome} outcome=${standing(run)} />
      <span class="quiet">
        ${run.started ? html`<${Ticking} words=${() => took(Math.max(0, now.value - Date.parse(run.started)))} />` : job?.waiting_for && `for ${job.waiting_for}`}
      </span>
      <button type="button" class="push" aria-label=${`End: ${name}`} onClick=${() => cancelRun(run.run_id)}><${Icon} name="stop" />End</button>
    </li>
  `;
}

const Next = () => html`
  <section class="card" aria-labelledby="next">
    <header><h2 id="next">Next</h2></header>
    ${coming.value.length === 0
      ? html`<p class="quiet">Nothing is due.</p>`
      : html`<ul class="rows">
          ${coming.value.map((job) => html`<li key=${job.id}><a class="job-link" href=${address("jobs", job.id)} dir="auto">${job.name}</a><span class="push"><${When} time=${job.next_run} /></span></li>`)}
        </ul>`}
  </section>
`;

// Never rounded up: 100 % are all of them.
const percentOf = (rate) => `${rate < 1 ? (Math.floor(rate * 1000 + 1e-9) / 10).toFixed(1) : 100} %`;

function Month() {
  const answer = useAnswer(() => get("/stats", { days: 30 }), []);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || answer.reload(), MONTH);
    return () => clearInterval(timer);
  }, []);
  return html`
    <${Loaded} answer=${answer}>
      ${({ whole, daily, hours, since, is_complete }) => html`
        <section class="card" aria-labelledby="month">
          <header><h2 id="month">The last 30 days</h2>${!is_complete && html`<span class="quiet">looked at since <${Relative} time=${since} /></span>`}</header>
          <dl class="figures">
            <div><dt>Success rate</dt><dd>${whole.success_rate === null ? "–" : percentOf(whole.success_rate)}</dd></div>
            <div><dt>Runs</dt><dd>${whole.runs.toLocaleString("en")}</dd></div>
            <div><dt>Half take at most</dt><dd>${took(whole.duration_p50_ms)}</dd></div>
            <div><dt>Nearly all at most</dt><dd>${took(whole.duration_p95_ms)}</dd></div>
          </dl>
          <div class="plots">
            ${daily && html`<figure><figcaption>Runs by day</figcaption><${Days} days=${daily} /></figure>`}
            ${hours && html`<figure><figcaption>Busiest hours</figcaption><${Hours} hours=${hours} /></figure>`}
          </div>
        </section>
      `}
    <//>
  `;
}
