// Light, dark, or as the desktop has it? Remembered by the settings, and by this window so that nothing flashes.

import { get } from "./api.js";

const KEY = "daybell-theme";

let chosen = 0; // times

export function applyTheme(theme) {
  chosen += 1;
  sessionStorage.setItem(KEY, theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export async function loadTheme() {
  applyTheme(sessionStorage.getItem(KEY) ?? "system");
  const before = chosen;
  const { settings } = await get("/settings");
  if (settings && chosen === before) applyTheme(settings.dashboard.theme);
}
