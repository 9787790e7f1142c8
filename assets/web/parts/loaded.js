// A question asked once for a page, and honest words while there is no answer.

import { html, useCallback, useEffect, useRef, useState } from "../vendor/preact.js";
import { whenBack } from "../lib/back.js";
import { once } from "../lib/once.js";
import { hear } from "../lib/store.js";

// { value, error, reload }: asked when `keys` change and again when `reload` is called; the old value stays meanwhile.
export function useAnswer(ask, keys) {
  const [state, setState] = useState({ value: undefined, error: null });
  const wanted = useRef(null); // the question whose answer is shown: an older one may still be on its way
  const reload = useCallback(
    once(async () => {
      try {
        const value = await ask();
        if (wanted.current === reload) setState({ value, error: null });
      } catch (error) {
        if (wanted.current === reload) setState((before) => ({ value: before.value, error }));
      }
    }),
    keys,
  );
  useEffect(() => {
    wanted.current = reload;
    setState({ value: undefined, error: null });
    reload();
    return () => {
      wanted.current = null;
    };
  }, keys);
  return { ...state, reload };
}

// Call `again` after each event for which `matters(name, members)` holds, a little later, and once for many; and when the
// line was broken and is there again.
export function useEvents(matters, again, keys) {
  useEffect(() => {
    let timer = null;
    const stop = hear((name, members) => {
      if (!matters(name, members)) return;
      timer ??= setTimeout(() => {
        timer = null;
        again();
      }, 80);
    });
    const stay = whenBack(again);
    return () => {
      clearTimeout(timer);
      stop();
      stay();
    };
  }, keys);
}

// `children` is a function of the value.
export const Loaded = ({ answer, children }) => {
  if (answer.value !== undefined) return children(answer.value);
  if (answer.error) return html`<p class="lone" role="alert">${answer.error.message}. <button type="button" onClick=${answer.reload}>Try again</button></p>`;
  return html`<p class="lone" role="status">Loading …</p>`;
};
