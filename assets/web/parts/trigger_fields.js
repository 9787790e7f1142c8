// When does the job run? A list of triggers, each with the few fields of its kind.

import { html, useRef } from "../vendor/preact.js";
import { DAY, hands, isoDate, now } from "../lib/clock.js";
import { expressionOf, reshaped, SHAPES, shapeOf } from "../lib/cron_shapes.js";
import { add, drop } from "../lib/definition.js";
import { ids, nameOf } from "../lib/store.js";
import { Icon } from "./icon.js";
import { Framed, idOf, JobField, textOf } from "./job_field.js";

const ENDS = [[undefined, "has succeeded"], ["failure", "has failed"], ["any", "has ended, however it did"]];
const LONG_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const zones = ["local", ...Intl.supportedValuesOf("timeZone")];

const KINDS = {
  cron: { label: "By the clock", make: () => ({ type: "cron", expression: "0 9 * * *" }), Fields: Cron },
  interval: { label: "Every so often", make: () => ({ type: "interval", every: "1h" }), Fields: Interval },
  once: { label: "Once", make: () => ({ type: "once", at: `${isoDate(hands(now.peek() + DAY))}T09:00` }), Fields: Once },
  startup: { label: "At start", make: () => ({ type: "startup" }), Fields: () => html`<p class="entry-help">Each time Daybell starts.</p>` },
  job: { label: "After a job", make: (others) => ({ type: "job", job: others[0] ?? "" }), Fields: After },
};

export function TriggerFields({ draft }) {
  const triggers = draft.definition.value.triggers ?? [];
  const others = ids.value.filter((id) => id !== draft.id.value);
  const whole = draft.wrongs("triggers");
  const end = useRef(null);
  const remove = (place) => {
    draft.definition.value = drop(draft.definition.value, "triggers", place);
    end.current.querySelector("button").focus();
  };
  return html`
    <section class="card" aria-labelledby="part-when">
      <header><h2 id="part-when">When it runs</h2></header>
      ${triggers.length === 0 && html`<p class="quiet">Only when you ask for it: it has no trigger.</p>`}
      ${triggers.map((trigger, place) => html`<${Trigger} key=${`${place} ${trigger.type}`} draft=${draft} trigger=${trigger} place=${place} remove=${() => remove(place)} others=${others} />`)}
      ${whole.length > 0 && html`<p class="entry-wrong"><${Icon} name="failed" /><span>${whole.join("; ")}</span></p>`}
      <div ref=${end} class="more-triggers" role="group" aria-label="Add a trigger">
        ${Object.entries(KINDS).map(
          ([kind, { label, make }]) =>
            (kind !== "job" || others.length > 0) &&
            html`<button key=${kind} type="button" onClick=${() => (draft.definition.value = add(draft.definition.value, "triggers", make(others)))}><${Icon} name="plus" />${label}</button>`,
        )}
      </div>
      <datalist id="zones">${zones.map((zone) => html`<option key=${zone} value=${zone} />`)}</datalist>
    </section>
  `;
}

function Trigger({ draft, trigger, place, remove, others }) {
  const path = `triggers[${place}]`;
  const { label, Fields } = KINDS[trigger.type] ?? { label: "Of a kind that this page does not know", Fields: Unknown };
  const whole = draft.wrongs(path);
  return html`
    <fieldset class="trigger">
      <legend>${label}</legend>
      <button type="button" class="bare trigger-remove" aria-label=${`Remove trigger ${place + 1}: ${label}`} onClick=${remove}><${Icon} name="close" /></button>
      <${Fields} draft=${draft} trigger=${trigger} path=${path} others=${others} />
      ${whole.length > 0 && html`<p class="entry-wrong"><${Icon} name="failed" /><span>${whole.join("; ")}</span></p>`}
    </fieldset>
  `;
}

function Cron({ draft, trigger, path }) {
  const expression = textOf(trigger.expression);
  const shape = shapeOf(expression);
  const put = (next) => draft.set(`${path}.expression`, next);
  return html`
    <div class="shapes" role="group" aria-label="Everyday schedules">
      ${SHAPES.map(([kind, words]) => html`<button key=${kind} type="button" aria-pressed=${shape?.kind === kind} onClick=${() => put(reshaped(expression, kind))}>${words}</button>`)}
    </div>
    <div class="entries is-dense">
      ${shape && html`<${Shape} shape=${shape} path=${path} put=${(more) => put(expressionOf({ ...shape, ...more }))} />`}
      <${JobField} draft=${draft} field=${{ path: `${path}.expression`, label: "Cron expression", kind: "text", isMono: true, usual: "30 2 * * *", missing: "Needed, for example 30 2 * * *", help: "Minute, hour, day of month, month, day of week." }} />
      <${JobField} draft=${draft} field=${{ path: `${path}.timezone`, label: "Time zone", kind: "text", usual: "local", list: "zones", help: "local is the one of Daybell." }} />
    </div>
  `;
}

// What of an everyday shape can be different.
function Shape({ shape, path, put }) {
  const id = idOf(path);
  const days = [...Array.from({ length: 31 }, (_, place) => [String(place + 1), String(place + 1)]), ["L", "the last one"]];
  return html`
    ${shape.kind === "weekly" &&
    html`<div class="entry"><label for="${id}-weekday">Day</label><select id="${id}-weekday" value=${String(shape.weekday)} onChange=${(event) => put({ weekday: Number(event.target.value) })}>${LONG_DAYS.map((name, place) => html`<option key=${name} value=${String(place)}>${name}</option>`)}</select></div>`}
    ${shape.kind === "monthly" && html`<div class="entry"><label for="${id}-day">Day</label><select id="${id}-day" value=${shape.day} onChange=${(event) => put({ day: event.target.value })}>${days.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select></div>`}
    ${shape.time
      ? html`<div class="entry"><label for="${id}-time">At</label><input id="${id}-time" type="time" required value=${shape.time} onInput=${(event) => event.target.value && put({ time: event.target.value })} /></div>`
      : html`<div class="entry"><label for="${id}-minute">At minute</label><input id="${id}-minute" type="number" min="0" max="59" required value=${shape.minute} onInput=${({ target }) => target.checkValidity() && put({ minute: Number(target.value) })} /></div>`}
  `;
}

function Interval({ draft, path }) {
  return html`
    <div class="entries">
      <${JobField} draft=${draft} field=${{ path: `${path}.every`, label: "Every", kind: "duration", hints: ["1m", "5m", "15m", "30m", "1h", "6h", "12h", "1d"], missing: "Needed, for example 15m", help: "Such as 90s, 5m, 1h30m or 1d." }} />
      <${JobField} draft=${draft} field=${{ path: `${path}.anchor`, label: "Counted from", kind: "moment", help: "Else from when it is saved." }} />
    </div>
  `;
}

function Once({ draft, path }) {
  return html`
    <div class="entries"><${JobField} draft=${draft} field=${{ path: `${path}.at`, label: "At", kind: "moment", missing: "Needed: a date and a time", help: "By the clock of Daybell." }} /></div>
  `;
}

function After({ draft, trigger, path, others }) {
  return html`
    <div class="entries">
      <${Framed} draft=${draft} path=${`${path}.job`} label="After this job" help="At the end of a run of it." missing="Needed: choose a job">
        ${(common) => html`
          <select ...${common} value=${textOf(trigger.job)} onChange=${(event) => draft.set(`${path}.job`, event.target.value)}>
            ${!others.includes(trigger.job) && html`<option value=${textOf(trigger.job)}>${textOf(trigger.job) || "…"}</option>`}
            ${others.map((id) => html`<option key=${id} value=${id}>${nameOf(id)}</option>`)}
          </select>
        `}
      <//>
      <${JobField} draft=${draft} field=${{ path: `${path}.on`, label: "If it", kind: ENDS, help: "Each of its runs counts." }} />
    </div>
  `;
}

function Unknown({ trigger }) {
  return html`<pre class="json" dir="ltr">${JSON.stringify(trigger, null, 2)}</pre>`;
}
