// One labelled field with its help, and what is wrong with it beside it.

import { html } from "../vendor/preact.js";

const TYPES = { time: "time", number: "number" };

export function Field({ field: { path, label, kind, none, help }, value, problem, change }) {
  const id = `field-${path}`;
  const hint = [help, none && kind !== "switch" && `Empty: ${none}.`].filter(Boolean).join(" ");
  const described = [hint && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined;
  const common = { id, "aria-describedby": described, "aria-invalid": problem ? "true" : undefined };
  return html`
    <div class="field ${kind === "switch" ? "is-switch" : ""}">
      <label for=${id}>${label}</label>
      ${Array.isArray(kind)
        ? html`<select ...${common} value=${value} onChange=${(event) => change(event.target.value)}>${kind.map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}</select>`
        : kind === "switch"
          ? html`<input ...${common} type="checkbox" role="switch" class="switch" checked=${value} onChange=${(event) => change(event.target.checked)} />`
          : html`<input ...${common} type=${TYPES[kind] ?? "text"} value=${value} placeholder=${none ?? ""} onInput=${(event) => change(event.target.value)} />`}
      ${hint && html`<p id="${id}-help" class="quiet">${hint}</p>`}
      ${problem && html`<p id="${id}-problem" class="wrong">${problem}</p>`}
    </div>
  `;
}
