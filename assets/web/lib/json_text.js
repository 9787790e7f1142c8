// Is this text a JSON object? If it is not: in which line, and what stands there instead? Browsers differ in that.

const BLANK = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const WORD = /[^\s,:[\]{}]{1,20}|[^]/y;

class Mistake extends Error {}

// { value }, or { message, line, at }: `at` counts characters from 0.
export function parseObject(text) {
  const reader = { text, at: 0 };
  try {
    skip(reader);
    if (text[reader.at] !== "{") fail(reader, "expected an object in braces: { … }");
    readValue(reader);
    skip(reader);
    if (reader.at < text.length) fail(reader, "expected nothing more");
    return { value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const line = text.slice(0, reader.at).split("\n").length;
    return { message: error.message, line, at: reader.at };
  }
}

function readValue(reader) {
  skip(reader);
  const first = reader.text[reader.at];
  if (first === "{") return readMembers(reader);
  if (first === "[") return readItems(reader);
  if (!take(reader, STRING) && !take(reader, PLAIN)) fail(reader, first === '"' ? "this text has no end in its line, or a \\ too many" : "expected a value: text stands in double quotes");
}

function readMembers(reader) {
  const keys = new Set();
  readList(reader, "}", () => {
    const before = reader.at;
    const key = take(reader, STRING);
    if (!key) fail(reader, "expected a key in double quotes");
    if (keys.has(key)) {
      reader.at = before;
      fail(reader, "this key stands here twice");
    }
    keys.add(key);
    skip(reader);
    if (!takeOne(reader, ":")) fail(reader, `expected a colon after ${key}`);
    readValue(reader);
  });
}

const readItems = (reader) => readList(reader, "]", () => readValue(reader));

function readList(reader, end, readOne) {
  reader.at += 1;
  skip(reader);
  if (takeOne(reader, end)) return;
  for (;;) {
    skip(reader);
    readOne();
    skip(reader);
    if (takeOne(reader, end)) return;
    if (!takeOne(reader, ",")) fail(reader, `expected a comma or ${end}`);
    skip(reader);
    if (reader.text[reader.at] === end) fail(reader, `no comma may stand before ${end}`);
  }
}

const skip = (reader) => take(reader, BLANK);
const takeOne = (reader, sign) => reader.text[reader.at] === sign && Boolean((reader.at += 1));

function take(reader, pattern) {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0] ?? "";
  reader.at += found.length;
  return found;
}

function fail(reader, message) {
  WORD.lastIndex = reader.at;
  const found = WORD.exec(reader.text)?.[0];
  throw new Mistake(`${message}, found ${found === undefined ? "the end" : found}`);
}
