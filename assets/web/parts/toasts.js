// Short words about what was just done, which go by themselves; what went wrong stays until it is read.

import { html, signal } from "../vendor/preact.js";
import { Icon } from "./icon.js";

const STAY = 6_000; // milliseconds
const MOST = 4;

const toasts = signal([]);
let count = 0;

// `link`: { href, text }
export function say(text, link = null) {
  const id = add({ text, link, isBad: false });
  setTimeout(() => drop(id), STAY);
}

export const complain = (text) => add({ text, link: null, isBad: true });

// What an act refuses is told, and nothing else happens.
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    complain(error.message);
    return undefined;
  }
}

function add(toast) {
  count += 1;
  toasts.value = [...toasts.value.filter((one) => one.text !== toast.text), { ...toast, id: count }].slice(-MOST);
  return count;
}

function drop(id) {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export const Toasts = () => html`
  <div class="toasts" role="status" aria-live="polite">
    ${toasts.value.map(
      ({ id, text, link, isBad }) => html`
        <p key=${id} class="toast ${isBad ? "tone-bad" : ""}" role=${isBad ? "alert" : undefined}>
          <span>${text} ${link && html`<a href=${link.href}>${link.text}</a>`}</span>
          <button type="button" class="bare" aria-label="Dismiss" onClick=${() => drop(id)}><${Icon} name="close" /></button>
        </p>
      `,
    )}
  </div>
`;
