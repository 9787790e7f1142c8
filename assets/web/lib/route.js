// Which page is shown? The address behind the #: "#/runs/r1?tab=log".

import { signal } from "../vendor/preact.js";

export function parseRoute(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page = "", ...rest] = path.split("/").map(decoded);
  return { page: page || "overview", id: rest[0] ?? "", part: rest[1] ?? "", query: Object.fromEntries(new URLSearchParams(query)) };
}

// What somebody typed may be no address at all.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function address(page, id = "", query = {}, part = "") {
  const path = [page, id, part].filter(Boolean).map(encodeURIComponent).join("/");
  const wanted = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "" && value !== undefined));
  return `#/${path}${wanted.size ? `?${wanted}` : ""}`;
}

export const route = signal(parseRoute(location.hash));

let guard = null; // says why one should stay, or nothing

// `stay()` is asked before the page is left; whatever it says is asked back. Returns how to stop.
export function guardLeaving(stay) {
  guard = stay;
  const before = (event) => stay() && event.preventDefault();
  addEventListener("beforeunload", before);
  return () => {
    guard = null;
    removeEventListener("beforeunload", before);
  };
}

let shown = location.hash;

addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("code")) return; // a new session, and no page
  const question = guard?.();
  if (question && !confirm(question)) {
    history.replaceState(history.state, "", shown || "#/");
    return;
  }
  shown = location.hash;
  route.value = parseRoute(location.hash);
});

export const go = (...where) => {
  location.hash = address(...where);
};

// The same page with another query, without a step in the browser's history.
export function adjust(query) {
  const { page, id, part, query: before } = route.value;
  shown = address(page, id, { ...before, ...query }, part);
  history.replaceState(history.state, "", shown);
  route.value = parseRoute(shown);
}
