// What Daybell does just now. Whatever comes from a job is written as text, and never as markup.
"use strict";

const KEY = "daybell-session";

class Refused extends Error {}

function say(sentence) {
  document.getElementById("message").textContent = sentence;
}

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, credentials: "omit" });
  if (!answer.ok) throw new Refused(String(answer.status));
  return answer.json();
}

// The code stands behind the #, which no browser sends anywhere; it is worth something once.
async function beginSession() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return;
  history.replaceState(null, "", "/");
  const session = await ask("/api/v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  sessionStorage.setItem(KEY, session.token);
}

function when(time) {
  return time ? new Date(time).toLocaleString() : "–";
}

function show(status) {
  const body = document.querySelector("#jobs tbody");
  body.replaceChildren(
    ...status.jobs.map((job) => {
      const row = document.createElement("tr");
      for (const text of [job.name, job.state, job.schedule, when(job.next_run), job.last_outcome ?? "–"]) {
        row.insertCell().textContent = text;
      }
      return row;
    }),
  );
  document.getElementById("jobs").hidden = status.jobs.length === 0;
  const count = status.jobs.length;
  const jobs = count === 1 ? "1 job" : `${count || "no"} jobs`;
  say(`Daybell ${status.scheduler.version} is ${status.scheduler.state}, with ${jobs}.`);
}

async function refresh() {
  try {
    const session = sessionStorage.getItem(KEY) ?? "";
    show(await ask("/api/v1/status", { headers: { Authorization: `Bearer ${session}` } }));
  } catch (error) {
    say(
      error instanceof Refused
        ? "Daybell does not know this window. Run “daybell open” to get a new one."
        : "Daybell does not answer. Run “daybell open” to come back.",
    );
  }
}

async function begin() {
  try {
    await beginSession();
  } catch {
    // The code was used or is too old; an older session may still be good.
  }
  await refresh();
  const button = document.getElementById("refresh");
  button.hidden = false;
  button.addEventListener("click", refresh);
}

begin();
// A second `daybell open` may lead to a window that shows this page already.
addEventListener("hashchange", begin);
