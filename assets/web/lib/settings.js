// Which settings does the page show, and what did somebody change of them?

// `path` as in settings.json; `kind`: "duration", "size", "number", "time", "text", "switch" or a list of choices; with
// `none` it may be left empty, which means that.
export const SECTIONS = [
  {
    title: "When jobs run",
    fields: [
      { path: "scheduler.enabled", label: "Run jobs when they are due", kind: "switch", help: "Off: nothing is due, and nothing is owed for that time. Runs by hand work." },
      { path: "scheduler.default_timezone", label: "Time zone", kind: "text", help: "Of schedules that name none: “local”, or one such as Europe/Berlin." },
      { path: "scheduler.max_concurrent_runs", label: "Runs at once", kind: "number", none: "twice as many as cores, at least 4" },
      { path: "scheduler.shutdown_timeout", label: "Patience at the end", kind: "duration", help: "How long running jobs may take to end when Daybell stops." },
    ],
  },
  {
    title: "Notices",
    fields: [
      { path: "notices.quiet_hours.from", label: "Quiet from", kind: "time", none: "no quiet hours" },
      { path: "notices.quiet_hours.to", label: "Quiet until", kind: "time", none: "no quiet hours", help: "Notices inside them are held, and come as one at their end." },
      { path: "notices.reminder", label: "Remind of a failure that lasts after", kind: "duration", none: "never" },
      { path: "notices.away", label: "Tell what was missed after an absence of", kind: "duration", none: "never" },
    ],
  },
  {
    title: "What is kept",
    fields: [
      { path: "retention.days", label: "Runs of so many days", kind: "number", none: "of all time" },
      { path: "retention.runs", label: "So many runs", kind: "number", none: "all" },
      { path: "retention.bytes", label: "Output and files together", kind: "size", none: "all" },
      { path: "retention.free_disk", label: "Room left on the disk", kind: "size", help: "While there is less, the oldest output goes." },
    ],
  },
  {
    title: "Keeping the computer awake",
    fields: [
      { path: "awake.longest", label: "At most, for each run", kind: "duration" },
      { path: "awake.battery", label: "Not on battery below, in percent", kind: "number" },
    ],
  },
  {
    title: "Telling that Daybell lives",
    fields: [
      { path: "ping.url", label: "Address", kind: "text", none: "nobody is told", help: "For Healthchecks and what is compatible with it." },
      { path: "ping.every", label: "Every", kind: "duration" },
    ],
  },
  {
    title: "Log",
    fields: [{ path: "log.system", label: "Also tell the log of this system", kind: "switch", help: "Starts, failures and recoveries, beside Daybell's own log." }],
  },
  {
    title: "This page",
    fields: [{ path: "dashboard.theme", label: "Colours", kind: [["system", "As the desktop"], ["light", "Light"], ["dark", "Dark"]] }],
  },
];

const FIELDS = SECTIONS.flatMap(({ fields }) => fields);
const QUIET = "notices.quiet_hours";

const at = (settings, path) => path.split(".").reduce((part, key) => part?.[key], settings);

// What the fields say: texts, and true or false for switches.
export const wordsOf = (settings) =>
  Object.fromEntries(FIELDS.map(({ path, kind }) => [path, kind === "switch" ? Boolean(at(settings, path)) : (at(settings, path) ?? "").toString().slice(0, kind === "time" ? 5 : undefined)]));

// What of the settings is different now; empty where nothing was changed. A null means what the empty field says.
export function changesOf(settings, words) {
  const before = wordsOf(settings);
  const changes = {};
  for (const { path, kind } of FIELDS) {
    if (before[path] === words[path] || path.startsWith(QUIET)) continue;
    put(changes, path, valueOf(words[path], kind));
  }
  const hours = ["from", "to"].map((edge) => words[`${QUIET}.${edge}`]);
  if (hours.some((hour, place) => hour !== before[`${QUIET}.${["from", "to"][place]}`])) {
    put(changes, QUIET, hours.every((hour) => hour === "") ? null : { from: hours[0], to: hours[1] });
  }
  return changes;
}

// The file with these changes; what it says besides stays, in its order.
export function merged(definition, changes) {
  const isPart = (value) => value !== null && typeof value === "object";
  const file = isPart(definition) ? { ...definition } : {};
  for (const [key, value] of Object.entries(changes)) {
    file[key] = isPart(value) ? merged(file[key], value) : value;
  }
  return file;
}

function valueOf(word, kind) {
  if (word === "") return null;
  return kind === "number" && /^-?\d+$/.test(word) ? Number(word) : word;
}

function put(changes, path, value) {
  const keys = path.split(".");
  const last = keys.pop();
  const part = keys.reduce((inner, key) => (inner[key] ??= {}), changes);
  part[last] = value;
}
