// How does a list of runs stay right? Asked page by page, and changed by each event.

import { useEffect, useRef, useState } from "../vendor/preact.js";
import { get } from "./api.js";
import { whenBack } from "./back.js";
import { matches, questionOf, renewed, withRun } from "./run_list.js";
import { hear } from "./store.js";

const PAGE = 50;
const LATER = 800; // milliseconds until a search is done again
const MOST_GROWN = 200; // rows that come by themselves, before the list begins anew

// `{ runs, next, isAsking, error, more, again }`; `runs` is null until there is an answer.
export function useRuns(filter) {
  const key = JSON.stringify(filter);
  const [state, setState] = useState({ key, runs: null, next: null, isAsking: false, error: null, grown: 0 });
  const turn = useRef(0);

  const ask = async (cursor, taken) => {
    const mine = turn.current;
    const change = (changed) => mine === turn.current && setState((before) => ({ ...before, key, ...changed(before) }));
    change(() => ({ isAsking: true }));
    try {
      const page = await get("/runs", { ...questionOf(filter), limit: PAGE, ...(cursor ? { cursor } : {}) });
      change((before) => ({ isAsking: false, error: null, ...taken(before, page) }));
    } catch (error) {
      change(() => ({ isAsking: false, error }));
    }
  };
  const begin = () => ask(null, (before, page) => ({ runs: page.runs, next: page.next, grown: 0 }));
  const renew = () =>
    ask(null, (before, page) => {
      const runs = renewed(before.runs ?? [], page.runs);
      return runs && before.runs ? { runs } : { runs: page.runs, next: page.next, grown: 0 };
    });
  const more = () =>
    ask(state.next, (before, page) => {
      const ids = new Set(before.runs.map((run) => run.run_id));
      return { runs: [...before.runs, ...page.runs.filter((run) => !ids.has(run.run_id))], next: page.next };
    });

  useEffect(() => {
    turn.current += 1;
    begin();
    const stop = listen(filter, renew, (run) => setState((before) => (before.runs ? { ...before, ...changed(before, run, filter) } : before)));
    return () => {
      turn.current += 1;
      stop();
    };
  }, [key]);
  // A list that grew all day is asked anew where nobody has gone down in it.
  useEffect(() => {
    if (state.grown > MOST_GROWN && scrollY < innerHeight) begin();
  }, [state.grown]);
  return { ...state, runs: state.key === key ? state.runs : null, more, again: begin };
}

// Of a start only the run's id and the time are told.
function changed(before, told, filter) {
  const known = before.runs.find((one) => one.run_id === told.run_id);
  const run = told.job_id ? told : known && { ...known, started: known.started ?? told.started };
  if (!run) return {};
  const runs = withRun(before.runs, run, filter);
  return { runs, grown: before.grown + Math.max(0, runs.length - before.runs.length) };
}

// What a run prints only the history can search; and what happened while the line was broken only it knows.
function listen(filter, renew, heard) {
  let timer = null;
  const later = () => {
    timer ??= setTimeout(() => {
      timer = null;
      renew();
    }, LATER);
  };
  const stops = [
    hear((name, { run, run_id, at }) => {
      if (name === "changed") later();
      if (!run && name === "run_started") heard({ run_id, started: at });
      if (run && !(filter.text && matches(run, filter))) heard(run);
      else if (run?.outcome) later();
    }),
    whenBack(renew),
  ];
  return () => {
    clearTimeout(timer);
    stops.forEach((stop) => stop());
  };
}
