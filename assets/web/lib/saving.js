// How does a draft become a file, and what if somebody was faster?

import { complain } from "../parts/toasts.js";
import { get, ofJob, post, put, Refused } from "./api.js";
import { once } from "./once.js";
import { EMPTY } from "./templates.js";

// True once the file says what the draft says; else the draft knows why not.
export async function save(draft) {
  const { id, definition, etag } = draft;
  try {
    if (!(await isGood(draft)) || !(await isStill(draft))) return false;
    const { definition: now, etag: tag } = etag.value ? await put(ofJob(id.value), definition.value, etag.value) : await create(id.value, definition.value);
    draft.settle(now, tag);
    return true;
  } catch (error) {
    await refused(draft, error);
    return false;
  }
}

// Daybell refuses what is not; asked before, no browser complains of the refusal.
async function isGood({ id, definition, problems, isStrict }) {
  const judged = await post("/preview", { ...definition.value, id: id.value }, { query: { n: 1 } });
  problems.value = judged.problems;
  isStrict.value = true;
  return judged.problems.length === 0;
}

async function isStill(draft) {
  if (draft.etag.value) await look(draft);
  return draft.conflict.value === null;
}

async function create(id, definition) {
  await post("/jobs", { ...definition, id });
  return get(ofJob(id));
}

async function refused(draft, error) {
  if (!(error instanceof Refused)) return complain(error.message);
  if (error.status === 412 || (error.status === 404 && draft.etag.value)) return look(draft);
  if (error.problems.length > 0) draft.problems.value = error.problems;
  else complain(error.message);
}

const looks = new WeakMap(); // of each draft, how to look: one after the other, so that what it sees last is newest

// What does the file say by now? Nothing happens where it is as it was; whoever has changed nothing follows it.
export function look(draft) {
  if (!looks.has(draft)) looks.set(draft, once(() => compare(draft)));
  return looks.get(draft)();
}

async function compare(draft) {
  const known = draft.etag.value;
  const theirs = await read(draft.id.value);
  if (draft.etag.value !== known) return; // saved meanwhile
  if (theirs.etag === known) draft.conflict.value = null;
  else if (theirs.etag && !draft.isDirty.value) draft.settle(theirs.definition, theirs.etag);
  else draft.conflict.value = theirs;
}

// { definition, etag }; both are null where the file is gone.
async function read(id) {
  try {
    const { definition, etag } = await get(ofJob(id));
    return { definition: definition ?? {}, etag };
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return { definition: null, etag: null };
    throw error;
  }
}

export function takeTheirs(draft) {
  const { definition, etag } = draft.conflict.value;
  draft.settle(definition, etag);
}

// The file as it is at this moment is what is overwritten.
export async function overwrite(draft) {
  const theirs = await read(draft.id.value);
  draft.etag.value = theirs.etag ?? "";
  draft.conflict.value = null;
  return save(draft);
}

// What a draft begins with: a job's own file.
export async function load(id) {
  const { definition, etag } = await get(ofJob(id));
  return { id, definition: definition ?? EMPTY, etag, isLost: definition === null };
}
