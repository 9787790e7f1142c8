// What a run prints, while it prints it: followed at the end, searched, wrapped or not, and kept as a file.

import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../vendor/preact.js";
import { ofRun } from "../lib/api.js";
import { useOutput } from "../lib/following.js";
import { save } from "../lib/save.js";
import { size } from "../lib/clock.js";
import { BLOCK, find } from "../lib/printed.js";
import { isTyping } from "../pages/jobs.js";
import { Icon } from "./icon.js";
import { Block } from "./log_block.js";
import { attempt } from "./toasts.js";

const WRAP = "daybell-wrap";
const MARGIN = "600px"; // so far from the window lines are drawn
const CLOSE = 8; // pixels from the end that still are the end

export function Log({ runId, isLive, name = runId }) {
  const { printed, turn, error, again } = useOutput(runId, isLive);
  const [isWrapped, wrap] = useState(localStorage.getItem(WRAP) !== "no");
  const [words, search] = useState("");
  const found = useFound(printed, words, turn);
  const [place, setPlace] = useState(-1);
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
  const asked = (event) => {
    search(event.target.value);
    setPlace(-1);
  };
  const typed = (event) => {
    if (event.key === "Enter") step(event.shiftKey ? 1 : -1);
    if (event.key === "Escape") event.target.blur();
  };
  if (error && !printed) return html`<${Nothing} error=${error} again=${again} />`;
  return html`
    <div class="log">
      <div class="log-bar">
        <search class="log-search">
          <label><${Icon} name="search" /><input type="search" placeholder="Find" aria-label="Find in the output" title="Find (/); n and shift+n step" value=${words} onInput=${asked} onKeyDown=${typed} /></label>
          ${words && html`<${Found} found=${found} place=${place} step=${step} />`}
        </search>
        <span class="log-state quiet">${isLive && html`<span class="log-live"><span class="dot"></span>live</span>`}${printed && count(printed)}</span>
        <button type="button" aria-pressed=${isWrapped ? "true" : "false"} onClick=${flip}>Wrap</button>
        <button type="button" onClick=${() => attempt(() => save(ofRun(runId, "/log"), `${name}.log`))}><${Icon} name="download" />Download</button>
      </div>
      ${printed && !printed.isEmpty
        ? html`<${Lines} printed=${printed} turn=${turn} words=${words} current=${found[place] ?? -1} isWrapped=${isWrapped} view=${view} />`
        : html`<p class="log-empty quiet" role="status">${!printed ? "Loading …" : isLive ? "Nothing printed yet." : "It has printed nothing."}</p>`}
      ${error && html`<p class="log-empty" role="alert">${error.message}. <button type="button" onClick=${again}>Try again</button></p>`}
    </div>
  `;
}

const count = (printed) => `${(printed.length + printed.dropped).toLocaleString("en")} ${printed.length === 1 ? "line" : "lines"}`;

const Nothing = ({ error, again }) =>
  error.status === 404
    ? html`<p class="log-empty quiet">What it printed is not kept any more.</p>`
    : html`<p class="log-empty" role="alert">${error.message}. <button type="button" onClick=${again}>Try again</button></p>`;

const Found = ({ found, place, step }) => html`
  <span class="log-found" role="status">${found.length === 0 ? "not found" : place < 0 ? `${found.length.toLocaleString("en")} ${found.length === 1 ? "line" : "lines"}` : `${place + 1} of ${found.length.toLocaleString("en")}`}</span>
  <button type="button" class="bare" aria-label="The one before" title="The one before (n)" disabled=${found.length === 0} onClick=${() => step(-1)}><${Icon} name="up" /></button>
  <button type="button" class="bare" aria-label="The next one" title="The next one (shift+n)" disabled=${found.length === 0} onClick=${() => step(1)}><${Icon} name="down" /></button>
`;

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

// The lines that hold what is looked for, grown with what comes.
function useFound(printed, words, turn) {
  const before = useRef({});
  return useMemo(() => {
    const known = before.current;
    const goesOn = words && known.printed === printed && known.words === words && known.dropped === printed?.dropped;
    const from = goesOn ? Math.max(0, known.length - 1) : 0; // the last line may have grown
    const kept = goesOn ? known.found.filter((place) => place < from) : [];
    const found = printed && words ? [...kept, ...find(printed, words, from)] : [];
    before.current = { printed, words, found, length: printed?.length ?? 0, dropped: printed?.dropped };
    return found;
  }, [printed, words, turn]);
}

const tellNear = (all) => all.forEach(({ target, isIntersecting }) => target.heard(isIntersecting));

// Where in the output one looks: at its end as long as one has not gone up.
function useView(turn, printed) {
  const frame = useRef(null);
  const content = useRef(null);
  const top = useRef(0);
  const [isAtEnd, setAtEnd] = useState(true);
  const follows = useRef(true);
  const watching = useRef(null);

  const stick = () => {
    if (!follows.current || !frame.current) return;
    frame.current.scrollTop = frame.current.scrollHeight;
    top.current = frame.current.scrollTop;
  };
  const follow = (does) => {
    follows.current = does;
    setAtEnd(does);
  };
  useLayoutEffect(stick, [turn]);
  // Lines that are drawn late, or wrapped anew, move the end away.
  useEffect(() => {
    if (!content.current) return undefined;
    const grown = new ResizeObserver(stick);
    grown.observe(content.current);
    return () => grown.disconnect();
  }, [printed === null || printed.isEmpty]);

  const watch = (element, heard) => {
    if (watching.current?.root !== frame.current) watching.current = new IntersectionObserver(tellNear, { root: frame.current, rootMargin: MARGIN });
    element.heard = heard;
    watching.current.observe(element);
    return () => watching.current.unobserve(element);
  };
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = frame.current;
    if (scrollHeight - scrollTop - clientHeight <= CLOSE) follow(true);
    else if (scrollTop < top.current) follow(false);
    top.current = scrollTop;
  };
  const jump = () => {
    follow(true);
    stick();
    frame.current.focus();
  };
  // Its block first, whose lines are drawn when that is near; then the line.
  const show = (place) => {
    follow(false);
    const target = () => frame.current.querySelector(`[data-place="${place}"]`) ?? frame.current.querySelector(`[data-block="${Math.floor(place / BLOCK)}"]`);
    const centre = () => {
      const [inner, outer] = [target().getBoundingClientRect(), frame.current.getBoundingClientRect()];
      frame.current.scrollTop += inner.top - outer.top - (outer.height - Math.min(inner.height, outer.height)) / 2;
    };
    requestAnimationFrame(() => {
      centre();
      requestAnimationFrame(centre);
    });
  };
  return { frame, content, watch: useMemo(() => watch, []), scrolled, jump, show, isAtEnd };
}

// n and shift+n go on with the search, before the page makes a new job of an n.
function useStepKeys(words, step) {
  const now = useRef(null);
  now.current = words ? step : null;
  useEffect(() => {
    const pressed = (event) => {
      if (!now.current || event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      now.current(event.shiftKey ? 1 : -1);
    };
    document.addEventListener("keydown", pressed, true);
    return () => document.removeEventListener("keydown", pressed, true);
  }, []);
}
