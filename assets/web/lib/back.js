// When is Daybell heard again? What happened meanwhile no event may tell.

import { effect } from "../vendor/preact.js";
import { link } from "./store.js";

// Call `act` each time that the line is there again. Returns how to stop.
export function whenBack(act) {
  let before = link.peek();
  return effect(() => {
    const state = link.value;
    if (state === "live" && before !== "live") setTimeout(act, 0);
    before = state;
  });
}
