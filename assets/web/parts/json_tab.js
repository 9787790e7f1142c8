// The definition as its file has it, to be edited as text.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { parseObject } from "../lib/json_text.js";
import { Icon } from "./icon.js";
import { idOf } from "./job_field.js";

const JSON_ID = idOf("json");
const pretty = (definition) => JSON.stringify(definition, null, 2);

export function JsonTab({ draft }) {
  const { definition, broken, found } = draft;
  const own = useRef(definition.value); // what this text stands for
  const [text, setText] = useState(() => pretty(definition.value));
  // Whatever else changes it, as "Load theirs", is shown anew.
  useEffect(() => {
    if (own.current === definition.value) return;
    own.current = definition.value;
    setText(pretty(definition.value));
  }, [definition.value]);
  const typed = ({ target }) => {
    setText(target.value);
    const { value, ...wrong } = parseObject(target.value);
    broken.value = value ? null : wrong;
    if (!value) return;
    own.current = value;
    definition.value = value;
  };
  const wrongs = broken.value ? [] : Object.entries(found.value);
  return html`
    <section class="card json-tab">
      <label class="entry-label" for=${JSON_ID}>The file</label>
      <textarea id=${JSON_ID} class="mono" dir="ltr" spellcheck=${false} autocapitalize="off" rows="24" aria-describedby="json-wrong" aria-invalid=${broken.value || wrongs.length > 0 ? "true" : undefined} value=${text} onInput=${typed}></textarea>
      <div id="json-wrong">
        ${broken.value && html`<p class="entry-wrong"><${Icon} name="failed" /><span>Line ${broken.value.line}: ${broken.value.message} <button type="button" onClick=${() => showPlace(broken.value.at)}>Show</button></span></p>`}
        ${wrongs.map(([place, messages]) => messages.map((message) => html`<p key=${place + message} class="entry-wrong"><${Icon} name="failed" /><span>${place && html`<code>${place}</code>: `}${message}</span></p>`))}
      </div>
    </section>
  `;
}

export function showPlace(at) {
  const area = document.getElementById(JSON_ID);
  area.focus();
  area.setSelectionRange(at, Math.min(at + 1, area.value.length));
}
