import fc from "fast-check";
import type { Files } from "./folders";

/** One value of a file is another, or gone; the numbers choose by remainder. */
export interface DrawnChange {
  readonly file: number;
  readonly place: number;
  readonly how: "another" | "as elsewhere" | "gone";
  readonly elsewhere: number;
}

export const drawnChange: fc.Arbitrary<DrawnChange> = fc.record({
  file: fc.nat(),
  place: fc.nat(),
  how: fc.constantFrom("another", "as elsewhere", "as elsewhere", "gone"),
  elsewhere: fc.nat(),
});

/** Where a value stands that holds no other, also in JSON that is written as text, as policies are */
interface Slot {
  readonly value: unknown;
  readonly put: (value: unknown) => void;
  readonly remove: () => void;
}

export function withChange(files: Files, { file, place, how, elsewhere }: DrawnChange): Files {
  const name = chosen(
    Object.keys(files).filter((each) => each.endsWith(".json")),
    file,
  );
  const root = { file: JSON.parse(String(files[name])) as unknown };
  const slots = slotsIn(root, "file", () => {});
  const slot = chosen(slots, place);
  if (how === "gone") slot.remove();
  else slot.put(how === "another" ? other(slot.value) : chosen(slots, elsewhere).value);
  return { ...files, [name]: JSON.stringify(root.file) };
}

function chosen<One>(some: readonly One[], at: number): One {
  return some[at % some.length] as One;
}

function other(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  return typeof value === "number" ? value + 1 : `${String(value)}x`;
}

function slotsIn(holder: object, key: string, written: () => void): readonly Slot[] {
  const at = holder as Record<string, unknown>;
  const value = at[key];
  const parts = (whole: object, then: () => void) => Object.keys(whole).flatMap((part) => slotsIn(whole, part, then));
  if (typeof value === "object" && value !== null) return parts(value, written);
  if (typeof value === "string" && /^[{[]"/.test(value)) {
    const text = JSON.parse(value) as object;
    return parts(text, () => {
      at[key] = JSON.stringify(text);
      written();
    });
  }
  const put = (now: unknown) => {
    at[key] = now;
    written();
  };
  const remove = () => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete at[key];
    written();
  };
  return [{ value, put, remove }];
}
