// A job's definition, edited: as a form or as JSON, with what it means beside it, and tried out under it.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { ofJob, post } from "../lib/api.js";
import { idProblem, suggestId } from "../lib/definition.js";
import { makeDraft } from "../lib/draft.js";
import { ABOUT, SECTIONS } from "../lib/job_fields.js";
import { address, adjust, go, guardLeaving, route } from "../lib/route.js";
import { load, look, save } from "../lib/saving.js";
import { ids, isLoaded, reload } from "../lib/store.js";
import { EMPTY } from "../lib/templates.js";
import { Conflict } from "../parts/conflict.js";
import { Icon } from "../parts/icon.js";
import { idOf, textOf } from "../parts/job_field.js";
import { IdField, JobForm } from "../parts/job_form.js";
import { JsonTab, showPlace } from "../parts/json_tab.js";
import { Loaded, useAnswer, useEvents } from "../parts/loaded.js";
import { inShort, PreviewPane, usePreview } from "../parts/preview.js";
import { TemplateCards, templates } from "../parts/template_cards.js";
import { TestRun } from "../parts/test_run.js";
import { attempt, say } from "../parts/toasts.js";

export default function EditorPage({ id, isNew }) {
  const { from = "", template = "" } = route.value.query;
  if (!isLoaded.value) return html`<p class="lone" role="status">Loading …</p>`;
  if (!isNew) return html`<${Known} key=${id} id=${id} of=${Existing} />`;
  if (from) return html`<${Known} key=${from} id=${from} of=${Copy} />`;
  const found = templates.find(({ name }) => name === template);
  if (!found && template !== "empty") return html`<${TemplateCards} />`;
  const definition = found?.definition ?? EMPTY;
  return html`<${Editor} key=${template} start=${{ id: found ? suggestId(definition.name, ids.value) : "", definition, isPatient: !found }} />`;
}

// It may have come just now. It may go while it is edited; then that is told where it is saved.
function Known({ id, of: Page }) {
  const isKnown = useRef(false);
  isKnown.current ||= ids.value.includes(id);
  const [isSure, beSure] = useState(isKnown.current);
  useEffect(() => {
    if (!isSure) reload().catch(() => {}).then(() => beSure(true));
  }, []);
  if (isKnown.current) return html`<${Page} id=${id} />`;
  if (!isSure) return html`<p class="lone" role="status">Loading …</p>`;
  return html`<section class="lone"><h1>No such job</h1><p>There is no job <code dir="auto">${id}</code>. <a href=${address("jobs")}>All jobs</a></p></section>`;
}

function Existing({ id }) {
  const answer = useAnswer(() => load(id), [id]);
  return html`<${Loaded} answer=${answer}>${(start) => html`<${Editor} key=${id} start=${start} />`}<//>`;
}

// Another one like it.
function Copy({ id }) {
  const answer = useAnswer(() => load(id), [id]);
  return html`
    <${Loaded} answer=${answer}>
      ${({ definition }) => {
        const name = `${definition.name || id} (copy)`;
        return html`<${Editor} start=${{ id: suggestId(`${id} copy`, ids.value), definition: { ...definition, name } }} />`;
      }}
    <//>
  `;
}

function Editor({ start }) {
  const [draft] = useState(() => makeDraft(start));
  const { definition, id, isNew } = draft;
  const [isAsked, setJson] = useState(false);
  const isJson = isAsked || draft.unfit.value !== "";
  const preview = usePreview(definition.value, isNew && idProblem(id.value, ids.value) ? "" : id.value, (problems) => (draft.problems.value = problems));
  useGuard(draft);
  useEvents((name, members) => !isNew && !draft.isBusy.peek() && (name === "changed" || members.job_id === id.value), () => draft.isBusy.peek() || look(draft).catch(() => {}), []);

  const goTo = (place) => {
    setJson(false);
    draft.isStrict.value = true;
    requestAnimationFrame(() => showField(place));
  };
  const choose = (json) => (draft.broken.value ? showPlace(draft.broken.value.at) : setJson(json));
  const keep = async () => {
    if (draft.broken.value) return showPlace(draft.broken.value.at);
    draft.isStrict.value = true;
    if (isNew && idProblem(id.value, ids.value)) return showField("id");
    if (await save(draft)) return true;
    requestAnimationFrame(() => document.querySelector(draft.conflict.peek() ? ".editor .conflict" : ".editor [aria-invalid=true]")?.focus());
  };
  const alone = (act) => async () => {
    if (draft.isBusy.value) return;
    draft.isBusy.value = true;
    await attempt(act);
    draft.isBusy.value = false;
  };
  const done = () => {
    say(`Saved ${textOf(definition.value.name) || id.value}.`);
    go("jobs", id.value);
  };
  const saveIt = alone(async () => (await keep()) && done());
  const testIt = alone(async () => {
    if ((isNew || draft.isDirty.value) && !(await keep())) return;
    const run = (await attempt(() => post(ofJob(id.value, "/run"))))?.run_id;
    if (isNew) location.replace(address("edit", id.value, { run }));
    else adjust({ run });
  });
  useKeys({ s: saveIt, Enter: testIt });

  const { run = "" } = route.value.query;
  return html`
    <div class="editor">
      <header class="head">
        <h1><span dir="auto">${isNew ? "New job" : textOf(definition.value.name) || id.value}</span></h1>
        <${Tabs} isJson=${isJson} choose=${choose} isFormless=${draft.unfit.value !== ""} />
      </header>
      <div class="editor-main" id="editor-panel" role="tabpanel" aria-labelledby=${isJson ? "tab-json" : "tab-form"}>
        ${start.isLost && html`<p class="banner"><${Icon} name="failed" />Its file holds no JSON object, so nothing of it can be shown. What you save replaces it.</p>`}
        ${draft.conflict.value && html`<${Conflict} draft=${draft} saved=${done} />`}
        ${isJson ? html`${isNew && html`<section class="card"><${IdField} draft=${draft} /></section>`}<${JsonTab} draft=${draft} />` : html`<${Others} draft=${draft} /><${JobForm} draft=${draft} />`}
        ${run && !isNew && html`<${TestRun} key=${run} runId=${run} close=${() => adjust({ run: undefined })} />`}
        <${Acts} draft=${draft} meaning=${draft.broken.value ? "" : inShort(preview)} saveIt=${saveIt} testIt=${testIt} />
      </div>
      <${PreviewPane} draft=${draft} preview=${preview} titleOf=${titleOf} goTo=${goTo} />
    </div>
  `;
}

const Tabs = ({ isJson, choose, isFormless }) => {
  const pressed = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    choose(!isJson);
    document.getElementById(isJson ? "tab-form" : "tab-json").focus();
  };
  return html`
    <div class="segments" role="tablist" aria-label="Edit as" onKeyDown=${pressed}>
      <button type="button" role="tab" id="tab-form" aria-selected=${!isJson} aria-controls="editor-panel" tabindex=${isJson ? -1 : 0} disabled=${isFormless} title=${isFormless ? "The form cannot show this definition" : undefined} onClick=${() => choose(false)}>Form</button>
      <button type="button" role="tab" id="tab-json" aria-selected=${isJson} aria-controls="editor-panel" tabindex=${isJson ? 0 : -1} onClick=${() => choose(true)}>JSON</button>
    </div>
  `;
};

// Problems that no field of the form can show.
function Others({ draft }) {
  const others = draft.found.value[""] ?? [];
  if (others.length === 0) return null;
  return html`<ul class="problems" aria-label="Problems">${others.map((message) => html`<li key=${message}><${Icon} name="failed" /><span>${message}</span></li>`)}</ul>`;
}

function standing({ isNew, isDirty, conflict }) {
  if (conflict.value) return "The file was changed underneath";
  if (isNew) return "Not saved yet";
  return isDirty.value ? "Changes are not saved" : "Saved";
}

function Acts({ draft, meaning, saveIt, testIt }) {
  const { isNew, isDirty, id } = draft;
  const isBusy = draft.isBusy.value;
  const isChanged = isNew || isDirty.value;
  return html`
    <div class="editor-acts" role="toolbar" aria-label="What to do with it">
      <span class="acts-state"><span class="quiet" role="status">${standing(draft)}</span><span class="acts-meaning" aria-hidden="true">${meaning}</span></span>
      <a class="button" href=${isNew ? address("jobs") : address("jobs", id.value)}>${isChanged ? "Cancel" : "Back"}</a>
      <button type="button" disabled=${isBusy} title="Ctrl+Enter" onClick=${testIt}><${Icon} name="run" />${isChanged ? "Save and test" : "Test run"}</button>
      <button type="button" class="main" disabled=${isBusy} title="Ctrl+S" onClick=${saveIt}><${Icon} name="check" />Save</button>
    </div>
  `;
}

const LABELS = new Map([...ABOUT, ...SECTIONS.flatMap(({ fields }) => fields)].map(({ path, label }) => [path, label]));
const PARTS = { expression: "Cron expression", timezone: "Time zone", every: "Every", anchor: "Counted from", at: "At", job: "After which job", on: "After a job" };

function titleOf(place) {
  const [, number, part] = /^triggers\[(\d+)\](?:\.(\w+))?$/.exec(place) ?? [];
  if (number !== undefined) return `Trigger ${Number(number) + 1}${part ? `: ${PARTS[part] ?? part}` : ""}`;
  if (place.startsWith("handler.argv")) return "Command";
  if (place.startsWith("handler.env.")) return `Environment: ${place.slice(12)}`;
  return { "handler.cwd": "Working directory", "handler.env": "Environment" }[place] ?? LABELS.get(place) ?? place;
}

// In a folded section as well.
function showField(place) {
  const folded = [...document.querySelectorAll(".editor [data-places]")].find((one) => one.dataset.places.split(" ").includes(place));
  if (folded) folded.open = true;
  const find = () => document.getElementById(idOf(place)) ?? document.getElementById(idOf(`${place}[0]`)) ?? document.querySelector(".editor [aria-invalid=true]");
  requestAnimationFrame(() => requestAnimationFrame(() => find()?.focus()));
}

function useGuard(draft) {
  useEffect(() => guardLeaving(() => (draft.isDirty.peek() ? "Leave without saving your changes?" : "")), []);
}

// What is being typed into a field counts as well.
function useKeys(acts) {
  useLayoutEffect(() => {
    const pressed = (event) => {
      const act = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && acts[event.key];
      if (!act) return;
      event.preventDefault();
      if (event.repeat) return;
      const { activeElement } = document;
      activeElement?.blur();
      activeElement?.focus({ preventScroll: true });
      act();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  });
}
