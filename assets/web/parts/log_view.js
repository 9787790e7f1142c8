// Where in the output does one look? At its end as long as one has not gone up, or at what one searched for.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "../vendor/preact.js";
import { BLOCK, find } from "../lib/printed.js";
import { isTyping } from "../pages/jobs.js";

const MARGIN = "600px"; // so far from the window lines are drawn
const CLOSE = 8; // pixels from the end that still are the end

// `frame` and `content` are the elements that scroll and that is scrolled; `turn` counts what came into it.
export function useView(turn, printed) {
  const frame = useRef(null);
  const content = useRef(null);
  const { isAtEnd, follow, stick, scrolled } = useEnd(frame, content, turn, printed);
  const watch = useNear(frame);
  const jump = () => {
    follow(true);
    stick();
    frame.current.focus();
  };
  const show = (place) => {
    follow(false);
    // Its block first, whose lines are drawn then; the line after that.
    requestAnimationFrame(() => {
      centre(frame.current, place);
      requestAnimationFrame(() => centre(frame.current, place));
    });
  };
  return { frame, content, watch, scrolled, jump, show, isAtEnd };
}

function centre(frame, place) {
  const target = frame?.querySelector(`[data-place="${place}"]`) ?? frame?.querySelector(`[data-block="${Math.floor(place / BLOCK)}"]`);
  if (!target) return;
  const [inner, outer] = [target.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollTop += inner.top - outer.top - (outer.height - Math.min(inner.height, outer.height)) / 2;
}

// Stay at the end, unless somebody goes up.
function useEnd(frame, content, turn, printed) {
  const [isAtEnd, setAtEnd] = useState(true);
  const follows = useRef(true);
  const top = useRef(0);
  const follow = (does) => {
    follows.current = does;
    setAtEnd(does);
  };
  const stick = () => {
    if (!follows.current || !frame.current) return;
    frame.current.scrollTop = frame.current.scrollHeight;
    top.current = frame.current.scrollTop;
  };
  useLayoutEffect(stick, [turn]);
  // Lines that are drawn late, or wrapped anew, move the end away.
  useEffect(() => {
    if (!content.current) return undefined;
    const grown = new ResizeObserver(stick);
    grown.observe(content.current);
    return () => grown.disconnect();
  }, [printed === null || printed.isEmpty]);
  const scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = frame.current;
    if (scrollHeight - scrollTop - clientHeight <= CLOSE) follow(true);
    else if (scrollTop < top.current) follow(false);
    top.current = scrollTop;
  };
  return { isAtEnd, follow, stick, scrolled };
}

const tellNear = (all) => all.forEach(({ target, isIntersecting }) => target.heard(isIntersecting));

// `watch(element, heard)` tells an element when it comes near to what one sees, and when it goes.
function useNear(frame) {
  const watching = useRef(null);
  return useMemo(
    () => (element, heard) => {
      if (watching.current?.root !== frame.current) watching.current = new IntersectionObserver(tellNear, { root: frame.current, rootMargin: MARGIN });
      const { current } = watching;
      element.heard = heard;
      current.observe(element);
      return () => current.unobserve(element);
    },
    [],
  );
}

// The places of the lines that hold what is looked for, grown with what comes.
export function useFound(printed, words, turn) {
  const before = useRef({});
  return useMemo(() => {
    const known = before.current;
    const goesOn = words && known.printed === printed && known.words === words && known.dropped === printed?.dropped;
    const from = goesOn ? Math.max(0, known.length - 1) : 0; // the last line may have grown
    const kept = goesOn ? known.found.filter((place) => place < from) : [];
    const found = printed && words ? [...kept, ...find(printed, words, from)] : [];
    before.current = { printed, words, found, length: printed?.length ?? 0, dropped: printed?.dropped };
    return found;
  }, [printed, words, turn]);
}

// n and shift+n go on with the search, before the page makes a new job of an n.
export function useStepKeys(words, step) {
  const now = useRef(null);
  now.current = words ? step : null;
  useLayoutEffect(() => {
    const pressed = (event) => {
      if (!now.current || event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      now.current(event.shiftKey ? 1 : -1);
    };
    document.addEventListener("keydown", pressed, true);
    return () => document.removeEventListener("keydown", pressed, true);
  }, []);
}
