/** A request as it is sent */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What a server takes a request for */
export interface Taken {
  readonly action: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface PlainAction {
  readonly name: string;
  readonly method: string;
  /** Such as `/records/{id}` */
  readonly path: string;
}

/** One of the ways in which servers read what is not plain */
export interface Habits {
  readonly name: string;
  /** Of the path, before it is routed */
  readonly path?: (path: string) => string;
  /** How often a segment is decoded for its parameter */
  readonly decodes?: 0 | 1 | 2;
  /** Whether texts of a template are compared without regard to case */
  readonly foldsPath?: boolean;
  /** Of a header that says another method or address than the request's */
  readonly override?: string;
  /** Which value of a parameter that is sent twice */
  readonly twice?: "first" | "last";
  /** Of members' names, where several are one */
  readonly member?: (name: string) => string;
}

/**
 * A server that routes as plainly as can be, with one habit: the oracle of what a request could be taken for. It shares no code
 * with the authorizer.
 */
export function taken(actions: readonly PlainAction[], request: SentRequest, habits: Habits): Taken | undefined {
  const overridden = request.headers.find(([name]) => name === habits.override)?.[1];
  const method = habits.override?.includes("method") === true ? (overridden ?? request.method) : request.method;
  const target = habits.override?.includes("url") === true ? (overridden ?? request.path) : request.path;
  const [raw = "", ...rest] = target.split("?");
  const path = (habits.path ?? ((same) => same))(raw);
  const fitting = actions
    .filter((action) => action.method === method)
    .map((action) => ({ action, found: pathArguments(action.path, path, habits) }))
    .filter(({ found }) => found !== undefined)
    // Fewest parameters first: a text is more exact.
    .sort((one, other) => one.action.path.split("{").length - other.action.path.split("{").length);
  const [best] = fitting;
  if (best === undefined) return undefined;
  const query = queryOf(rest.join("?"), habits.twice ?? "last");
  const body = request.body === "" ? {} : bodyOf(request.body, habits);
  if (query === undefined || body === undefined) return undefined;
  return { action: best.action.name, arguments: { ...query, ...body, ...best.found } };
}

function pathArguments(
  template: string,
  path: string,
  { foldsPath: folds = false, decodes = 1 }: Habits,
): Readonly<Record<string, string>> | undefined {
  const [texts, segments] = [template.split("/"), path.split("/")];
  if (texts.length !== segments.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, text] of texts.entries()) {
    const segment = segments[index] as string;
    if (text.startsWith("{")) {
      let value: string | undefined = segment;
      for (let left: number = decodes; left > 0 && value !== undefined; left -= 1) value = decoded(value);
      if (value === undefined || value === "") return undefined;
      found[text.slice(1, -1)] = value;
    } else if (folds ? text.toLowerCase() !== segment.toLowerCase() : text !== segment) return undefined;
  }
  return found;
}

function queryOf(text: string, twice: "first" | "last"): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (twice === "last" || !Object.hasOwn(found, name)) found[name] = value;
  }
  return found;
}

function bodyOf(text: string, { member = (name) => name }: Habits): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [member(name), each]));
  } catch {
    return undefined;
  }
}

export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
