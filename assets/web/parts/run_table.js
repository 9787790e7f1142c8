// Runs of one job, the newest first.

import { html } from "../vendor/preact.js";
import { took } from "../lib/clock.js";
import { durationOf } from "../lib/durations.js";
import { address } from "../lib/route.js";
import { Outcome, standing } from "./outcome.js";
import { When } from "./time.js";

export const CAUSES = { schedule: "on schedule", manual: "by hand", catch_up: "caught up", event: "by an event", dependency: "after another job" };

export const causeOf = (run) => (run.retry_of ? "tried again" : (CAUSES[run.cause] ?? run.cause));

export const RunTable = ({ runs }) =>
  runs.length === 0
    ? html`<p class="quiet">It has not run yet.</p>`
    : html`
        <div class="scroll" tabindex="0" role="region" aria-label="Table of runs">
          <table class="run-table">
            <thead>
              <tr><th scope="col">Result</th><th scope="col">When</th><th scope="col" class="number">Took</th><th scope="col">Cause</th><th scope="col">What it said</th></tr>
            </thead>
            <tbody>
              ${runs.map((run) => html`<${Row} key=${run.run_id} run=${run} />`)}
            </tbody>
          </table>
        </div>
      `;

const Row = ({ run }) => html`
  <tr>
    <td><a class="plain" href=${address("runs", run.run_id)}><${Outcome} outcome=${standing(run)} /></a></td>
    <td><${When} time=${run.started ?? run.due} />${run.due_to && html` <span class="quiet">${run.count ?? "many"} instants</span>`}</td>
    <td class="number">${took(durationOf(run))}</td>
    <td class="quiet">${causeOf(run)}</td>
    <td class="mono said" dir="auto">${run.reason ?? run.error ?? ""}</td>
  </tr>
`;
