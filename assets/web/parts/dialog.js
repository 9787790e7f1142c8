// A question in the middle of the window; the rest waits until it is closed.

import { html, useEffect, useRef } from "../vendor/preact.js";
import { Icon } from "./icon.js";

// Shown as long as it is rendered; `close()` is called however it ends.
export function Dialog({ title, close, children, actions }) {
  const dialog = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    // Taken away instead of closed, it takes the focus along.
    return () => document.activeElement === document.body && before.focus();
  }, []);
  return html`
    <dialog ref=${dialog} onClose=${close} aria-labelledby="dialog-title">
      <header>
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="bare" aria-label="Close" onClick=${() => dialog.current.close()}><${Icon} name="close" /></button>
      </header>
      <div class="dialog-body">${children}</div>
      ${actions && html`<footer>${actions}</footer>`}
    </dialog>
  `;
}
