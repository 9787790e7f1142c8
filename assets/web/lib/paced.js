// How often at most? At once, and then not again until some time has passed.

// Whoever asks meanwhile is answered by one more act at the end of that time; `stop()` forgets it.
export function paced(act, least) {
  let last = -Infinity;
  let timer = null;
  const acted = () => {
    timer = null;
    last = performance.now();
    act();
  };
  const again = () => {
    timer ??= setTimeout(acted, Math.max(0, last + least - performance.now()));
  };
  const stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  return { again, stop };
}
