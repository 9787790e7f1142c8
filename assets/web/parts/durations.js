// How long did the runs of a job take? Each run a dot, with the median and the band in which most of them lie.

import { html, useState } from "../vendor/preact.js";
import { at, took } from "../lib/clock.js";
import { durationOf, spread } from "../lib/durations.js";
import { toneOf, wordOf } from "./outcome.js";

const WIDTH = 600;
const HEIGHT = 120;
const EDGE = 6;

// `runs` that have ended and had started, the oldest first.
export function Durations({ runs }) {
  const [pointed, point] = useState(null);
  const timed = runs.filter((run) => durationOf(run) !== null);
  if (timed.length < 2) return html`<p class="quiet">There is something to see after two runs.</p>`;
  const { low, median, high, most } = spread(timed.map(durationOf));
  const x = (place) => EDGE + (place / (timed.length - 1)) * (WIDTH - 2 * EDGE);
  const y = (ms) => HEIGHT - EDGE - (ms / most) * (HEIGHT - 2 * EDGE);
  const dots = {};
  timed.forEach((run, place) => {
    const tone = toneOf(run.outcome);
    dots[tone] = `${dots[tone] ?? ""}M${x(place).toFixed(1)} ${y(durationOf(run)).toFixed(1)}h0`;
  });
  const nearest = (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const place = Math.round((((event.clientX - left) / width) * WIDTH - EDGE) / ((WIDTH - 2 * EDGE) / (timed.length - 1)));
    return timed[Math.min(Math.max(place, 0), timed.length - 1)];
  };
  return html`
    <figure class="durations">
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${`Of ${timed.length} runs half took at most ${took(median)}, most between ${took(low)} and ${took(high)}, the longest ${took(most)}`}
        onMouseMove=${(event) => point(nearest(event))} onMouseLeave=${() => point(null)} onClick=${(event) => (location.hash = `#/runs/${nearest(event).run_id}`)}>
        <rect class="band" x="0" y=${y(high)} width=${WIDTH} height=${Math.max(1, y(low) - y(high))} />
        <path class="median" d="M0 ${y(median)}H${WIDTH}" />
        ${Object.entries(dots).map(([tone, d]) => html`<path key=${tone} class="dots tone-${tone}" d=${d} />`)}
      </svg>
      <figcaption class="quiet">
        ${pointed
          ? html`${at(pointed.started)}: ${wordOf(pointed.outcome).toLowerCase()} after <b>${took(durationOf(pointed))}</b>`
          : html`median <b>${took(median)}</b>, most between ${took(low)} and ${took(high)}, longest ${took(most)}`}
      </figcaption>
    </figure>
  `;
}
