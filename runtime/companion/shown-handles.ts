/** Member of `baggage` that has a handle; OpenTelemetry hands baggage on by itself. */
export const HANDLE_MEMBER = "ambit-run";

export interface ShownIn {
  /** `Ambit-Run`; several are joined by commas */
  readonly run: string | null | undefined;
  readonly baggage: string | null | undefined;
}

/** The handles that a call out carries, wherever it does: W3C Baggage section 3.2 */
export function shownHandles({ run, baggage }: ShownIn): readonly string[] {
  const named = run === null || run === undefined ? [] : run.split(",").map((one) => one.trim());
  return [
    ...named,
    ...membersOf(baggage ?? "")
      .filter(isHandle)
      .map(valueOf),
  ];
}

/** Baggage without the handle, for other recipients; undefined if empty */
export function withoutHandle(baggage: string): string | undefined {
  const members = membersOf(baggage);
  if (!members.some(isHandle)) return baggage;
  const others = members.filter((member) => !isHandle(member));
  return others.length === 0 ? undefined : others.join(",");
}

function membersOf(baggage: string): readonly string[] {
  return baggage.split(",").filter((member) => member.trim() !== "");
}

function isHandle(member: string): boolean {
  return keyOf(member).toLowerCase() === HANDLE_MEMBER;
}

/** Percent-encoded letters are the same key to who reads them. */
function keyOf(member: string): string {
  return decoded((member.split("=")[0] as string).trim());
}

function valueOf(member: string): string {
  const [value = ""] = member.slice(member.indexOf("=") + 1).split(";");
  return decoded(value.trim());
}

/** What cannot be decoded is no handle as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
