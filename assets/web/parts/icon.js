// The few pictures of the page, drawn with one stroke on a field of 16 by 16.

import { html } from "../vendor/preact.js";

const PATHS = {
  overview: "M2 9h5V2H2zM9 14h5V7H9zM2 14h5v-3H2zM9 5h5V2H9z",
  jobs: "M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.5M2 8h.5M2 12h.5",
  timeline: "M2 4h5M5 8h7M9 12h5M2 2v12",
  runs: "M3 8a5 5 0 1 0 1.7-3.8M3 2.5v3h3M8 5.5V8l2 1.5",
  settings: "M2 4.5h6M12 4.5h2M10 2.8v3.4M2 11.5h2M8 11.5h6M6 9.8v3.4",
  run: "M5 3.2v9.6L12.5 8z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  resume: "M4 3.5v9M7.5 3.5v9L13.5 8z",
  more: "M3.2 7.3h1.4v1.4H3.2zM7.3 7.3h1.4v1.4H7.3zM11.4 7.3h1.4v1.4h-1.4z",
  edit: "M3 13l.6-2.8L10.8 3 13 5.2 5.8 12.4zM9.4 4.4l2.2 2.2",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5 5 13h6l.5-8.5M7 7v3.5M9 7v3.5",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  log: "M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  stop: "M4.5 4.5h7v7h-7z",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  check: "M3 8.5 6.5 12 13 4.5",
  failed: "M8 3.5v5M8 11.8v.01",
  note: "M8 2.500 14 13H2zM8 6.500v3M8 11.300v.01",
  dash: "M4 8h8",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6",
  waiting: "M4.5 2.5h7M4.5 13.5h7M5 2.5c0 3.5 6 7.5 6 11M11 2.5c0 3.5-6 7.5-6 11",
  search: "M7 11.500A4.5 4.5 0 1 0 7 2.500a4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
  down: "M4 6l4 4 4-4",
  up: "M4 10l4-4 4 4",
  left: "M10 3.5 5.5 8l4.5 4.5",
  right: "M6 3.5 10.5 8 6 12.5",
  download: "M8 2.500v7.500M4.8 7 8 10.2 11.2 7M3 13.500h10",
  moon: "M13 9.500A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.500z",
  unlink: "M6.5 9.500l3-3M7 4.500l1.5-1.500a2.8 2.8 0 0 1 4 4L11 8.500M9 11.5 7.5 13a2.8 2.8 0 0 1-4-4L5 7.5",
  help: "M6 6a2 2 0 1 1 2.8 1.900C8.2 8.2 8 8.6 8 9.300M8 11.800v.01",
};

export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]} /></svg>
`;

export const Bell = () => html`
  <svg class="bell" viewBox="0 0 32 32" aria-hidden="true">
    <path class="bell-body" d="M16 5a7.5 7.5 0 0 0-7.5 7.500c0 5-1.5 7-3 9h21c-1.5-2-3-4-3-9A7.5 7.5 0 0 0 16 5z" />
    <path class="bell-line" d="M13 25a3.2 3.2 0 0 0 6 0M16 5V2.500M5 8l2 1.500M27 8l-2 1.5" />
  </svg>
`;
