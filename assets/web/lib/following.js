// How does a page keep up with what a run prints? By asking for what is new, seldom while there is nothing.

import { useEffect, useRef, useState } from "../vendor/preact.js";
import { Refused, Unreachable } from "./api.js";
import { beginning, MOST_CHARACTERS, Printed, read } from "./printed.js";

const SHORTEST = 400; // milliseconds between two questions
const LONGEST = 3_000;

// `{ printed, turn, error, again }`: `turn` counts what came; `printed` is null at first, and where it is not kept any more
// `error` is a refusal.
export function useOutput(runId, isLive) {
  const [state, setState] = useState({ printed: null, turn: 0, error: null });
  const [round, setRound] = useState(0);
  const live = useRef(isLive);
  live.current = isLive;
  useEffect(() => {
    const leaving = new AbortController();
    const told = (change) => leaving.signal.aborted || setState((before) => ({ ...before, turn: before.turn + 1, ...change }));
    setState({ printed: null, turn: 0, error: null });
    follow(runId, () => live.current, told, leaving.signal).catch((error) => told({ error }));
    return () => leaving.abort();
  }, [runId, round]);
  return { ...state, again: () => setRound(round + 1) };
}

async function follow(runId, isLive, told, signal) {
  let offset = null;
  let printed = null;
  let wait = SHORTEST;
  for (;;) {
    const wasLive = isLive(); // once more after the end: what came before it may not have been read
    let isNew = false;
    try {
      if (offset === null) {
        offset = await beginning(runId, MOST_CHARACTERS, signal);
        printed = new Printed(offset);
      }
      const next = await read(
        runId,
        offset,
        (bytes) => {
          isNew = true;
          printed.append(bytes);
          told({ printed, error: null });
        },
        signal,
      );
      offset = next;
      told({ printed, error: null });
    } catch (error) {
      if (!wasLive || error instanceof Refused || signal.aborted) throw error;
      if (!(error instanceof Unreachable)) offset = null; // it broke off in the middle: nobody knows where
      wait = LONGEST;
    }
    if (!wasLive) return;
    wait = isNew ? SHORTEST : Math.min(wait * 1.5, LONGEST);
    await pause(wait, signal, isLive);
  }
}

// Shorter where the run ends meanwhile; longer where nobody looks.
async function pause(length, signal, isLive) {
  const begun = performance.now();
  while (!signal.aborted && isLive() && (document.hidden || performance.now() - begun < length)) await new Promise((resolve) => setTimeout(resolve, 100));
  signal.throwIfAborted();
}
