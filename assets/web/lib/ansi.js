// What does a line look like that was written for a terminal? Its text in pieces, each with a style that is only ever a
// class. Colours and what is overwritten are understood; every other escape and control character is dropped.

export const PLAIN = 0;

const BOLD = 1;
const DIM = 2;
const ITALIC = 4;
const UNDERLINE = 8;
const REVERSE = 16;
const STRUCK = 32;
const WORDS = { [BOLD]: "bold", [DIM]: "dim", [ITALIC]: "italic", [UNDERLINE]: "underline", [STRUCK]: "struck" };
const ON = { 1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINE, 7: REVERSE, 9: STRUCK, 21: UNDERLINE };
const OFF = { 22: BOLD | DIM, 23: ITALIC, 24: UNDERLINE, 27: REVERSE, 29: STRUCK };
// A style is one number: flags, then the colour of the text and that behind it, 0 for none and 1 + n for the n-th.
const TEXT = 8;
const BEHIND = 13;
const COLOUR = 31;

const WIDEST = 20_000; // columns of a line that are told
const MOST_CODES = 64; // in one escape

const SPECIAL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const TOKENS = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[^\x00-\x08\x0b-\x1f\x7f-\x9f]+|[^]/g;
const UNSEEN = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const COLOURING = /\x1b\[([0-?]*)m/g;
const GOING_BACK = /[\b\r]|\x1b\[[12]K/;

// `{ pieces: [{ text, style }], style, hidden }`: the style goes on in the next line; `hidden` characters are too many.
export function parseLine(written, style = PLAIN) {
  const text = written.endsWith("\r") ? written.slice(0, -1) : written;
  if (GOING_BACK.test(text)) return overwritten(text, style);
  if (!SPECIAL.test(text)) return shortened(text ? [{ text, style }] : [], style);
  const pieces = [];
  for (const [token, codes, verb] of text.matchAll(TOKENS)) {
    if (verb === "m") style = dressed(style, codes);
    if (verb || SPECIAL.test(token)) continue;
    if (pieces.at(-1)?.style === style) pieces.at(-1).text += token;
    else pieces.push({ text: token, style });
  }
  return shortened(pieces, style);
}

// The text alone, as one reads it.
export const textOf = (line) => (GOING_BACK.test(line) ? parseLine(line).pieces.map((piece) => piece.text).join("") : line.replace(UNSEEN, ""));

function shortened(pieces, style) {
  let room = WIDEST;
  let hidden = 0;
  for (const piece of pieces) {
    hidden += Math.max(0, piece.text.length - room);
    piece.text = piece.text.slice(0, room);
    room -= piece.text.length;
  }
  return { pieces: hidden ? pieces.filter((piece) => piece.text) : pieces, style, hidden };
}

// A line that was written over: character by character, as on a screen.
function overwritten(text, style) {
  const line = { characters: [], styles: [], column: 0, style, hidden: 0 };
  for (const [token, codes, verb] of text.matchAll(TOKENS)) {
    if (verb) obey(line, verb, codes);
    else if (token === "\r") line.column = 0;
    else if (token === "\b") line.column = Math.max(0, line.column - 1);
    else if (!SPECIAL.test(token)) write(line, token);
  }
  return { pieces: gathered(line), style: line.style, hidden: line.hidden };
}

// The style in which the next line begins.
export function styleAfter(text, style) {
  const last = text.lastIndexOf("\x1b");
  if (last < 0) return style;
  if (text.startsWith("\x1b[0m", last) || text.startsWith("\x1b[m", last)) return PLAIN; // as most lines end
  for (const [, codes] of text.matchAll(COLOURING)) style = dressed(style, codes);
  return style;
}

function write(line, text) {
  for (const character of text) {
    if (line.column >= WIDEST) {
      line.hidden += 1;
      continue;
    }
    line.characters[line.column] = character;
    line.styles[line.column] = line.style;
    line.column += 1;
  }
}

// Colours, and what erases the line; wherever else a cursor would go, there is no screen.
function obey(line, verb, codes) {
  if (verb === "m") line.style = dressed(line.style, codes);
  if (verb !== "K") return;
  if (codes === "2") {
    line.characters.fill(" ");
    line.styles.fill(PLAIN);
  } else if (codes === "1") {
    line.characters.fill(" ", 0, line.column + 1);
    line.styles.fill(PLAIN, 0, line.column + 1);
  } else {
    line.characters.length = Math.min(line.characters.length, line.column);
    line.styles.length = line.characters.length;
  }
}

function gathered({ characters, styles }) {
  const pieces = [];
  let start = 0;
  for (let place = 1; place <= characters.length; place += 1) {
    if (place < characters.length && styles[place] === styles[start]) continue;
    // A cursor may have gone back over what was erased, and leave a gap.
    const text = Array.from(characters.slice(start, place), (character) => character ?? " ").join("");
    pieces.push({ text, style: styles[start] ?? PLAIN });
    start = place;
  }
  return pieces;
}

function dressed(style, codes) {
  if (/^[<-?]/.test(codes)) return style; // somebody's own invention
  const wanted = codes.split(";", MOST_CODES);
  for (let place = 0; place < wanted.length; place += 1) {
    const [code, ...more] = wanted[place].split(":").map(Number);
    if (code !== 38 && code !== 48) {
      style = more.length && !more[0] ? style & ~(ON[code] ?? 0) : altered(style, code);
      continue;
    }
    // 38;5;n and 38;2;r;g;b; with colons they are one word, which may name a colour space before the colour.
    const rest = more.length ? more : wanted.slice(place + 1, place + 5).map(Number);
    const colour = rest[0] === 5 ? ofTable(rest[1]) : nearest(more.length ? more.slice(-3) : rest.slice(1));
    if (!more.length) place += rest[0] === 5 ? 2 : 4;
    style = coloured(style, code === 38 ? TEXT : BEHIND, colour + 1);
  }
  return style;
}

function altered(style, code) {
  if (code === 0) return PLAIN;
  if (ON[code]) return style | ON[code];
  if (OFF[code]) return style & ~OFF[code];
  if (code === 39) return coloured(style, TEXT, 0);
  if (code === 49) return coloured(style, BEHIND, 0);
  if (code >= 30 && code <= 37) return coloured(style, TEXT, code - 29);
  if (code >= 40 && code <= 47) return coloured(style, BEHIND, code - 39);
  if (code >= 90 && code <= 97) return coloured(style, TEXT, code - 81);
  if (code >= 100 && code <= 107) return coloured(style, BEHIND, code - 91);
  return style;
}

const coloured = (style, place, colour) => (style & ~(COLOUR << place)) | (colour << place);

const TABLE = [0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff];
const CHANNELS = [16, 8, 0];
const CUBE = [0, 95, 135, 175, 215, 255];

// One of 256 as one of the 16.
function ofTable(number) {
  if (!(number >= 0 && number <= 255)) return 7;
  if (number < 16) return number;
  if (number >= 232) return nearest(CHANNELS.map(() => 8 + 10 * (number - 232)));
  return nearest([36, 6, 1].map((step) => CUBE[Math.floor((number - 16) / step) % 6]));
}

function nearest(channels) {
  const away = (colour) => CHANNELS.reduce((sum, shift, place) => sum + (((colour >> shift) & 255) - (channels[place] || 0)) ** 2, 0);
  return TABLE.reduce((best, colour, place) => (away(colour) < away(TABLE[best]) ? place : best), 0);
}

const known = new Map();

// The classes of a style; "" for plain text. A colour behind the text decides that of the text, so that it can be read.
export function classesOf(style) {
  if (!known.has(style)) known.set(style, classes(style));
  return known.get(style);
}

function classes(style) {
  const text = (style >> TEXT) & COLOUR;
  const behind = style & REVERSE ? text || "text" : (style >> BEHIND) & COLOUR;
  const words = Object.keys(WORDS).filter((flag) => style & flag).map((flag) => `ansi-${WORDS[flag]}`);
  if (behind) words.push(behind === "text" ? "ansi-on-text" : `ansi-on-${behind - 1}`);
  else if (text) words.push(`ansi-${text - 1}`);
  return words.join(" ");
}
