// What would this definition mean? In words, with its next runs and what may surprise: asked of Daybell while one types.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { post } from "../lib/api.js";
import { at } from "../lib/clock.js";
import { once } from "../lib/once.js";
import { Icon } from "./icon.js";
import { Relative, At } from "./time.js";

const PATIENCE = 120; // milliseconds after the last key
const OLD = 30_000; // what is next may be over by then

// { answer, error }: the last answer stays while the next one is asked for. `heard(problems)` is told of each.
export function usePreview(definition, id, heard) {
  const [state, setState] = useState({ answer: null, error: null });
  const wanted = useRef(null);
  wanted.current = asked(definition, id);
  const ask = useRef(null);
  ask.current ??= once(async () => {
    try {
      const answer = await post("/preview", wanted.current, { query: { n: 5 } });
      heard(answer.problems);
      setState({ answer, error: null });
    } catch (error) {
      if (error.problems) heard(error.problems);
      setState((before) => ({ ...before, error }));
    }
  });
  useEffect(() => {
    const timer = setTimeout(ask.current, state.answer ? PATIENCE : 0);
    return () => clearTimeout(timer);
  }, [JSON.stringify(wanted.current)]);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || ask.current(), OLD);
    return () => clearInterval(timer);
  }, []);
  return state;
}

// Of a job that is off it is told when it would run. An id that is none yet is no matter of the definition.
function asked(definition, id) {
  const { enabled, ...others } = definition;
  const body = enabled === false ? others : definition;
  return id ? { ...body, id } : body;
}

// `titleOf(place)`: what a field is called; `goTo(place)` leads there.
export function PreviewPane({ draft, preview, titleOf, goTo }) {
  const { answer, error } = preview;
  return html`
    <aside class="preview card" aria-labelledby="part-preview">
      <h2 id="part-preview">What it means</h2>
      <p class="unseen" role="status" aria-live="polite">${spoken(answer)}</p>
      ${error && !error.problems && html`<p class="entry-wrong"><${Icon} name="unlink" /><span>${error.message}: this is as it was.</span></p>`}
      ${draft.broken.value ? html`<p class="quiet">As soon as the text is JSON.</p>` : !answer ? html`<p class="quiet">Asking …</p>` : answer.problems.length > 0 ? html`<${ToDo} draft=${draft} titleOf=${titleOf} goTo=${goTo} />` : html`<${Meaning} answer=${answer} definition=${draft.definition.value} />`}
    </aside>
  `;
}

const notRight = (count) => `${count === 1 ? "One thing is" : `${count} things are`} not right yet`;
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

// The same in a few words, for windows in which the rest is far away.
export const inShort = ({ answer }) => (answer?.description ? `${capital(answer.description)}${answer.runs[0] ? `; next ${at(answer.runs[0].local)}` : ""}` : "");

function spoken(answer) {
  if (!answer) return "";
  if (answer.problems.length > 0) return `${notRight(answer.problems.length)}.`;
  const next = answer.runs[0] ? ` Next ${at(answer.runs[0].local, Date.now())}.` : "";
  return `${capital(answer.description)}.${next}${answer.warnings.length > 0 ? ` Note: ${answer.warnings.map(({ message }) => message).join(". ")}.` : ""}`;
}

// Runs are told by the clock of Daybell, whatever the zone of a trigger.
const isElsewhere = ({ triggers }) => triggers?.some(({ timezone = "local" }) => timezone !== "local");

const Meaning = ({ answer, definition }) => html`
  <p class="sentence">${capital(answer.description)}</p>
  ${answer.warnings.length > 0 &&
  html`<ul class="warnings" aria-label="Worth knowing">
    ${answer.warnings.map(({ field, message }) => html`<li key=${field + message}><${Icon} name="note" /><span>${capital(message)}</span></li>`)}
  </ul>`}
  ${definition.enabled === false && html`<p class="quiet">It is off. Once it is on:</p>`}
  ${answer.runs.length > 0
    ? html`
        <h3>Next runs${isElsewhere(definition) && html`<span class="quiet">, by Daybell's own clock</span>`}</h3>
        <ol class="next-runs">
          ${answer.runs.map(({ local }) => html`<li key=${local}><b><${At} time=${local} /></b> <span class="quiet"><${Relative} time=${local} /></span></li>`)}
        </ol>
      `
    : html`<p class="quiet">No run is planned: it starts when something asks for it.</p>`}
`;

// Each leads to its field.
function ToDo({ draft, titleOf, goTo }) {
  const found = draft.found.value;
  const places = Object.keys(found);
  return html`
    <p>${draft.isStrict.value ? `${notRight(places.length)}:` : "Still needed:"}</p>
    <ul class="to-do">
      ${places.map((place) => html`<li key=${place}>${draft.unfit.value || place === "" ? found[place].map((message) => html`<span key=${message}>${message}</span>`) : html`<button type="button" onClick=${() => goTo(place)}><${Icon} name="right" />${titleOf(place)}</button>`}</li>`)}
    </ul>
  `;
}
