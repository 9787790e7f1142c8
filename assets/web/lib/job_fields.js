// Which keys of a job has the form, beside its command and its triggers, and what does it say about each?

// `kind`: "text", "number", "numbers", "duration", "size", "moment", "switch", "words" or a list of choices, [value, words].
// `usual` is what holds where nothing is said, in words, or for a switch its value; the first of the choices is the default.
const MINUTES = ["5m", "15m", "1h", "6h"];
const jobs = true;

const FAILS = {
  title: "When it fails",
  fields: [
    { path: "timeout", label: "Longest time", kind: "duration", usual: "no limit", help: "An attempt that takes longer is ended.", hints: MINUTES },
    { path: "retry.max_attempts", label: "Attempts", kind: "number", usual: "1", help: "In all; with 1, nothing is tried again." },
    { path: "retry.delay", label: "First wait", kind: "duration", usual: "1m", help: "Before the second attempt.", hints: ["10s", "1m", "10m"] },
    { path: "retry.multiplier", label: "Further waits", kind: "number", usual: "2", help: "Each is so many times the one before." },
    { path: "retry.max_delay", label: "Longest wait", kind: "duration", usual: "1h", help: "However often it was tried." },
    { path: "retry.jitter", label: "Spread the waits", kind: "switch", usual: true, help: "Any time up to the wait, so that not all come back at once." },
    { path: "handler.success_exit_codes", label: "Exit codes of success", kind: "numbers", usual: "0", help: "With commas between them." },
    { path: "notify.on", label: "Tell me of", kind: [[undefined, "failures and recoveries"], [["failure"], "failures only"], [[], "nothing"]], help: "By a notice on the desktop." },
  ],
};

const MISSED = {
  title: "When it was missed",
  fields: [
    { path: "catch_up.policy", label: "Catch up", kind: [[undefined, "once, for the latest"], ["all", "each one, the oldest first"], ["skip", "not at all"]], help: "What was due while the computer slept or was off." },
    { path: "catch_up.window", label: "Not if older than", kind: "duration", usual: "1d", help: "What was due longer ago is not caught up.", hints: ["1h", "12h", "1d", "7d"] },
    { path: "on_interrupt", label: "When Daybell was killed", kind: [[undefined, "leave its run alone"], ["end", "end its run"], ["rerun", "run again what died"]], help: "What becomes of a run that was under way." },
  ],
};

// How many at once means something with "concurrent" alone.
const together = (value) => [["max_concurrent", value === "concurrent" ? 2 : undefined]];

const RUNNING = {
  title: "When it is still running",
  fields: [
    { path: "overlap", label: "A new run", kind: [[undefined, "is skipped"], ["queue", "waits, one at most"], ["concurrent", "runs beside it"], ["replace", "takes its place"]], also: together, help: "That is due while the one before still runs." },
    { path: "max_concurrent", label: "At once", kind: "number", usual: "1", help: "So many of its runs, at least 2.", needs: (definition) => definition.overlap === "concurrent" || definition.max_concurrent !== undefined },
    { path: "group", label: "Group", kind: "text", usual: "none", help: "Jobs that share something, such as a disk: the settings say how many of them run at once." },
    { path: "priority", label: "Priority", kind: "number", usual: "0", help: "Of runs that wait, the greatest starts first." },
  ],
};

const ONLY_WHEN = {
  title: "Only when",
  fields: [
    { path: "conditions.power", label: "Power", kind: [[undefined, "any"], ["ac", "mains"]], help: "Where nobody knows, there is mains power." },
    { path: "conditions.battery_above", label: "Battery above", kind: "number", usual: "any", help: "In percent; counts without mains power." },
    { path: "conditions.network", label: "Network", kind: [[undefined, "any, or none"], ["online", "online"], ["unmetered", "online, and not paid by the byte"]], help: "What the system says of it." },
    { path: "conditions.idle", label: "Nobody at the computer for", kind: "duration", usual: "any time", help: "Neither keyboard nor mouse.", hints: ["5m", "15m", "1h"] },
    { path: "conditions.wifi", label: "Wi-Fi networks", kind: "words", usual: "any", help: "Their names; on any other one it waits." },
    { path: "conditions.or_wired", label: "A cable is as good", kind: "switch", usual: true, help: "As those networks.", needs: (definition) => definition.conditions?.wifi !== undefined || definition.conditions?.or_wired !== undefined },
    { path: "needs", label: "These jobs have succeeded", kind: "words", usual: "none", help: "Their last run, by id.", jobs },
    { path: "conditions.max_wait", label: "Wait at most", kind: "duration", usual: "12h", help: "For all of this." },
    { path: "conditions.on_expiry", label: "And then", kind: [[undefined, "skip the run"], ["run", "run nevertheless"]], help: "When it has waited for so long." },
    { path: "conditions.stop_when_lost", label: "End it when one is lost", kind: "switch", usual: false, help: "A run under way is ended, and waits again." },
    { path: "start", label: "Not before", kind: "moment", help: "Nothing is due earlier." },
    { path: "end", label: "Not after", kind: "moment", help: "Nothing is due later." },
    { path: "max_runs", label: "At most so many runs", kind: "number", usual: "no limit", help: "By schedule; then it is completed." },
  ],
};

const LIMITS = {
  title: "Limits and keeping",
  fields: [
    { path: "limits.nice", label: "Niceness", kind: "number", usual: "as Daybell", help: "-20 to 19: the greater, the more it gives way to others." },
    { path: "limits.ionice", label: "Disk priority", kind: [[undefined, "as Daybell"], ["normal", "normal"], ["low", "low"], ["idle", "only when the disk is idle"]], help: "Against other programs." },
    { path: "limits.memory", label: "Memory", kind: "size", usual: "no limit", help: "Such as 512M or 2G.", hints: ["512M", "1G", "4G"] },
    { path: "limits.cpu_time", label: "Processor time", kind: "duration", usual: "no limit", help: "Of each process; waiting costs nothing." },
    { path: "keep.runs", label: "Keep so many runs", kind: "number", usual: "as in the settings", help: "The newest, with what they printed." },
    { path: "keep.days", label: "Keep them for days", kind: "number", usual: "as in the settings", help: "Always the newest one." },
    { path: "keep.output", label: "Output of each run", kind: "size", usual: "10M", help: "Its head and tail, where it prints more." },
    { path: "keep.artifacts", label: "Files of each run", kind: "size", usual: "100M", help: "That it leaves to be kept." },
    { path: "jitter", label: "Start up to so much later", kind: "duration", usual: "0s", help: "So that not all jobs start at once.", hints: ["30s", "5m", "1h"] },
    { path: "jitter_mode", label: "How much later", kind: [[undefined, "the same each time"], ["random", "another each time"]], help: "By chance, or by this machine and job." },
    { path: "late_after", label: "Tell me when it is late by", kind: "duration", usual: "never", help: "And has not started." },
    { path: "too_long_after", label: "Tell me when it runs for", kind: "duration", usual: "never", help: "It goes on." },
    { path: "ping", label: "Ping", kind: "text", usual: "none", help: "An address of Healthchecks, or of what is compatible with it: told of start, success and failure." },
    { path: "keep_awake", label: "Keep the computer awake", kind: "switch", usual: false, help: "While it runs." },
  ],
};

export const ABOUT = [
  { path: "name", label: "Name", kind: "text", help: "What people read." },
  { path: "description", label: "Description", kind: "text", help: "What it is for." },
  { path: "tags", label: "Tags", kind: "words", usual: "none", help: "To find it by; Enter adds one." },
  { path: "enabled", label: "On", kind: "switch", usual: true, help: "Off: nothing is due. Runs by hand work." },
];
export const SECTIONS = [FAILS, MISSED, RUNNING, ONLY_WHEN, LIMITS];

const TRIGGER_KEYS = { cron: ["expression", "timezone"], interval: ["every", "anchor"], once: ["at"], job: ["job", "on"] };
const SINGLE = [...ABOUT, ...SECTIONS.flatMap(({ fields }) => fields)].map(({ path }) => path);

// Every place of the form at which a problem can stand.
export const placesOf = (definition) => [
  ...SINGLE,
  ...["argv", "cwd", "env", "shell"].map((key) => `handler.${key}`),
  ...(definition.handler?.shell ? [] : (definition.handler?.argv ?? []).map((_, place) => `handler.argv[${place}]`)),
  ...Object.keys(definition.handler?.env ?? {}).map((name) => `handler.env.${name}`),
  ...(definition.triggers ?? []).flatMap((trigger, place) => [`triggers[${place}]`, ...(TRIGGER_KEYS[trigger.type] ?? []).map((key) => `triggers[${place}].${key}`)]),
];

// Each problem at the nearest place that can show it: { "timeout": ["expected …"] }; those without one are under "".
export function placed(problems, places) {
  const known = new Set(places);
  const found = {};
  for (const { field, message } of problems) {
    const place = nearest(field, known);
    (found[place] ??= []).push(place === field ? message : `${field ? `${field}: ` : ""}${message}`);
  }
  return found;
}

function nearest(field, known) {
  let place = field;
  while (place && !known.has(place)) place = place.replace(/(^|\.|\[)[^.[]*$/, "");
  return place;
}

// What of a section is said in the definition: "Attempts 3, First wait 10s".
export const saidOf = (fields, valueOf) =>
  fields
    .map(({ path, label, kind }) => [label, kind, valueOf(path)])
    .filter(([, , value]) => value !== undefined && value !== null)
    .map(([label, kind, value]) => `${label}: ${spell(kind, value)}`)
    .join(" · ");

function spell(kind, value) {
  if (Array.isArray(kind)) return kind.find(([one]) => JSON.stringify(one) === JSON.stringify(value))?.[1] ?? JSON.stringify(value);
  if (kind === "switch") return value ? "yes" : "no";
  return [value].flat().join(", ");
}
