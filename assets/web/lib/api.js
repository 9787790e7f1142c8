// How does the page ask Daybell, and what does a refusal look like?

import { token } from "./session.js";

export class Unreachable extends Error {}

// What Daybell does not do: `code` for programs, `message` for people, `problems` beside their fields.
export class Refused extends Error {
  constructor(status, { code = "", message = `Daybell answered ${status}`, problems = [], ...more } = {}) {
    super(message);
    Object.assign(this, { status, code, problems, ...more });
  }
}

const listeners = new Set();

// Told of each question's end: "answered" or "unauthorized".
export function hearEnds(listener) {
  listeners.add(listener);
}

const tell = (end) => listeners.forEach((listener) => listener(end));

export async function call(method, path, { query, body, etag, headers = {}, signal } = {}) {
  const wanted = new URLSearchParams(Object.entries(query ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  const answer = await reach(`/api/v1${path}${wanted.size ? `?${wanted}` : ""}`, {
    method,
    signal,
    credentials: "omit",
    headers: {
      Authorization: `Bearer ${token()}`,
      ...(method === "GET" ? {} : { "Content-Type": "application/json" }),
      ...(etag ? { "If-Match": etag } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  tell(answer.status === 401 ? "unauthorized" : "answered");
  if (answer.ok) return answer;
  throw new Refused(answer.status, (await answer.json().catch(() => ({}))).error);
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable("Daybell does not answer");
  }
}

const read = async (answer) => (answer.status === 204 ? null : answer.json());

export const get = async (path, query, options) => read(await call("GET", path, { query, ...options }));
export const post = async (path, body, options) => read(await call("POST", path, { body, ...options }));
export const put = async (path, body, etag) => read(await call("PUT", path, { body, etag }));
export const patch = async (path, body, etag = "*") => read(await call("PATCH", path, { body, etag }));
export const remove = async (path) => read(await call("DELETE", path));

export const ofJob = (id, rest = "") => `/jobs/${encodeURIComponent(id)}${rest}`;
export const ofRun = (id, rest = "") => `/runs/${encodeURIComponent(id)}${rest}`;
