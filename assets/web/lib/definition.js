// What does a definition say at a place, and what does it say after an edit? Values are never changed: copies are.

// "triggers[0].expression" -> ["triggers", 0, "expression"]
const stepsOf = (path) => [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([text, place]) => (place === undefined ? text : Number(place)));

export const read = (definition, path) => stepsOf(path).reduce((value, step) => (isHolder(value) && Object.hasOwn(value, step) ? value[step] : undefined), definition);

// Every other key stays, and in its order. `undefined` takes the key away, and objects that are empty because of it:
// what is not said has its default.
export const write = (definition, path, value) => put(definition, stepsOf(path), value) ?? {};

// The same, one after the other.
export const writeAll = (definition, edits) => edits.reduce((edited, [path, value]) => write(edited, path, value), definition);

function put(holder, [step, ...rest], wanted) {
  if (rest.length === 0) return set(holder, step, wanted);
  const inner = Object.hasOwn(holder, step) ? holder[step] : undefined;
  return set(holder, step, put(isHolder(inner) ? inner : {}, rest, wanted));
}

function set(holder, step, value) {
  if (Array.isArray(holder)) return value === undefined ? some(holder.filter((_, place) => place !== step)) : Object.assign([...holder], { [step]: value });
  if (value !== undefined) return { ...holder, [step]: value };
  const { [step]: _, ...others } = holder;
  return some(others);
}

const some = (holder) => (Object.keys(holder).length > 0 ? holder : undefined);
const isHolder = (value) => value !== null && typeof value === "object";

// One more at the end of a list, and one less.
export const add = (definition, path, item) => write(definition, path, [...(read(definition, path) ?? []), item]);
export const drop = (definition, path, place) => write(definition, `${path}[${place}]`, undefined);

const isText = (value) => typeof value === "string";
const isObject = (value) => isHolder(value) && !Array.isArray(value);
const GROUPS = ["retry", "catch_up", "conditions", "limits", "notify", "keep"];

// Why a form cannot show it; empty where one can. The rest of what may be wrong is said beside a field.
export function unfit(definition) {
  const { handler, triggers = [] } = definition;
  if (!isObject(handler)) return "The key handler is no object.";
  if (handler.type !== "command") return "Its handler is of a kind that the form does not know.";
  if (!Array.isArray(handler.argv ?? []) || !(handler.argv ?? []).every(isText)) return "The key handler.argv is no list of texts.";
  if (handler.env !== undefined && (!isObject(handler.env) || !Object.values(handler.env).every(isText))) return "The key handler.env maps not only texts to texts.";
  if (!Array.isArray(triggers) || !triggers.every(isObject)) return "The key triggers is no list of objects.";
  const odd = GROUPS.find((name) => definition[name] !== undefined && !isObject(definition[name]));
  return odd ? `The key ${odd} is no object.` : "";
}

const SLUG = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const RESERVED = /^(con|nul|aux|prn|(com|lpt)[0-9])$/;

// What is wrong with the id of a new job; empty where it can be one. `ids` are taken.
export function idProblem(id, ids) {
  if (id === "") return "Needed: it names the job's file.";
  if (!SLUG.test(id)) return "At most 64 of a-z, 0-9, - and _, beginning with a letter or a digit.";
  if (RESERVED.test(id)) return "Windows keeps this name for itself.";
  return ids.includes(id) ? "There is a job of this id." : "";
}

// "Back up Ährenfotos!" -> "back-up-ahrenfotos", and another one where that is taken.
export function suggestId(name, ids) {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 55).replace(/^-|-$/g, "") || "job";
  const slug = RESERVED.test(words) ? `${words}-job` : words;
  return [slug, ...Array.from(ids, (_, place) => `${slug}-${place + 2}`)].find((id) => !ids.includes(id));
}
