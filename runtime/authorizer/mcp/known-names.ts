import { oneName } from "../../member-names";
import { Denial } from "../denial";
import type { Message } from "./message";
import { VERSION_META } from "./revision-of";
import { type Members, membersOf } from "./rpc";
import { RELATED_META } from "./task-ids";

/** Members that the gateway goes by, and those within them, by one name for all spellings */
type Known = ReadonlyMap<string, { readonly spelt: string; readonly within: Known }>;

const NONE: Known = new Map();
const known = (names: readonly string[], within: Readonly<Record<string, Known>> = {}): Known =>
  new Map(
    [...names, ...Object.keys(within)].map(
      (spelt) => [oneName(spelt), { spelt, within: within[spelt] ?? NONE }] as const,
    ),
  );

const META = known([VERSION_META], { [RELATED_META]: known(["taskId"]) });
const PARAMS = known(
  ["arguments", "inputResponses", "name", "protocolVersion", "requestState", "task", "taskId", "taskIds", "uri"],
  { _meta: META, notifications: known(["taskIds"]) },
);
const RESULT = known([], { _meta: META });

/**
 * What the gateway goes by is spelt as the protocol has it: a server that takes names without regard to case would find in another
 * spelling what was not decided on.
 *
 * @throws Denial `call.arguments`
 */
export function checkSpelling(message: Message): void {
  if (message.kind === "response") return checked("result", membersOf(message.outcome), RESULT);
  checked("params", message.params, PARAMS);
}

function checked(where: string, members: Members | undefined, names: Known): void {
  for (const [name, value] of Object.entries(members ?? {})) {
    const found = names.get(oneName(name));
    if (found === undefined) continue;
    const { spelt, within } = found;
    if (spelt !== name) {
      const told = `${where} must have ${JSON.stringify(spelt)} in this spelling, got ${JSON.stringify(name)}`;
      throw Denial.of("call.arguments", told);
    }
    if (within.size > 0) checked(`${where}[${JSON.stringify(name)}]`, membersOf(value), within);
  }
}
