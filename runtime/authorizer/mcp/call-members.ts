import { Denial } from "../denial";
import { type Members, membersOf } from "./rpc";

const KNOWN = ["name", "arguments", "_meta", "task", "inputResponses", "requestState"];
/**
 * Keys of `_meta` that belong to the protocol, or only to tracing (SEP-414). `baggage` is not one: it holds arbitrary
 * names and values.
 */
const OWN_META: ReadonlySet<string> = new Set([
  "io.modelcontextprotocol/clientCapabilities",
  "io.modelcontextprotocol/clientInfo",
  "io.modelcontextprotocol/logLevel",
  "io.modelcontextprotocol/protocolVersion",
  "progressToken",
  "traceparent",
  "tracestate",
]);
/** In front of what enters the digest of a call beside its arguments */
const BESIDE = "params.";

/** @throws Denial `call.arguments` where `tools/call` has a member that is not known */
export function checkMembers(params: Members): void {
  const odd = Object.keys(params).find((member) => !KNOWN.includes(member));
  if (odd === undefined) return;
  throw Denial.of("call.arguments", `params of tools/call must have no member ${JSON.stringify(odd)}`);
}

/**
 * What a call is decided by: its arguments, and what else a server may act upon, by names that no argument has
 *
 * @throws Denial `call.arguments`
 */
export function decidedArguments(args: Members, { task, inputResponses, _meta: meta }: Members): Members {
  return { ...args, ...beside(args, { task, inputResponses, _meta: othersOf(meta) }) };
}

/** Keys of `_meta` that a server may act on; undefined if there are none */
function othersOf(meta: unknown): Members | undefined {
  const others = Object.entries(membersOf(meta) ?? {}).filter(([name]) => !OWN_META.has(name));
  return others.length === 0 ? undefined : Object.fromEntries(others);
}

function beside(args: Members, members: Readonly<Record<string, unknown>>): Members {
  const taken = Object.keys(args).find((name) => name.startsWith(BESIDE));
  if (taken !== undefined)
    throw Denial.of("call.arguments", `no argument's name may begin with ${BESIDE}, got ${JSON.stringify(taken)}`);
  const told = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [`${BESIDE}${name}`, value])) as Members;
}
