// In which lines do two texts differ? First by the lines that each has once, then by Myers' shortest way between those.

export const MOST_LINES = 5_000; // of each text: the newest
const MOST_STEPS = 600; // of a way; a longer one is told as "all of this went, all of that came"

// What differs in numbers and times alone.
export const withoutNumbers = (line) => line.replace(/\d+(?:[.,:]\d+)*/g, "0");

// `[{ mark, text }]`: "-" stands in the first text alone, "+" in the second, " " in both, as the second has it.
export function diff(before, after, alike = (line) => line) {
  const numbers = new Map();
  const numbered = (line) => {
    const key = alike(line);
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key);
  };
  const [old, young] = [before.slice(-MOST_LINES), after.slice(-MOST_LINES)];
  const one = Int32Array.from(old, numbered);
  const other = Int32Array.from(young, numbered);
  const rows = [];
  let [i, j] = [0, 0];
  for (const [x, y] of [...pairs(one, other), [old.length, young.length]]) {
    while (i < x) rows.push({ mark: "-", text: old[i++] });
    while (j < y) rows.push({ mark: "+", text: young[j++] });
    if (j < young.length) rows.push({ mark: " ", text: young[j] });
    i += 1;
    j += 1;
  }
  return rows;
}

// Stretches of rows: `{ isSame, rows }`; what stays the same is only told near to what does not.
export function folded(rows, context = 3) {
  const parts = [];
  for (const row of rows) {
    const isSame = row.mark === " ";
    if (parts.at(-1)?.isSame !== isSame) parts.push({ isSame, rows: [] });
    parts.at(-1).rows.push(row);
  }
  return parts.flatMap((part, place) => {
    const head = place === 0 ? 0 : context;
    const foot = place === parts.length - 1 ? 0 : context;
    if (!part.isSame || part.rows.length <= head + foot + 1) return [{ isFolded: false, rows: part.rows }];
    const end = part.rows.length - foot;
    const stretches = [part.rows.slice(0, head), part.rows.slice(head, end), part.rows.slice(end)];
    return stretches.map((some, which) => ({ isFolded: which === 1, rows: some })).filter((one) => one.rows.length > 0);
  });
}

// Which lines are the same ones: pairs of places, in order.
function pairs(one, other) {
  const found = [];
  let [i, j] = [0, 0];
  for (const [x, y] of [...anchors(one, other), [one.length, other.length]]) {
    found.push(...between(one, other, i, x, j, y));
    if (x < one.length) found.push([x, y]);
    [i, j] = [x + 1, y + 1];
  }
  return found;
}

// Lines that each text has exactly once, as far as they stand in the same order.
function anchors(one, other) {
  const places = single(other);
  const both = [...single(one)].flatMap(([number, x]) => (places.has(number) ? [[x, places.get(number)]] : [])).sort((a, b) => a[0] - b[0]);
  const ends = []; // of the longest rising rows so far: places in `both`, by their length
  const behind = [];
  both.forEach(([, y], place) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (both[ends[middle]][1] < y) low = middle + 1;
      else high = middle;
    }
    behind[place] = low > 0 ? ends[low - 1] : -1;
    ends[low] = place;
  });
  const row = [];
  for (let place = ends.at(-1) ?? -1; place >= 0; place = behind[place]) row.push(both[place]);
  return row.reverse();
}

function single(numbers) {
  const places = new Map();
  numbers.forEach((number, place) => places.set(number, places.has(number) ? -1 : place));
  for (const [number, place] of places) if (place < 0) places.delete(number);
  return places;
}

// The shortest way through one stretch, after what both ends have in common.
function between(one, other, i, x, j, y) {
  const head = [];
  const foot = [];
  while (i < x && j < y && one[i] === other[j]) head.push([i++, j++]);
  while (i < x && j < y && one[x - 1] === other[y - 1]) foot.unshift([--x, --y]);
  const middle = i < x && j < y ? myers(one.subarray(i, x), other.subarray(j, y)).map(([a, b]) => [a + i, b + j]) : [];
  return [...head, ...middle, ...foot];
}

function myers(one, other) {
  const most = Math.min(one.length + other.length, MOST_STEPS);
  const furthest = new Int32Array(2 * most + 3);
  const ways = [];
  for (let steps = 0; steps <= most; steps += 1) {
    ways.push(furthest.slice(most + 1 - steps - 1, most + 1 + steps + 2));
    for (let k = -steps; k <= steps; k += 2) {
      const isDown = k === -steps || (k !== steps && furthest[most + k] < furthest[most + k + 2]);
      let x = isDown ? furthest[most + k + 2] : furthest[most + k] + 1;
      while (x < one.length && x - k < other.length && one[x] === other[x - k]) x += 1;
      furthest[most + 1 + k] = x;
      if (x >= one.length && x - k >= other.length) return walkedBack(ways, one.length, other.length);
    }
  }
  return [];
}

// `ways[steps]` holds how far one had come before that step, from diagonal -steps-1 on.
function walkedBack(ways, x, y) {
  const found = [];
  for (let steps = ways.length - 1; steps >= 0; steps -= 1) {
    const at = (k) => ways[steps][k + steps + 1];
    const k = x - y;
    const isDown = k === -steps || (k !== steps && at(k - 1) < at(k + 1));
    const before = steps === 0 ? 0 : isDown ? k + 1 : k - 1;
    const begin = steps === 0 ? 0 : at(before);
    const corner = steps === 0 ? 0 : isDown ? begin : begin + 1;
    while (x > corner) found.push([--x, --y]);
    [x, y] = [begin, begin - before];
  }
  return found.reverse();
}
