// One key of a job: its label, its control, its help, and what is wrong with it beside it.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { read } from "../lib/definition.js";
import { ids } from "../lib/store.js";
import { Icon } from "./icon.js";

export const idOf = (path) => `at-${path}`;
export const textOf = (value) => (value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));

// `children` is a function of what the control needs to be found and described.
export function Framed({ draft, path, label, help = "", shape = "", missing = "", children }) {
  const id = idOf(path);
  const wrongs = draft.wrongs(path);
  const isEmpty = missing && [read(draft.definition.value, path)].flat().join("").trim() === "";
  const described = [help && `${id}-help`, wrongs.length > 0 && `${id}-wrong`].filter(Boolean).join(" ") || undefined;
  return html`
    <div class="entry ${shape}" onFocusOut=${() => draft.saw(path)}>
      <label for=${id}>${label}</label>
      ${children({ id, "aria-describedby": described, "aria-invalid": wrongs.length > 0 ? "true" : undefined })}
      ${help && html`<p id="${id}-help" class="entry-help">${help}</p>`}
      ${wrongs.length > 0 && html`<p id="${id}-wrong" class="entry-wrong"><${Icon} name="failed" /><span>${isEmpty ? missing : wrongs.join("; ")}</span></p>`}
    </div>
  `;
}

export function JobField({ draft, field }) {
  const { path, label, kind, help, needs, also, missing } = field;
  if (needs && !needs(draft.definition.value)) return null;
  const value = read(draft.definition.value, path);
  const change = (next) => draft.setAll([[path, next], ...(also?.(next) ?? [])]);
  const Control = Array.isArray(kind) ? Choice : CONTROLS[kind];
  return html`
    <${Framed} draft=${draft} path=${path} label=${label} help=${help} missing=${missing} shape=${kind === "switch" ? "is-switch" : (field.shape ?? "")}>
      ${(common) => html`<${Control} common=${common} value=${value} change=${change} field=${field} />`}
    <//>
  `;
}

const orNothing = (text) => (text === "" ? undefined : text);
// What is no number is left as it is: Daybell says what it expects.
const numberOr = (text) => (text !== "" && String(Number(text)) === text ? Number(text) : orNothing(text));

export function Text({ common, value, change, field }) {
  const { usual = "", hints, list, isMono } = field;
  return html`
    <input ...${common} type="text" class=${isMono ? "mono" : undefined} dir=${isMono ? "ltr" : "auto"} spellcheck=${!isMono} autocomplete="off" placeholder=${usual} list=${list ?? (hints && `${common.id}-hints`)} value=${textOf(value)} onInput=${(event) => change(orNothing(event.target.value))} />
    ${hints && html`<datalist id="${common.id}-hints">${hints.map((hint) => html`<option key=${hint} value=${hint} />`)}</datalist>`}
  `;
}

const Amount = (props) => html`<${Text} ...${props} field=${{ ...props.field, isMono: true }} />`;
const NumberText = ({ change, ...props }) => html`<${Amount} ...${props} change=${(text) => change(numberOr(text ?? ""))} />`;

function Numbers({ common, value, change, field }) {
  const said = Array.isArray(value) ? value.join(", ") : textOf(value);
  const [text, setText] = useState(said);
  const read = (words) => words.split(/[\s,]+/).filter(Boolean).map(numberOr);
  useEffect(() => {
    if (read(text).join(", ") !== said) setText(said);
  }, [said]);
  const typed = (words) => {
    setText(words);
    change(orNothing(words.trim()) && read(words));
  };
  return html`<${Amount} common=${common} value=${text} change=${(words) => typed(words ?? "")} field=${field} />`;
}

const WALL = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)?$/;

// A time with an offset is one of its own, which the browser's control cannot show.
function Moment({ common, value, change, field }) {
  const isText = useRef(false);
  isText.current ||= !WALL.test(textOf(value));
  if (isText.current) return html`<${Amount} common=${common} value=${value} change=${change} field=${field} />`;
  return html`<input ...${common} type="datetime-local" value=${textOf(value)} onInput=${(event) => change(orNothing(event.target.value))} />`;
}

const Switch = ({ common, value, change, field: { usual } }) =>
  html`<input ...${common} type="checkbox" role="switch" class="switch" checked=${value ?? usual} onChange=${({ target }) => change(target.checked === usual ? undefined : target.checked)} />`;

function Choice({ common, value, change, field: { kind } }) {
  const same = (one) => JSON.stringify(one) === JSON.stringify(value ?? undefined);
  const isOdd = !kind.some(([one]) => same(one)) && !isDefault(value, kind);
  const chosen = kind.findIndex(([one]) => same(one));
  return html`
    <select ...${common} value=${String(isOdd ? -1 : Math.max(0, chosen))} onChange=${(event) => change(kind[Number(event.target.value)][0])}>
      ${isOdd && html`<option value="-1" disabled>${textOf(value)}</option>`}
      ${kind.map(([, words], place) => html`<option key=${place} value=${String(place)}>${words}</option>`)}
    </select>
  `;
}

// The default, written out: the first of the choices stands for it.
const WRITTEN = new Set(["latest", "leave", "skip", "stable", "success", '["failure","recovery"]', '["recovery","failure"]']);
const isDefault = (value, kind) => !kind.some(([one]) => one === value) && WRITTEN.has(typeof value === "string" ? value : JSON.stringify(value));

export function Words({ common, value, change, field }) {
  const items = Array.isArray(value) ? value.map(textOf) : [];
  const [text, setText] = useState("");
  const put = (words) => change(words.length > 0 ? words : undefined);
  const commit = (typed) => {
    const fresh = typed.split(",").map((word) => word.trim()).filter((word) => word && !items.includes(word));
    if (fresh.length > 0) put([...items, ...new Set(fresh)]);
    setText("");
  };
  const pressed = (event) => {
    if (event.key === "Backspace" && text === "" && items.length > 0) put(items.slice(0, -1));
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || text === "") return;
    event.preventDefault();
    commit(text);
  };
  const typed = (words) => (words.includes(",") ? commit(words) : setText(words));
  return html`
    <div class="words">
      ${items.map((word) => html`<span key=${word} class="word"><span dir="auto">${word}</span><button type="button" class="bare" aria-label=${`Remove ${word}`} onClick=${() => put(items.filter((one) => one !== word))}><${Icon} name="close" /></button></span>`)}
      <input ...${common} type="text" dir="auto" autocomplete="off" placeholder=${items.length > 0 ? "" : field.usual} list=${field.jobs ? `${common.id}-hints` : undefined} value=${text} onInput=${(event) => typed(event.target.value)} onKeyDown=${pressed} onBlur=${() => commit(text)} />
      ${field.jobs && html`<datalist id="${common.id}-hints">${ids.value.map((id) => html`<option key=${id} value=${id} />`)}</datalist>`}
    </div>
  `;
}

const CONTROLS = { text: Text, duration: Amount, size: Amount, number: NumberText, numbers: Numbers, moment: Moment, switch: Switch, words: Words };
