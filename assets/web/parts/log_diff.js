// In what does the output of a run differ from that of the last good one before it?

import { html, useMemo, useState } from "../vendor/preact.js";
import { get } from "../lib/api.js";
import { diff, folded, MOST_LINES, withoutNumbers } from "../lib/diff.js";
import { tail } from "../lib/printed.js";
import { address } from "../lib/route.js";
import { Loaded, useAnswer } from "./loaded.js";
import { When } from "./time.js";

const MOST = 256 << 10; // bytes of each
const MOST_ROWS = 1_000; // that are drawn at once
const MARKS = { "-": ["is-gone", "only in the good run: "], "+": ["is-new", "only in this run: "], " ": ["", ""] };

async function compared(run) {
  const { runs } = await get("/runs", { job: run.job_id, outcome: "succeeded", until: run.started, limit: 1 });
  const good = runs[0];
  if (!good?.log) return { good: null };
  const [before, after] = await Promise.all([tail(good.run_id, MOST), tail(run.run_id, MOST)]);
  return { good, before, after };
}

export function LogDiff({ run }) {
  const answer = useAnswer(() => compared(run), [run.run_id]);
  return html`
    <${Loaded} answer=${answer}>
      ${({ good, before, after }) => {
        if (!good) return html`<p class="log-empty quiet">No run before this one has succeeded, as far as anybody remembers.</p>`;
        if (!before || !after) return html`<p class="log-empty quiet">What ${before ? "this run" : "the last good run"} printed is not kept any more.</p>`;
        return html`<${Compared} good=${good} before=${before} after=${after} isCut=${[run, good].some((one) => one.output_bytes > MOST) || Math.max(before.length, after.length) > MOST_LINES} />`;
      }}
    <//>
  `;
}

function Compared({ good, before, after, isCut }) {
  const [isLoose, loosen] = useState(true);
  const parts = useMemo(() => folded(diff(before, after, isLoose ? withoutNumbers : undefined)), [before, after, isLoose]);
  const [shown, show] = useState(MOST_ROWS);
  const changed = parts.flatMap((part) => part.rows).filter((row) => row.mark !== " ");
  const count = (mark) => changed.filter((row) => row.mark === mark).length.toLocaleString("en");
  return html`
    <div class="log">
      <div class="log-bar">
        <span>Against <a href=${address("runs", good.run_id)}>the good run</a> of <${When} time=${good.started} /></span>
        <span class="log-state quiet">${changed.length > 0 && html`<b class="is-gone">−${count("-")}</b> <b class="is-new">+${count("+")}</b> lines`}</span>
        <label class="log-check"><input type="checkbox" checked=${isLoose} onChange=${(event) => loosen(event.target.checked)} />Ignore numbers and times</label>
      </div>
      ${isCut && html`<p class="log-note">Only the end of each is compared: at most 256 KiB and 5,000 lines.</p>`}
      ${changed.length === 0
        ? html`<p class="log-empty quiet">Both printed the same${isLoose ? ", but for numbers and times perhaps" : ""}.</p>`
        : html`<div class="log-frame"><div class="log-lines is-wrapped is-unnumbered" tabindex="0" role="region" aria-label="Differences"><${Rows} parts=${parts} shown=${shown} more=${() => show(shown + MOST_ROWS)} /></div></div>`}
    </div>
  `;
}

function Rows({ parts, shown, more }) {
  let left = shown;
  const drawn = parts.map((part, place) => {
    if (left <= 0) return null;
    if (part.isFolded) return html`<${Fold} key=${place} rows=${part.rows} />`;
    const rows = part.rows.slice(0, left);
    left -= rows.length;
    return html`<div key=${place}>${rows.map(line)}</div>`;
  });
  return html`${drawn}${left <= 0 && html`<p class="log-note"><button type="button" onClick=${more}>Show more</button></p>`}`;
}

function line({ mark, text }) {
  const [kind, words] = MARKS[mark];
  return html`<div class="log-line diff-line ${kind}">${words && html`<span class="unseen">${words}</span>`}${text}</div>`;
}

function Fold({ rows }) {
  const [isOpen, open] = useState(false);
  if (isOpen) return html`<div>${rows.map(line)}</div>`;
  return html`<button type="button" class="diff-fold" onClick=${() => open(true)}>${rows.length.toLocaleString("en")} lines that are the same</button>`;
}
