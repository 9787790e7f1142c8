// A button with a short list behind it, above everything else, closed by Escape or by a click elsewhere.

import { html, useRef, useState } from "../vendor/preact.js";
import { Icon } from "./icon.js";

const GAP = 4; // pixels

let count = 0;

// `items`: [{ label, act, icon, isGrave }], falsy ones are passed over. With `act` the button does that, and has no list.
export function Menu({ label, text = "", icon = "more", items = [], kind = "", act, title = label }) {
  const [id] = useState(() => `menu-${(count += 1)}`);
  const [isOpen, open] = useState(false); // what it holds is there only then: five hundred rows have two each
  const list = useRef(null);
  const button = useRef(null);

  const place = (event) => {
    if (event.newState !== "open") return;
    const at = button.current.getBoundingClientRect();
    const { style, offsetWidth, offsetHeight } = list.current;
    const below = at.bottom + GAP + offsetHeight <= innerHeight;
    style.top = `${below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - offsetHeight)}px`;
    style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - offsetWidth - GAP))}px`;
    list.current.querySelector("button")?.focus();
  };
  const step = (event) => {
    const ways = { ArrowDown: 1, ArrowUp: -1 };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...list.current.querySelectorAll("button")];
    buttons[(buttons.indexOf(document.activeElement) + way + buttons.length) % buttons.length].focus();
  };
  const choose = (act) => () => {
    list.current.hidePopover();
    button.current.focus();
    act();
  };

  return html`
    <button ref=${button} type="button" class=${kind || (text ? "" : "bare")} popovertarget=${act ? undefined : id} onClick=${act} aria-label=${label} title=${text ? undefined : title} aria-haspopup=${act ? undefined : "menu"}>
      <${Icon} name=${icon} />${text}
    </button>
    <div ref=${list} id=${id} class="menu" popover="auto" role="menu" aria-label=${label} onBeforeToggle=${(event) => open(event.newState === "open")} onToggle=${place} onKeyDown=${step}>
      ${isOpen &&
      items.filter(Boolean).map(
        ({ label: words, act, icon: picture, isGrave }) => html`
          <button key=${words} type="button" role="menuitem" class=${isGrave ? "grave" : ""} onClick=${choose(act)}>
            ${picture && html`<${Icon} name=${picture} />`}${words}
          </button>
        `,
      )}
    </div>
  `;
}
