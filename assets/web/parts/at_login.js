// Does Daybell start at login? A switch that acts at once: it stands in no file of Daybell's.

import { html, useState } from "../vendor/preact.js";
import { get, put } from "../lib/api.js";
import { Field } from "./field.js";
import { Loaded, useAnswer } from "./loaded.js";

const FIELD = { path: "at_login", label: "Start Daybell at login", kind: "switch" };

export function AtLogin() {
  const answer = useAnswer(() => get("/autostart"), []);
  return html`
    <section class="card" aria-labelledby="this-computer">
      <header><h2 id="this-computer">This computer</h2></header>
      <${Loaded} answer=${answer}>${(now) => html`<${Switch} first=${now} />`}<//>
    </section>
  `;
}

function Switch({ first }) {
  const [now, setNow] = useState(first);
  const [problem, setProblem] = useState("");
  const change = async (enabled) => {
    setNow({ ...now, enabled });
    setProblem("");
    try {
      setNow(await put("/autostart", { enabled }));
    } catch (error) {
      setNow({ ...now });
      setProblem(error.message);
    }
  };
  const help = now.blocked_by ? `Off: ${now.blocked_by} says so.` : "";
  return html`<${Field} field=${{ ...FIELD, help }} value=${now.enabled} problem=${problem} change=${change} />`;
}
