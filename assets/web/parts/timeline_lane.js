// The lane of one job: its name, and what it did and will do as marks that lead there.

import { html, useRef, useSignalEffect } from "../vendor/preact.js";
import { now, took, wall } from "../lib/clock.js";
import { address } from "../lib/route.js";
import { jobSignal } from "../lib/store.js";
import { pack, strokes } from "../lib/timeline_lanes.js";
import { place, stamp } from "../lib/timeline_scale.js";
import { toneOf, wordOf } from "./outcome.js";
import { causeOf } from "./run_table.js";

export const percent = (part) => `${(part * 100).toFixed(4)}%`;

export function Lane({ lane, scale, width }) {
  const marks = pack(lane, scale, width);
  const levels = Math.max(...marks.map((mark) => mark.level), 0) + 1;
  return html`
    <li class="lane" data-job=${lane.id} style=${{ "--levels": levels }}>
      <${Name} id=${lane.id} />
      <div class="track">
        ${lane.coming.length > 0 && html`<svg class="ticks" viewBox=${`0 0 ${width} 1`} preserveAspectRatio="none" aria-hidden="true"><path d=${strokes(lane.coming, scale, width)} /></svg>`}
        ${lane.untold && html`<span class="untold" style=${{ left: 0, width: percent(place(scale, Date.parse(lane.untold))) }}></span>`}
        ${lane.cut && html`<span class="and-so-on" style=${{ left: percent(place(scale, Date.parse(lane.cut))) }}></span>`}
        ${marks.map((mark) => (mark.to === null ? html`<${Going} key=${mark.one.run_id} mark=${mark} scale=${scale} />` : html`<${Mark} key=${mark.one.run_id} mark=${mark} scale=${scale} />`))}
      </div>
    </li>
  `;
}

// A job that is gone has no page any more.
function Name({ id }) {
  const job = jobSignal(id).value;
  return job ? html`<a class="lane-name" href=${address("jobs", id)} title=${job.name}><bdi>${job.name}</bdi></a>` : html`<span class="lane-name quiet" title="Deleted">${id}</span>`;
}

function Mark({ mark, scale }) {
  const { kind, outcome, one, x, size, level, share } = mark;
  const style = { left: percent(x), width: percent(size), "--level": level, ...(share ? { "--share": share.toFixed(3) } : {}) };
  const where = mark.counts ? address("runs", "", { job: one.job_id, since: wall(beginOf(one)).date }) : address("runs", one.run_id);
  return html`<a class="mark ${kind} tone-${toneOf(outcome)} ${mark.counts ? "is-crowd" : ""}" href=${where} tabindex="-1" aria-label=${tell(mark, scale)} style=${style}></a>`;
}

// A run that goes on grows by itself.
function Going({ mark, scale }) {
  const bar = useRef(null);
  useSignalEffect(() => {
    bar.current?.style.setProperty("width", percent(Math.max(0, place(scale, now.value) - mark.x)));
  });
  const style = { left: percent(mark.x), width: percent(place(scale, now.peek()) - mark.x), "--level": mark.level };
  return html`<a ref=${bar} class="mark run tone-busy is-going" href=${address("runs", mark.one.run_id)} tabindex="-1" aria-label=${tell(mark, scale)} style=${style}></a>`;
}

// "Failed, 14:05:00, took 2 min, by hand"
function tell(mark, scale) {
  const { one, counts } = mark;
  if (counts) return `${mark.count} ${mark.kind === "run" ? "runs" : "times"} from ${stamp(scale, beginOf(one))} to ${stamp(scale, beginOf(mark.last))}: ${tellCounts(counts)}`;
  return mark.kind === "run" ? tellRun(one, scale) : tellGap(one, scale);
}

const beginOf = (one) => one.started ?? one.since;
const tellCounts = (counts) =>
  Object.entries(counts)
    .map(([outcome, count]) => `${count} ${wordOf(outcome).toLowerCase()}`)
    .join(", ");

function tellRun(run, scale) {
  const cause = run.cause === "schedule" ? "" : `, ${causeOf(run)}`;
  if (!run.finished) return `Running since ${stamp(scale, run.started)}${cause}`;
  return `${wordOf(run.outcome)}, ${stamp(scale, run.started)}, took ${took(Date.parse(run.finished) - Date.parse(run.started))}${cause}`;
}

function tellGap(gap, scale) {
  const due = gap.until === gap.since ? stamp(scale, gap.since) : `from ${stamp(scale, gap.since)} to ${stamp(scale, gap.until)}`;
  return `${wordOf(gap.outcome ?? "queued")}, due ${due}${gap.reason ? `: ${gap.reason}` : ""}`;
}
