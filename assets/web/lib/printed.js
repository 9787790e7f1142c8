// What has a run printed, line by line? Its newest lines, however much it was.

import { call, get, ofRun, Refused } from "./api.js";
import { PLAIN, styleAfter, textOf } from "./ansi.js";

export const BLOCK = 200; // lines that are drawn together
const MOST_LINES = 500_000;
export const MOST_CHARACTERS = 16 << 20;
const LONGEST = 256 << 10; // characters of one line
const SPARE = 0.75; // how much is kept when there is too much, so that it does not go line by line

export class Printed {
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #styles = [PLAIN]; // in which each block begins
  #characters = 0;

  // `skipped` bytes stand before; then nobody knows the numbers of its lines, and the first one may be half a line.
  constructor(skipped = 0) {
    this.skipped = skipped;
    this.lines = [""]; // the last one may go on
    this.dropped = 0; // lines that were here and are not any more: a multiple of BLOCK
    this.isHalf = skipped > 0;
  }

  get isEmpty() {
    return this.lines.length === 1 && this.lines[0] === "" && this.dropped === 0;
  }

  // Without the empty one behind the last end of a line.
  get length() {
    return this.lines.length - (this.lines.at(-1) === "" ? 1 : 0);
  }

  append(bytes) {
    const text = this.#decoder.decode(bytes, { stream: true });
    const [rest, ...others] = text.split("\n");
    if (this.isHalf) {
      if (others.length === 0) return;
      this.isHalf = false;
      this.lines = others;
    } else {
      this.lines[this.lines.length - 1] = joined(this.lines.at(-1), rest);
      for (const line of others) this.lines.push(line);
    }
    this.#characters += text.length;
    if (this.lines.length > MOST_LINES || this.#characters > MOST_CHARACTERS) this.#forget();
  }

  // The style in which a block begins, counted from those that are here.
  styleOf(block) {
    while (this.#styles.length <= block) {
      const from = (this.#styles.length - 1) * BLOCK;
      this.#styles.push(this.lines.slice(from, from + BLOCK).reduce((style, line) => styleAfter(line, style), this.#styles.at(-1)));
    }
    return this.#styles[block];
  }

  #forget() {
    let characters = this.#characters;
    let count = 0;
    while (this.lines.length - count > Math.max(BLOCK, MOST_LINES * SPARE) || (characters > MOST_CHARACTERS * SPARE && this.lines.length - count > BLOCK)) {
      for (const line of this.lines.slice(count, count + BLOCK)) characters -= line.length + 1;
      count += BLOCK;
    }
    this.styleOf(count / BLOCK);
    this.#styles.splice(0, count / BLOCK);
    this.lines = this.lines.slice(count);
    this.dropped += count;
    this.#characters = characters;
  }
}

// Of a line without an end the newest part is kept: a bar of progress writes itself over and over.
function joined(before, rest) {
  const line = before + rest;
  if (line.length <= LONGEST) return line;
  const anew = line.lastIndexOf("\r", line.length - 2);
  return anew > 0 ? line.slice(anew) : line.slice(0, LONGEST);
}

// The places of the lines that hold these words, in small letters or capitals.
export function find(printed, words, from = 0) {
  const wanted = words.toLowerCase();
  const found = [];
  for (let place = from; place < printed.length; place += 1) if (textOf(printed.lines[place]).toLowerCase().includes(wanted)) found.push(place);
  return found;
}

const NEXT = "Daybell-Next-Offset";

// Ask for what a run has printed since `offset`, and hear each part of it; answers where to go on.
export async function read(runId, offset, heard, signal) {
  const answer = await call("GET", ofRun(runId, "/log"), { query: { offset }, signal });
  const reader = answer.body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return Number(answer.headers.get(NEXT));
    heard(value);
  }
}

// Where to begin, so that no more than `most` bytes come. Output whose middle was left out is shorter than its end says.
export async function beginning(runId, most, signal) {
  const answer = await call("HEAD", ofRun(runId, "/log"), { signal });
  const end = Number(answer.headers.get(NEXT));
  if (end <= most) return 0;
  const { output_dropped } = await get(ofRun(runId), {}, { signal });
  return end - output_dropped <= most ? 0 : end - most;
}

// Its last lines, as text, at most so many bytes of them; null where they are not kept any more.
export async function tail(runId, most, signal) {
  try {
    const begin = await beginning(runId, most, signal);
    const printed = new Printed(begin);
    await read(runId, begin, (bytes) => printed.append(bytes), signal);
    return printed.lines.slice(0, printed.length).map(textOf);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }
}
