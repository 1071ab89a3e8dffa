/** What a document means, whatever its format. Dates of TOML and YAML are kept as they are, integers of TOML are `bigint`. */
export type Value = string | number | bigint | boolean | null | Date | readonly Value[] | Fields;

export interface Fields {
  readonly [field: string]: Value;
}

/** Whether a value is an object with fields. */
export function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Whether two values mean the same. The order of fields does not matter, and an integer is the same number in every format. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (typeof a === 'bigint' || typeof b === 'bigint') return sameNumber(a, b);
  if (Object.is(a, b)) return true;
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && String(a) === String(b) && Object.is(a.getTime(), b.getTime());
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item: Value, index) => sameValue(item, (b as readonly Value[])[index]));
  }
  if (!isFields(a) || !isFields(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]));
}

function sameNumber(a: Value | undefined, b: Value | undefined): boolean {
  const whole = (value: Value | undefined): bigint | undefined =>
    typeof value === 'bigint' ? value : typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
  const left = whole(a);
  return left !== undefined && left === whole(b);
}

/** A copy with one field set; fields keep their order, a new one comes last. Any name is a name, `__proto__` too. */
export function withField(fields: Fields, field: string, value: Value): Fields {
  const entries = Object.entries(fields);
  const index = entries.findIndex(([name]) => name === field);
  if (index < 0) entries.push([field, value]);
  else entries[index] = [field, value];
  return Object.fromEntries(entries);
}

/** A copy without one field. */
export function withoutField(fields: Fields, field: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field));
}
