// A job as a form: what it is, what it runs, when, and, folded, all else.

import { html, useEffect, useState } from "../vendor/preact.js";
import { idProblem, read, suggestId } from "../lib/definition.js";
import { ABOUT, saidOf, SECTIONS } from "../lib/job_fields.js";
import { ids } from "../lib/store.js";
import { CommandFields } from "./command_fields.js";
import { Icon } from "./icon.js";
import { idOf, JobField } from "./job_field.js";
import { TriggerFields } from "./trigger_fields.js";

const [NAME, ...MORE] = ABOUT;

export const JobForm = ({ draft }) => html`
  <section class="card" aria-label="What it is">
    <div class="entries">
      <${Named} draft=${draft} />
      ${MORE.map((field) => html`<${JobField} key=${field.path} draft=${draft} field=${field} />`)}
    </div>
  </section>
  <${CommandFields} draft=${draft} />
  <${TriggerFields} draft=${draft} />
  ${SECTIONS.map((section) => html`<${Folded} key=${section.title} draft=${draft} section=${section} />`)}
`;

// The id follows the name until somebody writes one.
function Named({ draft }) {
  const [isOwn, own] = useState(!draft.isNew || (draft.id.value !== "" && draft.id.value !== suggestId(draft.definition.value.name ?? "", ids.value)));
  const rename = (event) => {
    if (event.target.id === idOf("name") && !isOwn) draft.id.value = event.target.value.trim() === "" ? "" : suggestId(event.target.value, ids.value);
  };
  return html`
    <div class="together" onInput=${rename}><${JobField} draft=${draft} field=${{ ...NAME, usual: draft.isNew ? "such as Back up photos" : draft.id.value }} /></div>
    ${draft.isNew && html`<${IdField} draft=${draft} changed=${(text) => own(text !== "")} />`}
  `;
}

export function IdField({ draft, changed = () => {} }) {
  const wrong = draft.isStrict.value || draft.seen.value.has("id") ? idProblem(draft.id.value, ids.value) : "";
  const type = ({ target }) => {
    draft.id.value = target.value;
    changed(target.value);
  };
  return html`
    <div class="entry" onFocusOut=${() => draft.saw("id")}>
      <label for=${idOf("id")}>Id</label>
      <input id=${idOf("id")} type="text" class="mono" dir="ltr" spellcheck=${false} autocomplete="off" autocapitalize="off" value=${draft.id.value} aria-describedby="${idOf("id")}-help${wrong ? ` ${idOf("id")}-wrong` : ""}" aria-invalid=${wrong ? "true" : undefined} onInput=${type} />
      <p id="${idOf("id")}-help" class="entry-help">The name of its file, for good.</p>
      ${wrong && html`<p id="${idOf("id")}-wrong" class="entry-wrong"><${Icon} name="failed" /><span>${wrong}</span></p>`}
    </div>
  `;
}

// Opens where something in it is wrong.
function Folded({ draft, section: { title, fields } }) {
  const count = fields.filter(({ path }) => draft.wrongs(path).length > 0).length;
  const [isOpen, open] = useState(count > 0);
  useEffect(() => {
    if (count > 0) open(true);
  }, [count > 0]);
  const said = saidOf(fields, (path) => read(draft.definition.value, path));
  return html`
    <details class="card folded" open=${isOpen} data-places=${fields.map(({ path }) => path).join(" ")} onToggle=${(event) => open(event.currentTarget.open)}>
      <summary><${Icon} name="right" /><h2>${title}</h2>${count > 0 ? html`<span class="entry-wrong"><${Icon} name="failed" />look here</span>` : html`<span class="quiet said" dir="auto">${said || "as usual"}</span>`}</summary>
      ${isOpen && html`<div class="entries ${fields.some(({ kind }) => kind === "moment") ? "" : "is-dense"}">${fields.map((field) => html`<${JobField} key=${field.path} draft=${draft} field=${field} />`)}</div>`}
    </details>
  `;
}
