// What shall the new job be? Something to begin with, or nothing.

import { html } from "../vendor/preact.js";
import { address } from "../lib/route.js";
import { systemOf, templatesFor } from "../lib/templates.js";
import { Icon } from "./icon.js";

export const templates = templatesFor(systemOf(navigator.userAgent));

export const TemplateCards = () => html`
  <header class="head"><h1>New job</h1></header>
  <p class="quiet">Begin with an empty form, or with a job that others have too: it is shown first, and can be changed.</p>
  <ul class="templates">
    <li><a class="template is-empty" href=${address("new", "", { template: "empty" })}><b><${Icon} name="plus" />Empty</b><span>Your own command, at your own times.</span></a></li>
    ${templates.map(({ name, title, look, definition }) => html`<li key=${name}><a class="template" href=${address("new", "", { template: name })}><b>${title}</b><span>${look}</span><code>${definition.handler.argv.join(" ")}</code></a></li>`)}
  </ul>
`;
