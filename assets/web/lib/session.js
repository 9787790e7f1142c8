// Which session does this window have? From the code in the address, from before, or from another window.

const KEY = "daybell-session";
const NEIGHBOURS = 1_000; // milliseconds for other windows to answer; they may have much else to do

const windows = new BroadcastChannel("daybell-session");
windows.addEventListener("message", ({ data }) => {
  if (data.asks && token()) windows.postMessage({ token: token() });
});

export const token = () => sessionStorage.getItem(KEY) ?? "";

// The code stands behind the #, which no browser sends anywhere; it is worth something once.
export async function beginSession() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) {
    history.replaceState(null, "", "/");
    const fresh = await exchange(code);
    if (fresh) sessionStorage.setItem(KEY, fresh);
  }
  if (!token()) {
    const shared = await askNeighbours();
    if (shared) sessionStorage.setItem(KEY, shared);
  }
  return token() !== "";
}

export const endSession = () => sessionStorage.removeItem(KEY);

// A code that was used or is too old is worth nothing; an older session may still be good.
async function exchange(code) {
  try {
    const answer = await fetch("/api/v1/session", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
    });
    return answer.ok ? (await answer.json()).token : "";
  } catch {
    return "";
  }
}

// A link opened in a new tab begins without a session. The channel reaches this origin alone, its port included.
function askNeighbours() {
  return new Promise((resolve) => {
    const answered = ({ data }) => data.token && done(data.token);
    const timer = setTimeout(() => done(""), NEIGHBOURS);
    const done = (found) => {
      clearTimeout(timer);
      windows.removeEventListener("message", answered);
      resolve(found);
    };
    windows.addEventListener("message", answered);
    windows.postMessage({ asks: true });
  });
}
