// Never two of the same questions at once: who asks meanwhile is answered by one more, afterwards.

export function once(ask) {
  let running = null;
  let next = null;
  return function again() {
    if (running === null) {
      running = ask().finally(() => {
        running = null;
      });
      return running;
    }
    next ??= running
      .catch(() => {})
      .then(() => {
        next = null;
        return again();
      });
    return next;
  };
}
