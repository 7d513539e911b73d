/** JSON as it is written: members in their order, each as often as it stands there; names and what is no object or list as their text */
export type JsonText = string | readonly JsonText[] | { readonly members: readonly Member[] };
export type Member = readonly [name: string, value: JsonText];

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** @param json sound JSON */
export function parsed(json: string): JsonText {
  const tokens = json.match(TOKEN) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? "";
  const value = (): JsonText => {
    const token = next();
    if (token === "[") return list("]", value);
    if (token === "{") return { members: list("}", member) };
    return token;
  };
  const member = (): Member => {
    const name = next();
    next();
    return [name, value()];
  };
  const list = <T>(end: string, each: () => T): readonly T[] => {
    const found: T[] = [];
    while (at < tokens.length && tokens[at] !== end) {
      if (tokens[at] === ",") at += 1;
      else found.push(each());
    }
    at += 1;
    return found;
  };
  return value();
}

export function written(json: JsonText): string {
  if (typeof json === "string") return json;
  if (!("members" in json)) return `[${json.map(written).join(",")}]`;
  return `{${json.members.map(([name, value]) => `${name}:${written(value)}`).join(",")}}`;
}

/** @param at which member, counted as they are written; beyond the last one it goes on with the first */
export function withMemberChanged(json: JsonText, at: number, change: (member: Member) => readonly Member[]): JsonText {
  let left = at % Math.max(1, membersOf(json));
  const walk = (part: JsonText): JsonText => {
    if (typeof part === "string") return part;
    if (!("members" in part)) return part.map(walk);
    const members = part.members.flatMap((member) => {
      const [name, value] = member;
      left -= 1;
      return left === -1 ? change(member) : [[name, walk(value)] as const];
    });
    return { members };
  };
  return walk(json);
}

function membersOf(json: JsonText): number {
  if (typeof json === "string") return 0;
  const [own, parts] = "members" in json ? [json.members.length, json.members.map(([, value]) => value)] : [0, json];
  return parts.reduce((sum: number, part) => sum + membersOf(part), own);
}
