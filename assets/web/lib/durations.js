// How long do runs take, and what is usual?

// Milliseconds; null for a run that never started or has not ended.
export const durationOf = (run) => (run.started && run.finished ? Date.parse(run.finished) - Date.parse(run.started) : null);

// The smallest value that so much of all does not exceed.
export const quantile = (ascending, part) => ascending[Math.max(0, Math.ceil(ascending.length * part) - 1)];

// The middle, and the band in which eight of ten lie.
export function spread(values) {
  const ascending = [...values].sort((one, other) => one - other);
  return { low: quantile(ascending, 0.1), median: quantile(ascending, 0.5), high: quantile(ascending, 0.9), most: Math.max(ascending.at(-1), 1) };
}
