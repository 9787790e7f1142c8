// How is something kept as a file? Asked for with the session, which a link could not show, and handed to the browser.

import { call } from "./api.js";

export async function save(path, name) {
  const answer = await call("GET", path);
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // whenever the browser has begun with it
}
