// Some lines of output that come and go together: drawn where one looks, and elsewhere as tall as they are.

import { html, useEffect, useMemo, useRef, useState } from "../vendor/preact.js";
import { classesOf, parseLine } from "../lib/ansi.js";
import { BLOCK } from "../lib/printed.js";

const TALL = 1.5; // em of a line, as in style/run.css
const CUT = /^\[Daybell left out [0-9,]+ bytes here\]$/;

// `isNewest`: drawn at once. `turn` changes when its lines have. `current`: which of them was gone to, or -1.
export function Block({ printed, block, turn, words, current, watch, isNewest }) {
  const element = useRef(null);
  const [isNear, setNear] = useState(isNewest);
  const isDrawn = isNear || current >= 0;
  const tall = useRef(null);
  const from = block * BLOCK;
  const count = Math.min(BLOCK, printed.length - from);
  useEffect(
    () =>
      watch(element.current, (near) => {
        if (!near && element.current.childNodes.length) tall.current = `${element.current.offsetHeight}px`;
        setNear(near);
      }),
    [],
  );
  const lines = useMemo(() => (isDrawn ? drawn(printed, block, words.toLowerCase(), current) : null), [isDrawn, turn, count, words, current, printed.dropped]);
  return html`<div ref=${element} class="log-block" data-block=${block} style=${isDrawn ? {} : { height: tall.current ?? `${count * TALL}em` }}>${lines}</div>`;
}

function drawn(printed, block, words, current) {
  let style = printed.styleOf(block);
  const from = block * BLOCK;
  return printed.lines.slice(from, Math.min(from + BLOCK, printed.length)).map((text, row) => {
    const line = parseLine(text, style);
    style = line.style;
    const place = from + row;
    return html`<div class="log-line ${CUT.test(text) ? "is-cut" : ""}" data-place=${place} data-number=${place + printed.dropped + 1}>${inside(line, words, place === current)}</div>`;
  });
}

function inside({ pieces, hidden }, words, isCurrent) {
  const all = words ? marked(pieces, words) : pieces;
  const texts = all.map(({ text, style, isFound }) => {
    const kind = classesOf(style);
    if (isFound) return html`<mark class=${isCurrent ? "is-current" : ""}>${text}</mark>`;
    return kind ? html`<span class=${kind}>${text}</span>` : text;
  });
  return hidden ? [...texts, html`<span class="log-more"> … ${hidden.toLocaleString("en")} more characters</span>`] : texts;
}

// The pieces of a line, cut where these words (in small letters) begin and end.
export function marked(pieces, words) {
  const text = pieces.map((piece) => piece.text).join("").toLowerCase();
  const found = [];
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) found.push(at);
  if (found.length === 0) return pieces;
  const edges = found.flatMap((at) => [at, at + words.length]);
  const cut = [];
  let start = 0;
  let passed = 0; // edges behind us: an odd number of them is inside
  for (const { text: piece, style } of pieces) {
    let rest = piece;
    while (rest) {
      while (passed < edges.length && edges[passed] <= start) passed += 1;
      const part = rest.slice(0, (edges[passed] ?? Infinity) - start);
      cut.push({ text: part, style, isFound: passed % 2 === 1 });
      start += part.length;
      rest = rest.slice(part.length);
    }
  }
  return cut;
}
