// The page as a whole: it begins a session, follows what happens, and shows what its address names.

import { computed, html, render, signal, useEffect, useErrorBoundary, useLayoutEffect, useState } from "./vendor/preact.js";
import { address, go, route } from "./lib/route.js";
import { begin, incidents, isAway, isLoaded, jobSignal, link, scheduler } from "./lib/store.js";
import { beginSession, endSession } from "./lib/session.js";
import { loadTheme } from "./lib/theme.js";
import { pauseAll, resumeAll } from "./lib/verbs.js";
import { Dialog } from "./parts/dialog.js";
import { Bell, Icon } from "./parts/icon.js";
import { complain, Toasts } from "./parts/toasts.js";
import { isTyping, Jobs } from "./pages/jobs.js";

// The first page comes with the first load; the others when somebody goes there.
const PAGES = {
  overview: ["Overview", () => import("./pages/overview.js")],
  jobs: ["Jobs", null],
  job: ["Job", () => import("./pages/job.js")],
  timeline: ["Timeline", () => import("./pages/timeline.js")],
  runs: ["Runs", () => import("./pages/runs.js")],
  run: ["Run", () => import("./pages/run.js")],
  new: ["New job", () => import("./pages/editor.js")],
  edit: ["Edit", () => import("./pages/editor.js")],
  settings: ["Settings", () => import("./pages/settings.js")],
};
const PLACES = ["overview", "jobs", "timeline", "runs", "settings"];
const KEYS = [
  ["j / k", "the next or the previous job"],
  ["Enter", "open it"],
  ["r", "run it now"],
  ["p", "pause or resume it"],
  ["e", "edit it"],
  ["x", "choose it, to act on many"],
  ["n", "a new job"],
  ["/", "filter"],
  ["g then o j t r s", "go to a page"],
  ["← / →, + / -, t", "in the timeline: another day, zoom, today"],
  ["n / shift+n", "in an output: the next match, the one before"],
  ["?", "these keys"],
];

const isHelpShown = signal(false);
const isKnown = signal(false); // there is a session: before that nobody asks Daybell anything
const page = computed(() => {
  const { page: name, id } = route.value;
  if (name === "jobs" && id) return "job";
  if (name === "runs" && id) return "run";
  return PAGES[name] ? name : "overview";
});
const shownId = computed(() => route.value.id);

function App() {
  const jobName = ["job", "edit"].includes(page.value) ? jobSignal(shownId.value).value?.name : "";
  useEffect(() => {
    document.title = page.value === "overview" ? "Daybell" : `${jobName || PAGES[page.value][0]} · Daybell`;
  }, [page.value, jobName]);
  if (link.value === "signed out") return html`<${Stranger} />`;
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the page</a>
    <${Side} />
    <main id="main" tabindex="-1">
      <${Banner} />
      ${isKnown.value && html`<${Shown} key=${`${page.value} ${shownId.value}`} name=${page.value} id=${shownId.value} />`}
    </main>
    <${Toasts} />
    ${isHelpShown.value && html`<${Help} />`}
  `;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

const Side = () => html`
  <nav class="side" aria-label="Pages">
    <a class="brand" href=${address("overview")}><${Bell} /><b>Daybell</b></a>
    <ul>
      ${PLACES.map((name) => html`<li key=${name}><a href=${address(name)} aria-current=${isUnder(name) ? "page" : undefined}><${Icon} name=${name} /><span>${PAGES[name][0]}</span>${name === "overview" && html`<${Count} />`}</a></li>`)}
    </ul>
    <div class="side-foot">
      <${Master} />
      <p class="link-state link-${link.value}" role="status"><span class="dot"></span>${LINKS[link.value]}</p>
    </div>
  </nav>
`;

const LINKS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting" };
const UNDER = { job: "jobs", new: "jobs", edit: "jobs", run: "runs" };
const isUnder = (name) => (UNDER[page.value] ?? page.value) === name;

const Count = () => incidents.value?.length > 0 && html`<span class="count tone-bad" aria-label=${`, ${incidents.value.length} failing`}>${incidents.value.length}</span>`;

// Everything at once.
function Master() {
  if (!scheduler.value) return null;
  return scheduler.value.state === "paused"
    ? html`<button type="button" onClick=${resumeAll}><${Icon} name="resume" />Resume all</button>`
    : html`<button type="button" onClick=${pauseAll}><${Icon} name="pause" />Pause all</button>`;
}

function Banner() {
  if (link.value === "reconnecting" && isLoaded.value)
    return html`<p class="banner" role="status"><${Icon} name="unlink" />Daybell does not answer; what you see may be old. If it was started anew, open the dashboard from its menu or with <code>daybell open</code>.</p>`;
  if (link.value === "reconnecting") return html`<p class="banner" role="status"><${Icon} name="unlink" />Daybell does not answer. Trying again …</p>`;
  if (scheduler.value?.state === "paused") return html`<p class="banner tone-late" role="status"><${Icon} name="pause" />All jobs are paused: nothing is due until you resume them. <button type="button" onClick=${resumeAll}>Resume all</button></p>`;
  if (isAway.value && page.value !== "overview") return html`<p class="banner" role="status"><${Icon} name="moon" />Something happened while you were away. <a href=${address("overview")}>See what</a></p>`;
  return null;
}

// A page that fails says so; the others go on.
function Shown({ name, id }) {
  useLayoutEffect(arrive, []);
  const [Page, setPage] = useState(() => (name === "jobs" ? Jobs : null));
  const [failure, forget] = useErrorBoundary((error) => complain(error.message));
  const [missing, setMissing] = useState(null);
  useEffect(() => {
    let isWanted = true;
    if (!Page)
      PAGES[name][1]().then(
        (module) => isWanted && setPage(() => module.default),
        (error) => isWanted && setMissing(error),
      );
    return () => {
      isWanted = false;
    };
  }, []);
  if (failure || missing)
    return html`<p class="lone" role="alert">This page could not be shown: ${(failure ?? missing).message}. <button type="button" onClick=${() => (failure ? forget() : location.reload())}>Try again</button></p>`;
  return Page ? html`<${Page} id=${id} isNew=${name === "new"} />` : html`<p class="lone" role="status">Loading …</p>`;
}

// A page that somebody has come to begins at its top, and whoever steps back is where the browser thinks.
function arrive() {
  if (history.state?.isSeen) return;
  scrollTo(0, 0);
  history.replaceState({ isSeen: true }, "");
  // The link that led here is gone with its page, and the focus with it.
  if (hasArrived && document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
  hasArrived = true;
}

let hasArrived = false;

const Help = () => html`
  <${Dialog} title="Keys" close=${() => (isHelpShown.value = false)}>
    <dl class="keys">
      ${KEYS.map(([key, words]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}
    </dl>
  <//>
`;

const Stranger = () => html`
  <main class="stranger">
    <${Bell} />
    <h1>Daybell does not know this window</h1>
    <p>Choose <b>Open dashboard</b> in Daybell's menu, or run <code>daybell open</code>.</p>
  </main>
`;

let isGoing = false; // g was pressed, and a letter may follow

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.repeat) return; // held down, it is one wish still
  const place = isGoing && PLACES.find((name) => name[0] === event.key);
  isGoing = event.key === "g";
  const acts = {
    "?": () => (isHelpShown.value = true),
    n: () => go("new"),
    "/": () => (document.getElementById("filter") ?? document.querySelector("main input[type=search]"))?.focus(),
  };
  const act = place ? () => go(place) : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

async function start() {
  isKnown.value = await beginSession();
  link.value = isKnown.value ? "connecting" : "signed out";
  if (isKnown.value) {
    loadTheme().catch(() => {}); // it looks as the desktop does until Daybell answers
    await begin();
  }
  if (link.value === "signed out") endSession();
}

document.addEventListener("keydown", pressed);
// A second `daybell open` may lead to a window that shows this page already.
addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("code")) location.reload();
});
render(html`<${App} />`, document.getElementById("app"));
start();
