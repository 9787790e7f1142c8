// What ran on a day or in a week, what did not, and what will: a lane for each job, or a table.

import { computed, html, signal, useEffect, useLayoutEffect, useMemo, useRef } from "../vendor/preact.js";
import { get } from "../lib/api.js";
import { hands, isoDate, now } from "../lib/clock.js";
import { paced } from "../lib/paced.js";
import { adjust, route } from "../lib/route.js";
import { ids, isLoaded, jobSignal, link, scheduler } from "../lib/store.js";
import { concerns, lanesOf, toldBy } from "../lib/timeline_lanes.js";
import { addDays, scaleOf, stretch, stretchWords } from "../lib/timeline_scale.js";
import { FirstJob } from "../parts/first_job.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useAnswer, useEvents } from "../parts/loaded.js";
import { Chart } from "../parts/timeline_chart.js";
import { Rows } from "../parts/timeline_table.js";
import { Legend, Words } from "../parts/timeline_words.js";
import { isTyping } from "./jobs.js";

const ZOOMS = [1, 2, 4, 8];
const PACE = 2_000; // milliseconds: a job that runs each second is no reason to ask each second
const NET = 30_000;

const asked = computed(() => route.value.query);
const told = signal(""); // the last time that Daybell told, which has its zone's offset
const today = computed(() => isoDate(hands(now.value, told.value || (scheduler.value?.started ?? ""))));
const isDate = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
const day = computed(() => (isDate(asked.value.day ?? "") ? asked.value.day : today.value));
const span = computed(() => (asked.value.span === "week" ? "week" : "day"));
const zoom = computed(() => (ZOOMS.includes(Number(asked.value.zoom)) ? Number(asked.value.zoom) : 1));
const isTable = computed(() => asked.value.view === "table");
const text = computed(() => (asked.value.filter ?? "").toLowerCase());
const job = computed(() => asked.value.job ?? "");

const DAYS_OF = { day: 1, week: 7 };
const turn = (way) => adjust({ day: addDays(day.value, way * DAYS_OF[span.value]), page: "" });
const goToday = () => adjust({ day: "", page: "" });
const enlarge = (way) => adjust({ zoom: ZOOMS[Math.min(Math.max(ZOOMS.indexOf(zoom.value) + way, 0), ZOOMS.length - 1)] });

export default function Timeline() {
  useLayoutEffect(listenToKeys, []);
  return isLoaded.value ? html`<${Stretch} />` : html`<p class="lone" role="status">Loading …</p>`;
}

function Stretch() {
  const { from, to } = stretch(day.value, span.value);
  const answer = useLine(from, to, job.value);
  const shown = answer.value ?? answer.before;
  return html`
    <header class="head"><h1>Timeline</h1><${Search} /></header>
    <${Bar} words=${stretchWords({ from, to })} />
    ${ids.value.length === 0 && !shown?.runs.length
      ? html`<${FirstJob} />`
      : html`<div class="timeline ${answer.value ? "" : "is-stale"}" aria-busy=${answer.value ? undefined : "true"}>
          <${Loaded} answer=${{ ...answer, value: shown }}>${(line) => html`<${Line} line=${line} label=${stretchWords({ from, to })} />`}<//>
        </div>`}
  `;
}

// The answer, asked anew when something happens in it; `before` is the one that was shown until now.
function useLine(from, to, id) {
  const before = useRef(undefined);
  const keys = [from, to, id];
  const answer = useAnswer(async () => {
    const line = await get("/timeline", { from, to, ...(id ? { job: id } : {}) });
    told.value = line.now;
    return line;
  }, keys);
  const { again, stop } = useMemo(() => paced(answer.reload, PACE), keys);
  useEffect(() => stop, keys);
  const { value } = answer;
  const isOf = (name, members) => (!id || !members.run || members.run.job_id === id) && (!value || concerns(Date.parse(value.since), Date.parse(value.until), now.peek(), name, members));
  useEvents(isOf, again, [...keys, value === undefined]);
  useNet(again, keys);
  if (value) before.current = value;
  return { ...answer, before: answer.error ? undefined : before.current };
}

// Nothing is stale for long, even should an event be lost or the link have been.
function useNet(again, keys) {
  const was = useRef(link.value);
  useEffect(() => {
    if (was.current !== link.value && link.value === "live") again();
    was.current = link.value;
  }, [link.value]);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && link.value === "live" && again(), NET);
    return () => clearInterval(timer);
  }, keys);
}

function Line({ line, label }) {
  const lanes = useMemo(() => lanesOf(line), [line]);
  const scale = useMemo(() => scaleOf(line.since, line.until, toldBy(line)), [line]);
  const isByName = asked.value.order === "name";
  const order = useMemo(() => computed(() => sorted(lanes, text.value, isByName).join("\n")), [lanes, isByName]).value;
  const found = order ? order.split("\n") : [];
  if (lanes.size === 0 && !line.absences?.length) return html`<p class="lone">${Date.parse(line.until) < now.peek() ? "Nothing ran here." : "Nothing ran here, and nothing will."}</p>`;
  if (lanes.size > 0 && found.length === 0) return html`<p class="lone">No job matches. <button type="button" onClick=${() => adjust({ filter: "" })}>Show all</button></p>`;
  if (isTable.value) return html`<${Words} line=${line} scale=${scale} /><${Rows} line=${line} scale=${scale} order=${found} label=${label} />`;
  return html`
    <${Words} line=${line} scale=${scale} />
    <${Chart} line=${line} scale=${scale} lanes=${lanes} order=${found} zoom=${zoom.value} label=${`${label}, ${found.length === 1 ? "1 job" : `${found.length} jobs`}`} />
    <${Legend} />
  `;
}

function sorted(lanes, wanted, isByName) {
  const rank = (id) => (isByName || !lanes.get(id).hasFailed ? 1 : 0);
  const names = new Map([...lanes.keys()].map((id) => [id, jobSignal(id).value]));
  const name = (id) => names.get(id)?.name ?? id;
  return [...lanes.keys()]
    .filter((id) => !wanted || `${name(id)}\n${id}\n${(names.get(id)?.tags ?? []).join(" ")}`.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one) - rank(other) || name(one).localeCompare(name(other)));
}

function Search() {
  const names = ids.value.map((id) => [id, jobSignal(id).peek()?.name ?? id]).sort(([, one], [, other]) => one.localeCompare(other));
  return html`
    <search class="filter timeline-search">
      <label><${Icon} name="search" /><input id="filter" type="search" placeholder="Filter" aria-label="Filter jobs" title="Filter (/)" value=${asked.value.filter ?? ""} onInput=${(event) => adjust({ filter: event.target.value, page: "" })} /></label>
      <select aria-label="Job" value=${job.value} onChange=${(event) => adjust({ job: event.target.value, page: "" })}>
        <option value="">All jobs</option>
        ${names.map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}
      </select>
      <select aria-label="Order" value=${asked.value.order ?? ""} onChange=${(event) => adjust({ order: event.target.value })}>
        <option value="">Failed first</option>
        <option value="name">By name</option>
      </select>
    </search>
  `;
}

const Choice = ({ label, of }) => html`
  <span class="choice" role="group" aria-label=${label}>
    ${of.map(([word, isOn, query]) => html`<button key=${word} type="button" aria-pressed=${String(isOn)} onClick=${() => adjust(query)}>${word}</button>`)}
  </span>
`;

function Bar({ words }) {
  const isDay = span.value === "day";
  return html`
    <div class="timeline-bar">
      <span class="choice">
        <button type="button" aria-label=${isDay ? "The day before" : "The week before"} title="Back (←)" onClick=${() => turn(-1)}><${Icon} name="left" /></button>
        <button type="button" title="Today (t)" onClick=${goToday}>Today</button>
        <button type="button" aria-label=${isDay ? "The day after" : "The week after"} title="On (→)" onClick=${() => turn(1)}><${Icon} name="right" /></button>
      </span>
      <h2 aria-live="polite">${words}</h2>
      <input type="date" aria-label="Go to a day" value=${day.value} onChange=${(event) => isDate(event.target.value) && adjust({ day: event.target.value, page: "" })} />
      <${Choice} label="How long" of=${[["Day", isDay, { span: "", page: "" }], ["Week", !isDay, { span: "week", page: "" }]]} />
      ${!isTable.value &&
      html`<span class="choice" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom out" title="Zoom out (-)" disabled=${zoom.value === ZOOMS[0]} onClick=${() => enlarge(-1)}><${Icon} name="dash" /></button>
        <output aria-label="Zoom">${zoom.value}×</output>
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" disabled=${zoom.value === ZOOMS.at(-1)} onClick=${() => enlarge(1)}><${Icon} name="plus" /></button>
      </span>`}
      <${Choice} label="View" of=${[["Lanes", !isTable.value, { view: "" }], ["Table", isTable.value, { view: "table", page: "" }]]} />
    </div>
  `;
}

function listenToKeys() {
  const acts = { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), "+": () => enlarge(1), "=": () => enlarge(1), "-": () => enlarge(-1), t: goToday };
  const pressed = (event) => {
    const isElsewhere = isTyping(event.target) || event.target.closest?.(".scroll");
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isElsewhere || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
