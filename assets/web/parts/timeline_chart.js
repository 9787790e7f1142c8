// A stretch of time as a drawing: an axis, a lane for each job, and a line for now that moves by itself.

import { html, useEffect, useLayoutEffect, useRef, useSignal, useSignalEffect, useState } from "../vendor/preact.js";
import { now, took } from "../lib/clock.js";
import { nameOf } from "../lib/store.js";
import { leftOutAfter, nearest } from "../lib/timeline_lanes.js";
import { place, stamp, ticks, wallAt } from "../lib/timeline_scale.js";
import { Icon } from "./icon.js";
import { Lane, percent } from "./timeline_lane.js";
import { AWAY } from "./timeline_words.js";

export function Chart({ line, scale, lanes, order, zoom, label }) {
  const scroller = useRef(null);
  const axis = useRef(null);
  const tip = useSignal(null);
  const width = useWidth(axis);
  useKeptCentre(scroller, axis, scale, zoom);
  const kept = useKept();
  const point = (event) => (tip.value = pointedAt(event, { line, scale, lanes, width }));
  const forget = () => (tip.value = null);
  return html`
    <div class="chart" ref=${scroller} role="group" aria-label=${label} aria-describedby="timeline-words" onScroll=${forget}>
      <div class="chart-field" style=${{ "--zoom": zoom }} onPointerMove=${point} onPointerLeave=${forget} onFocusIn=${point} onFocusOut=${forget} onKeyDown=${step}>
        <div class="axis-row" aria-hidden="true">
          <span class="axis-corner"></span>
          <div class="axis" ref=${axis}>
            ${ticks(scale, width).map(({ at, words, isDay }) => html`<span key=${at} class="axis-label ${isDay ? "is-day" : ""}" style=${{ left: percent(place(scale, at)) }}>${words}</span>`)}
            ${(line.absences ?? []).map(({ since, until, kind }) => html`<span key=${since + kind} class="away-sign" style=${between(scale, since, until)}><${Icon} name=${kind === "asleep" ? "moon" : "unlink"} /></span>`)}
            <${Now} key=${scale.since} scale=${scale} isNamed />
          </div>
        </div>
        <div class="backdrop" aria-hidden="true">
          <${Backdrop} line=${line} scale=${scale} width=${width} />
          <${Now} key=${scale.since} scale=${scale} />
        </div>
        <ol class="lanes">
          ${order.map((id) => kept(id, [lanes.get(id), width, scale], ([lane]) => html`<${Lane} key=${id} lane=${lane} scale=${scale} width=${width} />`))}
        </ol>
      </div>
      <${Tip} tip=${tip} />
    </div>
  `;
}

// How wide the line itself is, in pixels.
function useWidth(axis) {
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const measure = () => setWidth(axis.current.clientWidth || 800);
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(axis.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

// What was in the middle stays there when the drawing gets wider; at first that is now, where now is in it.
function useKeptCentre(scroller, axis, scale, zoom) {
  const at = place(scale, now.peek());
  const centre = useRef(at > 0 && at < 1 ? at : 0.5);
  useLayoutEffect(() => {
    const { current: view } = scroller;
    const half = () => (view.clientWidth - (view.scrollWidth - axis.current.clientWidth)) / 2;
    view.scrollLeft = centre.current * axis.current.clientWidth - half();
    const moved = () => {
      if (view.scrollWidth > view.clientWidth) centre.current = (view.scrollLeft + half()) / axis.current.clientWidth;
    };
    view.addEventListener("scroll", moved, { passive: true });
    return () => view.removeEventListener("scroll", moved);
  }, [zoom]);
}

// What is made of equal things is the same again, and is passed over when the page is drawn anew.
function useKept() {
  const before = useRef(new Map());
  const after = new Map();
  useEffect(() => {
    before.current = after;
  });
  return (id, of, make) => {
    const key = JSON.stringify(of);
    const known = before.current.get(id);
    const made = known?.key === key ? known : { key, vnode: make(of) };
    after.set(id, made);
    return made.vnode;
  };
}

function Backdrop({ line, scale, width }) {
  const after = leftOutAfter(line);
  const lines = (isDay) => ticks(scale, width).filter((one) => one.isDay === isDay).map(({ at }) => `M${(place(scale, at) * width).toFixed(1)} 0v1`);
  return html`
    ${(line.absences ?? []).map(({ since, until, kind }) => html`<span key=${since + kind} class="away" style=${between(scale, since, until)}></span>`)}
    ${after && html`<span class="untold" style=${between(scale, after, line.until)}></span>`}
    <svg class="grid" viewBox=${`0 0 ${width} 1`} preserveAspectRatio="none">
      <path d=${lines(false).join("")} />
      <path class="is-day" d=${lines(true).join("")} />
    </svg>
  `;
}

function between(scale, since, until) {
  const [from, to] = [since, until].map((time) => place(scale, Date.parse(time)));
  return { left: percent(from), width: percent(to - from) };
}

// It moves with the clock, and nothing is drawn anew for it.
function Now({ scale, isNamed }) {
  const mark = useRef(null);
  useSignalEffect(() => {
    const at = now.value;
    if (!mark.current) return;
    mark.current.hidden = at < scale.since || at >= scale.until;
    const left = percent(place(scale, at));
    mark.current.style.left = isNamed ? `clamp(25px, ${left}, 100% - 25px)` : left;
    if (isNamed) mark.current.textContent = wallAt(scale, at).toISOString().slice(11, 16);
  });
  return html`<span ref=${mark} class=${isNamed ? "now-name" : "now-line"} hidden></span>`;
}

// What one points at, or has stepped to: { rect, title, words }.
function pointedAt(event, { line, scale, lanes, width }) {
  const target = event.target.nodeType === 1 ? event.target : null;
  const id = target?.closest(".lane")?.dataset.job;
  const mark = target?.closest(".mark");
  if (mark) return { rect: mark.getBoundingClientRect(), title: nameOf(id), words: mark.getAttribute("aria-label") };
  const track = target?.closest(".track");
  if (!track || event.clientX === undefined) return null;
  const box = track.getBoundingClientRect();
  const words = tellPlace(event.clientX - box.left, { line, scale, lane: lanes.get(id), width });
  return words && { rect: { left: event.clientX, right: event.clientX, top: box.top, bottom: box.bottom }, title: words.title ?? nameOf(id), words: words.text };
}

function tellPlace(x, { line, scale, lane, width }) {
  const coming = lane && nearest(lane.coming, scale, width, x);
  if (coming) return { text: `Due ${stamp(scale, coming)}` };
  const at = scale.since + (x / width) * (scale.until - scale.since);
  const away = line.absences?.find((one) => Date.parse(one.since) <= at && at < Date.parse(one.until));
  return away && { title: AWAY[away.kind] ?? away.kind, text: `from ${stamp(scale, away.since)} to ${stamp(scale, away.until)}, ${took(Date.parse(away.until) - Date.parse(away.since))}` };
}

function Tip({ tip }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    if (!tip.value) return;
    const { left, right, top, bottom } = tip.value.rect;
    const { offsetWidth, offsetHeight, style } = box.current;
    const middle = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    style.left = `${Math.max(8, Math.min(middle - offsetWidth / 2, innerWidth - offsetWidth - 8))}px`;
    style.top = `${bottom + 8 + offsetHeight < innerHeight ? bottom + 6 : top - offsetHeight - 6}px`;
  }, [tip.value]);
  return html`<div ref=${box} class="tip" hidden=${!tip.value} aria-hidden="true"><b dir="auto">${tip.value?.title}</b><span>${tip.value?.words}</span></div>`;
}

// From a name into its lane, along its marks, and to the lanes above and below.
function step(event) {
  const lane = event.target.closest?.(".lane");
  if (!lane || event.ctrlKey || event.metaKey || event.altKey) return;
  const stops = [lane.querySelector("a.lane-name"), ...lane.querySelectorAll(".mark")].filter(Boolean);
  const at = stops.indexOf(document.activeElement);
  const other = (beside) => beside?.querySelector("a.lane-name, .mark");
  const ways = {
    ArrowRight: () => stops[at + 1],
    ArrowLeft: () => stops[at - 1],
    Home: () => stops[0],
    End: () => stops.at(-1),
    Escape: () => stops[0],
    ArrowDown: () => other(lane.nextElementSibling),
    ArrowUp: () => other(lane.previousElementSibling),
  };
  if (!ways[event.key]) return;
  event.preventDefault();
  ways[event.key]()?.focus();
}
