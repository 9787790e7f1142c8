// Shall this job's file really be deleted?

import { html, useRef } from "../vendor/preact.js";
import { nameOf } from "../lib/store.js";
import { removeJob } from "../lib/verbs.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";

// `gone()` is called once it is deleted.
export function Doomed({ id, close, gone = () => {} }) {
  const name = useRef(nameOf(id)).current; // it stays while the job goes
  const confirmed = async () => {
    close();
    if (await removeJob(id)) gone();
  };
  return html`
    <${Dialog} title="Delete this job?" close=${close} actions=${html`<button type="button" onClick=${close}>Keep it</button><button type="button" class="grave" onClick=${confirmed}><${Icon} name="trash" />Delete</button>`}>
      <p>The file of <b dir="auto">${name}</b> is deleted. Its history stays, and what runs goes on to its end.</p>
    <//>
  `;
}
