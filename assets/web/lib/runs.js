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
  const [order] = useState(inOrder);

  const ask = async (cursor, taken) => {
    const mine = turn.current;
    const change = (changed) => mine === turn.current && setState((before) => ({ ...before, key, ...changed(before) }));
    const page = () => get("/runs", { ...questionOf(filter), limit: PAGE, ...(cursor ? { cursor } : {}) });
    change(() => ({ isAsking: true }));
    try {
      const take = (answer, since) => change((before) => ({ ...caughtUp({ ...before, ...taken(before, answer) }, since, filter), isAsking: false, error: null }));
      await order.answered(page, !cursor, take);
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
    const stop = listen(filter, renew, (run) => {
      order.heard(run);
      setState((before) => (before.runs ? { ...before, ...changed(before, run, filter) } : before));
    });
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

// An answer may be older than what was heard since it was asked for, and than another one that is there already.
function inOrder() {
  const open = new Set();
  let asked = 0;
  let newest = 0;
  return {
    heard: (run) => open.forEach((since) => since.push(run)),
    // `isFirst`: it begins at the newest run, and so an older one is passed over.
    async answered(ask, isFirst, take) {
      const number = (asked += 1);
      const since = [];
      open.add(since);
      try {
        const answer = await ask();
        if (isFirst && number < newest) return;
        if (isFirst) newest = number;
        take(answer, since);
      } finally {
        open.delete(since);
      }
    },
  };
}

// Of a start only the run's id and the time are told.
function changed(before, told, filter) {
  const known = before.runs.find((one) => one.run_id === told.run_id);
  const run = told.job_id ? told : known && { ...known, started: known.started ?? told.started };
  if (!run) return {};
  const runs = withRun(before.runs, run, filter);
  return { runs, grown: before.grown + Math.max(0, runs.length - before.runs.length) };
}

const caughtUp = (state, heard, filter) => heard.reduce((before, run) => ({ ...before, ...changed(before, run, filter) }), state);

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
