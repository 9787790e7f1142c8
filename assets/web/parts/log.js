// What a run prints, while it prints it: followed at the end, searched, wrapped or not, and kept as a file.

import { html, useState } from "../vendor/preact.js";
import { ofRun } from "../lib/api.js";
import { useOutput } from "../lib/following.js";
import { save } from "../lib/save.js";
import { size } from "../lib/clock.js";
import { BLOCK } from "../lib/printed.js";
import { Icon } from "./icon.js";
import { Block } from "./log_block.js";
import { useFound, useStepKeys, useView } from "./log_view.js";
import { attempt } from "./toasts.js";

const WRAP = "daybell-wrap";

// `name` is that of the file it is kept as.
export function Log({ runId, isLive, name = runId }) {
  const { printed, turn, error, again } = useOutput(runId, isLive);
  const [isWrapped, wrap] = useState(localStorage.getItem(WRAP) !== "no");
  const [words, search] = useState("");
  const [place, setPlace] = useState(-1);
  const found = useFound(printed, words, turn);
  const view = useView(turn, printed);

  const step = (way) => {
    if (found.length === 0) return;
    // The first step goes to the newest, where one looks.
    const next = place < 0 || place >= found.length ? found.length - 1 : (place + way + found.length) % found.length;
    setPlace(next);
    view.show(found[next]);
  };
  useStepKeys(words, step);

  const flip = () => {
    localStorage.setItem(WRAP, isWrapped ? "no" : "yes");
    wrap(!isWrapped);
  };
  const look = (wanted) => {
    search(wanted);
    setPlace(-1);
  };
  if (error && !printed) return html`<${Nothing} error=${error} again=${again} />`;
  return html`
    <div class="log">
      <div class="log-bar">
        <${Search} words=${words} look=${look} found=${found} place=${place} step=${step} />
        <span class="log-state quiet">${isLive && html`<span class="log-live"><span class="dot"></span>live</span>`}${printed && count(printed)}</span>
        <button type="button" aria-pressed=${isWrapped ? "true" : "false"} onClick=${flip}>Wrap</button>
        <button type="button" onClick=${() => attempt(() => save(ofRun(runId, "/log"), `${name}.log`))}><${Icon} name="download" /><span>Download</span></button>
      </div>
      ${printed && !printed.isEmpty
        ? html`<${Lines} printed=${printed} turn=${turn} words=${words} current=${found[place] ?? -1} isWrapped=${isWrapped} view=${view} />`
        : html`<p class="log-empty quiet" role="status">${!printed ? "Loading …" : isLive ? "Nothing printed yet." : "It has printed nothing."}</p>`}
      ${error && html`<${Nothing} error=${error} again=${again} />`}
    </div>
  `;
}

const count = (printed) => `${(printed.length + printed.dropped).toLocaleString("en")} ${printed.length === 1 ? "line" : "lines"}`;

const Nothing = ({ error, again }) =>
  error.status === 404
    ? html`<p class="log-empty quiet">What it printed is not kept any more.</p>`
    : html`<p class="log-empty" role="alert">${error.message}. <button type="button" onClick=${again}>Try again</button></p>`;

function Search({ words, look, found, place, step }) {
  const typed = (event) => {
    if (event.key === "Enter") step(event.shiftKey ? 1 : -1);
    if (event.key === "Escape") event.target.blur();
  };
  const all = found.length.toLocaleString("en");
  return html`
    <search class="log-search">
      <label><${Icon} name="search" /><input type="search" placeholder="Find" aria-label="Find in the output" title="Find (/); n and shift+n step" value=${words} onInput=${(event) => look(event.target.value)} onKeyDown=${typed} /></label>
      ${words &&
      html`<span class="log-found" role="status">${found.length === 0 ? "not found" : place >= 0 ? `${place + 1} of ${all}` : found.length === 1 ? "1 line" : `${all} lines`}</span>
        <button type="button" class="bare" aria-label="The one before" title="The one before (n)" disabled=${found.length === 0} onClick=${() => step(-1)}><${Icon} name="up" /></button>
        <button type="button" class="bare" aria-label="The next one" title="The next one (shift+n)" disabled=${found.length === 0} onClick=${() => step(1)}><${Icon} name="down" /></button>`}
    </search>
  `;
}

function Lines({ printed, turn, words, current, isWrapped, view }) {
  const blocks = Math.ceil(printed.length / BLOCK);
  const isNumbered = printed.skipped === 0;
  return html`
    <div class="log-frame">
      <div ref=${view.frame} class="log-lines ${isWrapped ? "is-wrapped" : ""} ${isNumbered ? "" : "is-unnumbered"}" role="log" aria-live="off" aria-label="Output" tabindex="0" style=${{ "--digits": String(printed.length + printed.dropped).length }} onScroll=${view.scrolled}>
        <div ref=${view.content}>
          ${printed.skipped + printed.dropped > 0 && html`<p class="log-note">${isNumbered ? `The first ${printed.dropped.toLocaleString("en")} lines` : `The first ${size(printed.skipped)} and more`} of it are not shown here. The download has all that is kept.</p>`}
          ${Array.from({ length: blocks }, (_, block) => {
            const isLast = block >= blocks - 2; // the newest line may have been the last one of the block before
            const isCurrent = Math.floor(current / BLOCK) === block;
            return html`<${Block} key=${block + printed.dropped / BLOCK} printed=${printed} block=${block} turn=${isLast ? turn : 0} words=${words} current=${isCurrent ? current : -1} watch=${view.watch} isNewest=${block >= blocks - 3} />`;
          })}
        </div>
      </div>
      ${!view.isAtEnd && html`<button type="button" class="log-jump" onClick=${view.jump}><${Icon} name="down" />Jump to the end</button>`}
    </div>
  `;
}
