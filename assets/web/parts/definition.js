// What does the job's file say, and what did it say before?

import { html, useState } from "../vendor/preact.js";
import { get, ofJob } from "../lib/api.js";
import { changedKeys } from "../lib/changes.js";
import { Loaded, useAnswer } from "./loaded.js";
import { When } from "./time.js";

const pretty = (value) => JSON.stringify(value, null, 2);

export function Definition({ id, definition }) {
  const [isOpen, open] = useState(false);
  return html`
    <details class="card" onToggle=${(event) => open(event.currentTarget.open)}>
      <summary><h2>Definition and its history</h2></summary>
      ${isOpen && html`<pre class="json" tabindex="0" dir="ltr">${pretty(definition)}</pre><${Edits} id=${id} definition=${definition} />`}
    </details>
  `;
}

function Edits({ id, definition }) {
  const answer = useAnswer(() => get(ofJob(id, "/edits")), [id, pretty(definition)]);
  return html`
    <${Loaded} answer=${answer}>
      ${({ edits }) =>
        edits.length > 0 &&
        html`
          <h3>Edits it ran with</h3>
          <ol class="rows edits">
            ${edits.map(
              (edit, place) => html`
                <li key=${edit.digest}>
                  <details>
                    <summary>${edit.since ? html`<${When} time=${edit.since} />` : "at an unknown time"}: ${tell(edits[place + 1]?.definition, edit.definition)}</summary>
                    <pre class="json" tabindex="0" dir="ltr">${pretty(edit.definition)}</pre>
                  </details>
                </li>
              `,
            )}
          </ol>
        `}
    <//>
  `;
}

function tell(before, after) {
  if (!before) return "the first one known";
  const keys = changedKeys(before, after);
  return keys.length === 0 ? "nothing that matters" : `changed ${keys.join(", ")}`;
}
