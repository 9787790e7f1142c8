// What is being edited, and how does it stand? One definition, whichever tab edits it.

import { computed, signal } from "../vendor/preact.js";
import { changedKeys } from "./changes.js";
import { unfit, write, writeAll } from "./definition.js";
import { placed, placesOf } from "./job_fields.js";

// `etag` is empty for a job that is not there yet. `isPatient`: what is wrong is told once somebody has been there.
export function makeDraft({ id, definition: start, etag = "", isPatient = false }) {
  const definition = signal(start);
  const saved = signal(etag ? start : null); // what the file says
  const began = { id, start };
  const draft = {
    definition,
    saved,
    id: signal(id),
    etag: signal(etag),
    isNew: etag === "",
    broken: signal(null), // where the text of the JSON tab is none: { message, line, at }
    problems: signal([]),
    seen: signal(new Set()),
    isStrict: signal(!isPatient),
    conflict: signal(null),
    isBusy: signal(false), // being saved
  };
  draft.unfit = computed(() => unfit(definition.value));
  draft.isDirty = computed(() => draft.broken.value !== null || draft.id.value !== began.id || changedKeys(saved.value ?? began.start, definition.value).length > 0);
  draft.found = computed(() => placed(draft.problems.value, draft.unfit.value ? [] : placesOf(definition.value)));
  draft.set = (path, value) => (definition.value = write(definition.value, path, value));
  draft.setAll = (edits) => (definition.value = writeAll(definition.value, edits));
  draft.saw = (path) => draft.seen.value.has(path) || (draft.seen.value = new Set([...draft.seen.value, path]));
  draft.wrongs = (path, seenAs = path) => (draft.isStrict.value || draft.seen.value.has(seenAs) ? (draft.found.value[path] ?? []) : []);
  // The file says this now.
  draft.settle = (now, tag) => {
    began.id = draft.id.value;
    definition.value = now;
    saved.value = now;
    draft.etag.value = tag;
    draft.conflict.value = null;
    draft.broken.value = null;
  };
  return draft;
}
