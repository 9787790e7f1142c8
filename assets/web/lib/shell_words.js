// Which words does a command line have, and which line says these words? Simple quotes are understood; no more is needed
// to go from one form of a command to the other.

const WORD = /(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+))+/g;
const PART = /"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+)/g;
const HARMLESS = /^[\w@%+=:,./~-]+$/;

export const wordsOf = (line) => [...line.matchAll(WORD)].map(([word]) => [...word.matchAll(PART)].map(([, double, single, plain]) => double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? plain).join(""));

export const lineOf = (words, isWindows = false) => words.map((word) => (HARMLESS.test(word) ? word : isWindows ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
