// How does the run go that was asked for from here? Its output while it prints, and its outcome at the end.

import { html, useEffect, useRef } from "../vendor/preact.js";
import { get, ofRun } from "../lib/api.js";
import { took } from "../lib/clock.js";
import { address } from "../lib/route.js";
import { cancelRun } from "../lib/verbs.js";
import { Icon } from "./icon.js";
import { Loaded, useAnswer, useEvents } from "./loaded.js";
import { Log } from "./log.js";
import { Outcome, standing } from "./outcome.js";

export function TestRun({ runId, close }) {
  const section = useRef(null);
  const answer = useAnswer(() => get(ofRun(runId)), [runId]);
  const isThere = Boolean(answer.value);
  useEvents((name, members) => (members.run?.run_id ?? members.run_id) === runId, answer.reload, [answer.reload]);
  useEffect(() => {
    if (isThere) section.current.scrollIntoView({ block: "start" });
    if (isThere) section.current.focus({ preventScroll: true });
  }, [runId, isThere]);
  return html`
    <section ref=${section} class="card test-run" tabindex="-1" aria-labelledby="part-test">
      <${Loaded} answer=${answer}>
        ${(run) => {
          const isOpen = run.outcome === null;
          return html`
            <header>
              <h2 id="part-test">Test run</h2>
              <span class="test-outcome" role="status"><${Outcome} outcome=${standing(run)} />${!isOpen && html` <span class="quiet">${ending(run)}</span>`}</span>
              <span class="acts">
                ${isOpen && html`<button type="button" class="grave" onClick=${() => cancelRun(runId)}><${Icon} name="stop" />End it</button>`}
                <a class="button" href=${address("runs", runId)}>Open the run</a>
                <button type="button" class="bare" aria-label="Close the test run" onClick=${close}><${Icon} name="close" /></button>
              </span>
            </header>
            ${run.error && !isOpen && html`<p class="entry-wrong"><${Icon} name="failed" /><span dir="auto">${run.error}</span></p>`}
            ${run.started || !isOpen ? html`<${Log} key=${runId} runId=${runId} isLive=${isOpen} />` : html`<p class="quiet">It waits for its turn.</p>`}
          `;
        }}
      <//>
    </section>
  `;
}

function ending({ started, finished, exit_code }) {
  const length = started && finished ? `after ${took(Date.parse(finished) - Date.parse(started))}` : "";
  return [length, exit_code ? `exit code ${exit_code}` : ""].filter(Boolean).join(", ");
}
