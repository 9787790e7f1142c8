// Times that tick by themselves: the text follows the clock, and its component is not drawn again.

import { html, useComputed } from "../vendor/preact.js";
import { at, now, relative, wall } from "../lib/clock.js";

const exact = (time) => `${wall(time).date} ${wall(time).seconds} ${/([+-]\d\d:\d\d|Z)$/.exec(time)?.[0].replace("Z", "UTC") ?? ""}`;

// "in 5 min"; the exact time where one points at it.
export const Relative = ({ time }) => (time ? html`<${Instant} key=${time} time=${time} words=${relative} />` : "–");

// "tomorrow 02:30"
export const At = ({ time }) => (time ? html`<${Instant} key=${time} time=${time} words=${at} />` : "–");

// "tomorrow 02:30 · in 5 h"
export const When = ({ time }) => (time ? html`<${At} time=${time} /> <span class="quiet"><${Relative} time=${time} /></span>` : "–");

const Instant = ({ time, words }) => html`<time datetime=${time} title=${exact(time)}><${Ticking} words=${() => words(time, now.value)} /></time>`;

// A text that follows signals by itself.
export const Ticking = ({ words }) => useComputed(words);
