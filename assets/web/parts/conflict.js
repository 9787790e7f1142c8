// Somebody else has changed the file meanwhile: what is different, and whose shall it be?

import { html, useEffect, useState } from "../vendor/preact.js";
import { changedKeys } from "../lib/changes.js";
import { read } from "../lib/definition.js";
import { overwrite, takeTheirs } from "../lib/saving.js";
import { Icon } from "./icon.js";
import { attempt } from "./toasts.js";

const MOST = 160; // characters of a value

// `saved()` is called once the file says what is here.
export function Conflict({ draft, saved }) {
  const { definition: theirs } = draft.conflict.value;
  const mine = draft.definition.value;
  const [isBusy, busy] = useState(false);
  // The button that settled it is gone with it.
  useEffect(() => () => document.activeElement === document.body && document.getElementById("main")?.focus({ preventScroll: true }), []);
  const force = async () => {
    busy(true);
    if (await attempt(() => overwrite(draft))) saved();
    else busy(false);
  };
  return html`
    <section class="card conflict" role="alert" tabindex="-1" aria-labelledby="part-conflict">
      <h2 id="part-conflict"><${Icon} name="failed" />${theirs ? "The file was changed underneath" : "The file is gone"}</h2>
      ${theirs ? html`<${Differences} keys=${changedKeys(theirs, mine)} theirs=${theirs} mine=${mine} />` : html`<p>Somebody has removed it while you were editing. What you have here is not saved anywhere.</p>`}
      <p class="acts">
        ${theirs && html`<button type="button" onClick=${() => takeTheirs(draft)}>Load theirs</button>`}
        <button type="button" class="grave" disabled=${isBusy} onClick=${force}>${theirs ? "Overwrite with mine" : "Make it anew with mine"}</button>
      </p>
    </section>
  `;
}

function Differences({ keys, theirs, mine }) {
  if (keys.length === 0) return html`<p>It says the same as what you have here, in other bytes.</p>`;
  return html`
    <table>
      <caption class="unseen">What is different</caption>
      <thead>
        <tr><th scope="col">Key</th><th scope="col">In the file now</th><th scope="col">Here</th></tr>
      </thead>
      <tbody>
        ${keys.map((key) => html`<tr key=${key}><th scope="row"><code>${key}</code></th><td>${shown(read(theirs, key))}</td><td>${shown(read(mine, key))}</td></tr>`)}
      </tbody>
    </table>
  `;
}

function shown(value) {
  if (value === undefined) return html`<span class="quiet">not there</span>`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return html`<code dir="auto">${text.length > MOST ? `${text.slice(0, MOST)} …` : text}</code>`;
}
