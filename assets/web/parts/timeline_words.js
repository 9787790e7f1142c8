// What is said beside the drawing: what its marks mean, and what is not in it.

import { html } from "../vendor/preact.js";
import { address, route } from "../lib/route.js";
import { leftOutAfter } from "../lib/timeline_lanes.js";
import { shiftWords, stamp } from "../lib/timeline_scale.js";
import { nameOf } from "../lib/store.js";

export const AWAY = {
  asleep: "The computer slept",
  held_up: "Daybell was held up",
  clock_set: "The clock was set",
  stopped: "Daybell did not run",
  crashed: "Daybell had crashed",
  machine_off: "The computer was off",
};
const FEW = 3; // jobs that are named one by one

const MARKS = [
  ["run tone-good", "succeeded"],
  ["run tone-bad", "failed"],
  ["run tone-busy is-going", "running"],
  ["run tone-cut", "ended early"],
  ["gap tone-late", "missed"],
  ["gap tone-none", "skipped"],
  ["gap tone-busy", "waiting"],
  ["run tone-good is-crowd", "several runs"],
];

// Each sentence about what the answer leaves out, and about the clocks.
export function Words({ line, scale }) {
  const after = leftOutAfter(line);
  const sentences = [
    shiftWords(scale),
    ...some(line.left_out, (name, time) => `${name} ran so often that its runs before ${stamp(scale, time)} are left out.`, (more) => `So are earlier runs of ${more} more jobs.`),
    ...some(line.cut, (name, time) => `${name} is due so often that its starts after ${stamp(scale, time)} are left out.`, (more) => `So are later starts of ${more} more jobs.`),
    after && `There are more starts to come than fit: those from ${stamp(scale, after)} on are left out.`,
  ].filter(Boolean);
  return sentences.length > 0 && html`<ul class="timeline-words">${sentences.map((words) => html`<li key=${words} dir="auto">${words}</li>`)}</ul>`;
}

function some(times, tell, tellMore) {
  const all = Object.entries(times);
  const told = all.slice(0, FEW).map(([id, time]) => tell(nameOf(id), time));
  return all.length > FEW ? [...told, tellMore(all.length - FEW)] : told;
}

// Below the drawing, with the way to the table.
export const Legend = () => html`
  <div class="legend">
    <ul aria-label="What the marks mean">
      ${MARKS.map(([kind, word]) => html`<li key=${word}><span class="sample" aria-hidden="true"><span class="mark ${kind}"></span></span>${word}</li>`)}
      <li><span class="sample" aria-hidden="true"><span class="tick"></span></span>due</li>
      <li><span class="sample" aria-hidden="true"><span class="away"></span></span>asleep or off</li>
    </ul>
    <p id="timeline-words" class="quiet">The same in words: <a href=${address("timeline", "", { ...route.value.query, view: "table" })}>as a table</a>.</p>
  </div>
`;
