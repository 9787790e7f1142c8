// For each instant at which a job was due: what was decided, and why.

import { html } from "../vendor/preact.js";
import { address } from "../lib/route.js";
import { Icon } from "./icon.js";

const VERDICTS = {
  ran: ["good", "check"],
  ran_late: ["good", "check"],
  failed: ["bad", "failed"],
  cut_short: ["cut", "close"],
  runs: ["busy", "run"],
  waits: ["busy", "waiting"],
  skipped: ["none", "dash"],
  missed: ["late", "moon"],
  not_due: ["none", "dash"],
  unknown: ["none", "help"],
  comes: ["none", "clock"],
};

export const Explanations = ({ all }) =>
  all.length === 0
    ? html`<p class="quiet">It was not due yet.</p>`
    : html`<ul class="rows why">
        ${all.map((one, place) => {
          const [tone, icon] = VERDICTS[one.verdict] ?? VERDICTS.unknown;
          return html`
            <li key=${`${one.due}${one.run_id}${place}`} class="tone-${tone}">
              <${Icon} name=${icon} />
              <span dir="auto">${one.sentence}${one.run_id && html` <a href=${address("runs", one.run_id)}>Look</a>`}
                ${one.background.map((line) => html`<span key=${line} class="quiet line">${line}</span>`)}</span>
            </li>
          `;
        })}
      </ul>`;
