// Runs by day and by hour, as bars that say in words what they show.

import { html } from "../vendor/preact.js";
import { MONTHS } from "../lib/clock.js";

const HEIGHT = 56;
const STEP = 10;
const WIDTH = 8;
const HOURS = 24;

export function Days({ days }) {
  const most = Math.max(...days.map((day) => day.succeeded + day.failed + day.other), 1);
  const parts = [
    ["good", (day) => day.succeeded],
    ["none", (day) => day.other],
    ["bad", (day) => day.failed],
  ];
  const worst = days.reduce((sum, day) => sum + day.failed, 0);
  return html`
    <svg class="columns" viewBox="0 0 ${days.length * STEP} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${`Runs on each of ${days.length} days; ${worst} failed`}>
      ${days.map((day, place) => {
        let bottom = HEIGHT;
        return html`
          <g key=${day.date}>
            <title>${day.date}: ${day.succeeded} succeeded, ${day.failed} failed, ${day.other} others</title>
            <rect class="ground" x=${place * STEP} y="0" width=${WIDTH} height=${HEIGHT} />
            ${parts.map(([tone, count]) => {
              const size = count(day);
              const tall = size && Math.max(2, (size / most) * (HEIGHT - 2));
              bottom -= tall;
              return tall > 0 && html`<rect class="fill tone-${tone}" x=${place * STEP} y=${bottom} width=${WIDTH} height=${tall} />`;
            })}
          </g>
        `;
      })}
    </svg>
    <p class="axis quiet"><span>${short(days[0]?.date)}</span><span>${short(days.at(-1)?.date)}</span></p>
  `;
}

export function Hours({ hours }) {
  const most = Math.max(...hours, 1);
  const busiest = hours.indexOf(Math.max(...hours));
  return html`
    <svg class="columns" viewBox="0 0 ${HOURS * STEP} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${hours[busiest] ? `Starts by hour; the busiest is ${clock(busiest)}` : "Starts by hour: none"}>
      ${hours.map((count, hour) => {
        const tall = count && Math.max(2, (count / most) * (HEIGHT - 2));
        return html`
          <g key=${hour}>
            <title>${clock(hour)}: ${count} starts</title>
            <rect class="ground" x=${hour * STEP} y="0" width=${WIDTH} height=${HEIGHT} />
            <rect class="fill tone-busy" x=${hour * STEP} y=${HEIGHT - tall} width=${WIDTH} height=${tall} />
          </g>
        `;
      })}
    </svg>
    <p class="axis quiet"><span>00:00</span><span>12:00</span><span>23:00</span></p>
  `;
}

const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;
const short = (date) => (date ? `${Number(date.slice(8))} ${MONTHS[Number(date.slice(5, 7)) - 1]}` : "");
