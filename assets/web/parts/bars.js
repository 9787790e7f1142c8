// The last runs of a job as bars: the height says how long, the shape and the colour how it went.

import { html } from "../vendor/preact.js";
import { relative, took } from "../lib/clock.js";
import { barsSignal, BARS } from "../lib/store.js";
import { toneOf, wordOf } from "./outcome.js";

const WIDTH = 4;
const STEP = 6;
const HEIGHT = 22;
const LOWEST = 4;

// One path for each tone, so that five hundred jobs are not ten thousand nodes.
export function Bars({ id }) {
  const runs = barsSignal(id).value;
  if (runs.length === 0) return html`<span class="quiet">no runs yet</span>`;
  const pick = (event) => runs[Math.floor((event.nativeEvent ?? event).offsetX / STEP) - (BARS - runs.length)];
  const point = (event) => {
    const run = pick(event);
    event.currentTarget.parentNode.title = run ? tellRun(run) : "";
  };
  const open = (event) => {
    const run = pick(event);
    if (run) location.hash = `#/runs/${run.run_id}`;
  };
  return html`
    <span class="bars">
      <svg width=${BARS * STEP} height=${HEIGHT} role="img" aria-label=${tellAll(runs)} onMouseMove=${point} onClick=${open}>
        ${Object.entries(paths(runs)).map(([tone, d]) => html`<path key=${tone} class="bar tone-${tone}" d=${d} />`)}
      </svg>
    </span>
  `;
}

function paths(runs) {
  const longest = Math.max(...runs.map((run) => run.duration_ms ?? 0), 1);
  const drawn = {};
  runs.forEach((run, place) => {
    const tone = toneOf(run.outcome);
    const x = (place + BARS - runs.length) * STEP;
    const tall = LOWEST + Math.round((HEIGHT - LOWEST) * Math.sqrt((run.duration_ms ?? 0) / longest));
    drawn[tone] = (drawn[tone] ?? "") + SHAPES[tone](x, tall);
  });
  return drawn;
}

const box = (x, y, height) => `M${x} ${y}h${WIDTH}v${height}h-${WIDTH}z`;
const hollow = (x, y, height) => `M${x + 0.75} ${y + 0.75}h${WIDTH - 1.5}v${height - 1.5}h-${WIDTH - 1.5}z`;

const SHAPES = {
  good: (x, tall) => box(x, HEIGHT - tall, tall),
  // An exclamation mark, as tall as the run was long, but never too small to be seen.
  bad: (x, tall) => box(x, HEIGHT - Math.max(tall, 12), Math.max(tall, 12) - 6) + box(x, HEIGHT - 4, 4),
  cut: (x, tall) => hollow(x, HEIGHT - Math.max(tall, 8), Math.max(tall, 8)),
  late: (x) => hollow(x, HEIGHT - 6, 6),
  none: (x) => box(x, HEIGHT - 2, 2),
  busy: (x, tall) => hollow(x, HEIGHT - tall, tall),
};

// Some of their times are in UTC: how long ago it was is the same on every wall.
const tellRun = (run) => `${wordOf(run.outcome)}, ${relative(run.started ?? run.due)}${run.duration_ms === null ? "" : `, took ${took(run.duration_ms)}`}`;

function tellAll(runs) {
  const counts = {};
  for (const run of runs) counts[run.outcome] = (counts[run.outcome] ?? 0) + 1;
  const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${wordOf(outcome).toLowerCase()}`);
  return `Last ${runs.length === 1 ? "run" : `${runs.length} runs`}: ${parts.join(", ")}`;
}
