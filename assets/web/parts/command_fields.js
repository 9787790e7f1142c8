// What does the job run? One line for the shell, or a program with its arguments; where, and with which variables.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { lineOf, wordsOf } from "../lib/shell_words.js";
import { systemOf } from "../lib/templates.js";
import { Icon } from "./icon.js";
import { Framed, idOf, JobField } from "./job_field.js";

const isWindows = systemOf(navigator.userAgent) === "windows";
const CWD = { path: "handler.cwd", label: "Working directory", kind: "text", isMono: true, usual: "your home directory", help: "~ is your home directory." };

export function CommandFields({ draft }) {
  const { handler } = draft.definition.value;
  const argv = handler.argv ?? [];
  const isShell = handler.shell === true;
  const choose = (next) => {
    if (next === isShell) return;
    const words = next ? [lineOf(argv, isWindows)] : wordsOf(argv[0] ?? "");
    draft.setAll([["handler.argv", words.length > 0 ? words : [""]], ["handler.shell", next || undefined]]);
  };
  return html`
    <section class="card" aria-labelledby="part-command">
      <header>
        <h2 id="part-command">What it runs</h2>
        <div class="segments" role="radiogroup" aria-label="Kind of command">
          <label><input type="radio" name="shell" checked=${isShell} onChange=${() => choose(true)} /><span>A command line</span></label>
          <label><input type="radio" name="shell" checked=${!isShell} onChange=${() => choose(false)} /><span>A program</span></label>
        </div>
      </header>
      ${isShell ? html`<${Line} draft=${draft} argv=${argv} />` : html`<${Program} draft=${draft} argv=${argv} />`}
      <div class="entries">
        <${JobField} draft=${draft} field=${CWD} />
        <${Variables} draft=${draft} env=${handler.env ?? {}} />
      </div>
    </section>
  `;
}

const Line = ({ draft, argv }) => html`
  <${Framed} draft=${draft} path="handler.argv" label="Command line" missing="Needed: what shall it run?" shape="is-wide" help=${isWindows ? "As in the command prompt." : "As in a terminal: sh understands it."}>
    ${(common) => html`<textarea ...${common} class="mono" rows="2" spellcheck=${false} autocapitalize="off" dir="ltr" value=${argv.join(" ")} onInput=${(event) => draft.set("handler.argv", [event.target.value])} />`}
  <//>
`;

function Program({ draft, argv }) {
  const rows = argv.length > 0 ? argv : [""];
  const wanted = useRef(null);
  // Before the next key comes.
  useLayoutEffect(() => {
    if (wanted.current !== null) document.getElementById(idOf(`handler.argv[${wanted.current}]`))?.focus();
    wanted.current = null;
  });
  const put = (next) => draft.set("handler.argv", next);
  const insert = (place) => {
    wanted.current = place;
    put(rows.toSpliced(place, 0, ""));
  };
  const remove = (place) => {
    wanted.current = Math.max(0, place - 1);
    put(rows.toSpliced(place, 1));
  };
  const whole = draft.wrongs("handler.argv");
  const pressed = (event, place) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    insert(place + 1);
  };
  return html`
    <div class="arguments">
      ${rows.map(
        (word, place) => html`
          <${Framed} key=${place} draft=${draft} path=${`handler.argv[${place}]`} label=${place === 0 ? "Program" : `Argument ${place}`} shape="is-row">
            ${(common) => html`
              <input ...${common} type="text" class="mono" dir="ltr" spellcheck=${false} autocomplete="off" value=${word} aria-invalid=${common["aria-invalid"] ?? (place === 0 && whole.length > 0 ? "true" : undefined)} onInput=${(event) => put(rows.with(place, event.target.value))} onKeyDown=${(event) => pressed(event, place)} />
              ${place > 0 && html`<button type="button" class="bare" aria-label=${`Remove argument ${place}`} onClick=${() => remove(place)}><${Icon} name="close" /></button>`}
            `}
          <//>
        `,
      )}
      ${whole.length > 0 && html`<p class="entry-wrong"><${Icon} name="failed" /><span>${rows[0].trim() === "" ? "Needed: which program?" : whole.join("; ")}</span></p>`}
      <p class="one-more"><button type="button" onClick=${() => insert(rows.length)}><${Icon} name="plus" />Argument</button> <span class="entry-help">Each is passed as it is, without a shell.</span></p>
    </div>
  `;
}

const envOf = (rows) => Object.fromEntries(rows.filter(([name, value]) => name !== "" || value !== ""));

// The rows live here, since two of them may have the same name while somebody types.
function Variables({ draft, env }) {
  const [rows, setRows] = useState(() => Object.entries(env));
  const put = (next) => {
    const said = envOf(next);
    setRows(next);
    draft.set("handler.env", Object.keys(said).length > 0 ? said : undefined);
  };
  // Somebody else's edit of the file.
  useEffect(() => {
    if (JSON.stringify(envOf(rows)) !== JSON.stringify(env)) setRows(Object.entries(env));
  }, [JSON.stringify(env)]);
  const names = rows.map(([name]) => name);
  const isDouble = names.some((name, place) => name && names.indexOf(name) !== place);
  const wrongsOf = (name) => draft.wrongs(`handler.env.${name}`, "handler.env");
  const wrongs = [...draft.wrongs("handler.env"), ...new Set(names.flatMap(wrongsOf)), ...(isDouble ? ["Two of them have the same name: the last one holds."] : [])];
  const label = (what, name, place) => `${what} ${name || `of variable ${place + 1}`}`;
  return html`
    <div class="entry ${rows.length > 0 ? "is-wide" : ""}" role="group" aria-labelledby="variables" onFocusOut=${() => draft.saw("handler.env")}>
      <span id="variables" class="entry-label">Environment</span>
      ${rows.map(
        ([name, value], place) => html`
          <div key=${place} class="variable">
            <input id=${idOf(`handler.env.${name}`)} type="text" class="mono" dir="ltr" spellcheck=${false} autocomplete="off" placeholder="NAME" aria-label=${`Name of variable ${place + 1}`} aria-describedby="variables-wrong" aria-invalid=${wrongsOf(name).length > 0 ? "true" : undefined} value=${name} onInput=${(event) => put(rows.with(place, [event.target.value, value]))} />
            <span aria-hidden="true">=</span>
            <input type="text" class="mono" dir="ltr" spellcheck=${false} autocomplete="off" aria-label=${label("Value", name, place)} value=${value} onInput=${(event) => put(rows.with(place, [name, event.target.value]))} />
            <button type="button" class="bare" aria-label=${label("Remove", name, place)} onClick=${() => put(rows.toSpliced(place, 1))}><${Icon} name="close" /></button>
          </div>
        `,
      )}
      <div id="variables-wrong">${wrongs.map((message) => html`<p key=${message} class="entry-wrong"><${Icon} name="failed" /><span>${message}</span></p>`)}</div>
      <p class="one-more"><button type="button" onClick=${() => put([...rows, ["", ""]])}><${Icon} name="plus" />Variable</button> <span class="entry-help">Added to what all jobs get.</span></p>
    </div>
  `;
}
