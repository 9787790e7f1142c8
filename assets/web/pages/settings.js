// What holds for all jobs, how Daybell is doing, and where its files lie.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { get, put, Refused } from "../lib/api.js";
import { guardLeaving } from "../lib/route.js";
import { SECTIONS, changesOf, merged, wordsOf } from "../lib/settings.js";
import { applyTheme } from "../lib/theme.js";
import { AtLogin } from "../parts/at_login.js";
import { Field } from "../parts/field.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useAnswer } from "../parts/loaded.js";
import { say } from "../parts/toasts.js";
import { Relative } from "../parts/time.js";

export default function SettingsPage() {
  const answer = useAnswer(() => get("/settings"), []);
  return html`
    <header class="head"><h1>Settings</h1></header>
    <${Loaded} answer=${answer}>${(found) => (found.settings ? html`<${Form} key=${found.etag} found=${found} reload=${answer.reload} />` : html`<${Broken} found=${found} reload=${answer.reload} />`)}<//>
    <div class="cards">
      <${AtLogin} />
      <${Doctor} />
      <${About} />
    </div>
  `;
}

// A file that is not valid is mended by whoever wrote it: a form over it would guess.
const Broken = ({ found, reload }) => html`
  <${Whole} problems=${found.problems} />
  <p>settings.json is not valid; what held when Daybell started goes on to hold. Mend it, and <button type="button" onClick=${reload}>look again</button></p>
`;

function Form({ found, reload }) {
  const [words, setWords] = useState(() => wordsOf(found.settings));
  const [problems, setProblems] = useState(found.problems);
  const changes = changesOf(found.settings, words);
  const isChanged = Object.keys(changes).length > 0;

  const isBusy = useRef(false);
  useGuard(isChanged);

  const save = async (event) => {
    event.preventDefault();
    if (isBusy.current) return; // it would not know what the first one has changed
    isBusy.current = true;
    try {
      const now = await put("/settings", merged(found.definition, changes), found.etag);
      applyTheme(now.settings.dashboard.theme);
      say(now.restart_needed ? `Saved. From the next start on: ${now.waiting.join(", ")}.` : "Saved.");
      await reload();
    } catch (error) {
      const isChangedBelow = error instanceof Refused && error.status === 412;
      setProblems(isChangedBelow ? [{ field: "", message: "settings.json was changed meanwhile. Reload the page to see it; what you wrote here is not saved." }] : error.problems?.length ? error.problems : [{ field: "", message: error.message }]);
    }
    isBusy.current = false;
  };
  return html`
    <form class="settings" onSubmit=${save}>
      ${found.restart_needed && html`<p class="banner" role="status"><${Icon} name="clock" />From the next start on: ${found.waiting.join(", ")}.</p>`}
      <${Whole} problems=${problems.filter(({ field }) => !known.has(field))} />
      <div class="cards">
        ${SECTIONS.map(
          ({ title, fields }) => html`
            <fieldset key=${title} class="card">
              <legend><h2>${title}</h2></legend>
              ${fields.map(
                (field) => html`<${Field} key=${field.path} field=${field} value=${words[field.path]} problem=${problems.find((one) => one.field === field.path)?.message} change=${(value) => setWords({ ...words, [field.path]: value })} />`,
              )}
            </fieldset>
          `,
        )}
      </div>
      <p class="save ${isChanged ? "is-changed" : ""}">
        <button type="submit" class="main" disabled=${!isChanged}><${Icon} name="check" />Save</button>
        ${isChanged && html`<button type="button" onClick=${() => setWords(wordsOf(found.settings))}>Undo</button>`}
        <span class="quiet">${isChanged ? "Not saved yet." : "All of it stands in settings.json."}</span>
      </p>
    </form>
  `;
}

function useGuard(isChanged) {
  const now = useRef(isChanged);
  now.current = isChanged;
  useEffect(() => guardLeaving(() => (now.current ? "Leave without saving your changes?" : "")), []);
}

const known = new Set(SECTIONS.flatMap(({ fields }) => fields.map(({ path }) => path)));

// What is wrong, and is beside no field of this page.
const Whole = ({ problems }) =>
  problems.length > 0 &&
  html`<ul class="problems" role="alert">${problems.map(({ field, message }) => html`<li key=${field + message}><${Icon} name="failed" /><span>${field && html`<code>${field}</code>: `}${message}</span></li>`)}</ul>`;

const LEVELS = { ok: ["good", "check", "Good"], hint: ["none", "help", "Hint"], warning: ["late", "failed", "Warning"], error: ["bad", "failed", "Wrong"] };

function Doctor() {
  const [turn, setTurn] = useState(0);
  return html`
    <section class="card" aria-labelledby="doctor">
      <header><h2 id="doctor">Check-up</h2><button type="button" onClick=${() => setTurn(turn + 1)}><${Icon} name="check" />${turn ? "Check again" : "Check now"}</button></header>
      ${turn === 0 ? html`<p class="quiet">Looks at permissions, disk, clock, desktop and search path, as <code>daybell doctor</code> does.</p>` : html`<${Findings} key=${turn} />`}
    </section>
  `;
}

function Findings() {
  const answer = useAnswer(() => get("/doctor"), []);
  return html`
    <${Loaded} answer=${answer}>
      ${({ findings }) => html`
        <ul class="rows">
          ${findings.map(({ check, level, message, remedy }) => {
            const [tone, icon, word] = LEVELS[level] ?? LEVELS.hint;
            return html`
              <li key=${check + message}>
                <span class="badge tone-${tone}"><${Icon} name=${icon} />${word}</span> <b>${check}</b>
                <span class="line">${message}${remedy && html`<br /><span class="quiet">${remedy}</span>`}</span>
              </li>
            `;
          })}
        </ul>
      `}
    <//>
  `;
}

function About() {
  const answer = useAnswer(() => get("/about"), []);
  return html`
    <section class="card" aria-labelledby="about">
      <header><h2 id="about">About</h2></header>
      <${Loaded} answer=${answer}>
        ${(about) => html`
          <dl class="facts">
            <dt>Version</dt><dd>${about.version}, Python ${about.python}</dd>
            <dt>Running</dt><dd>process ${about.pid}, started <${Relative} time=${about.started} /></dd>
            <dt>Time zone</dt><dd>${about.zone}</dd>
            ${Object.entries(about.paths).map(([name, path]) => html`<dt key=${name}>${name[0].toUpperCase()}${name.slice(1)}</dt><dd class="mono">${path}</dd>`)}
          </dl>
        `}
      <//>
    </section>
  `;
}
