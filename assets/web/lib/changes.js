// Which keys of one definition differ from those of another? As paths, such as "retry.delay".

export function changedKeys(before, after, path = "") {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changedKeys(before[key], after[key], path ? `${path}.${key}` : key));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
