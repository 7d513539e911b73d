import { STARTERS, placesText } from "../../reach/declared/agent-callers";
import { brief } from "../../reach/declared/registry";
import type {
  DeclaredAccess,
  DeclaredCall,
  DeclaredCaller,
  DeclaredStarter,
  DeclaredWay,
  DeclaredWork,
} from "../declared-access";
import type { Lines } from "./lines";

export function declaredLines(lines: Lines, declared: DeclaredAccess): void {
  for (const work of declared.works) workLines(lines, work);
  for (const way of declared.ways) wayLines(lines, way);
  starterLines(lines, declared.starters);
  lines.title("after a kill");
  for (const { path, seconds, because } of declared.revocationHorizon) {
    lines.add(`${path} works for ${seconds} s: ${because}`, 1);
  }
  const { idleSeconds, totalSeconds } = declared.session;
  lines.add(`a session ends ${idleSeconds} s after its last request, and after ${totalSeconds} s`, 1);
  if (declared.concurrency === "one-user") lines.add("a pod of it works for one session at a time", 1);
  if (declared.memory === "shared") lines.add("what it reads for one user counts for all users", 1);
  if (declared.isolation === "shared") lines.add("! it shares its roles with other agents", 1, lines.paint.red);
  for (const client of declared.clients) lines.add(`users of the client ${client} may start its tasks`, 1);
}

function wayLines(lines: Lines, { name, port, host, sensitivity, clearance, callers, ...way }: DeclaredWay): void {
  lines.title(`way in ${name} · ${callers.length}`);
  const under = host === undefined ? "" : `, for users under ${host}`;
  lines.add(`at ${placesText(way)}${under}, port ${port} of its pod (${way.kind})`, 1);
  lines.add(`what callers send counts as ${sensitivity}, and an answer holds up to ${clearance} data`, 1);
  for (const caller of callers) lines.add(callerText(caller), 1);
  const { pushes } = way;
  if (pushes !== undefined) lines.add(`callers may have it push to ${pushes.tool}.${pushes.action}`, 1);
}

function starterLines(lines: Lines, starters: readonly DeclaredStarter[]): void {
  if (starters.length === 0) return;
  lines.title(`starters · ${starters.length}`);
  for (const { issuer, starts, keys, tasks, clean } of starters) {
    lines.add(`${starts.join(" and ")} of ${brief(issuer)} may start ${tasks.join(", ")}`, 1);
    for (const key of keys) lines.add(`a principal that may sign with ${brief(key)} starts that`, 2);
    if (clean.length > 0) lines.add(`its events begin a clean session of ${clean.join(", ")}`, 2);
    else if (starts.includes("event")) lines.add("its events inherit all that the agent has held", 2);
  }
}

function callerText({ start, from, task, untrusted }: DeclaredCaller): string {
  const who = from.length === 0 ? STARTERS[start].who : from.join(", ");
  return `${who} may start ${task}${untrusted ? ", and is not trusted" : ""}`;
}

function workLines(lines: Lines, work: DeclaredWork): void {
  const { task, through, startedBy, ttlSeconds, carries, calls, data } = work;
  const way = through.length === 0 ? "" : ` through ${through.join(" → ")}`;
  lines.title(`task ${task}${way} · ${calls.length + data.length}`);
  const handed = carries === null ? "" : `, handed ${carries} data at most`;
  lines.add(`started by ${startedBy.join(" or ")}, runs for ${ttlSeconds} s${handed}`, 1);
  controlLines(lines, work);
  for (const { dataset, kinds, sensitivity, place, untrusted } of data) {
    const isGrave = sensitivity === "restricted";
    const text = `${kinds.join(", ")} ${dataset}, ${sensitivity}${untrusted ? ", untrusted" : ""} (${place})`;
    lines.add(`${isGrave ? "!" : " "} ${text}`, 1, isGrave ? lines.paint.red : undefined);
  }
  for (const call of calls) callLine(lines, call);
  for (const { target, depth, sensitivity, ttlSeconds: seconds, actions, data: handedOn } of work.delegates) {
    const bounds = [`depth ${depth}`, `up to ${sensitivity} data`, `${seconds} s`];
    const any = [...(actions === "any" ? ["any action"] : []), ...(handedOn === "any" ? ["any data"] : [])];
    lines.add(`  hands work to ${target}: ${[...bounds, ...any].join(", ")}`, 1);
  }
}

function controlLines(lines: Lines, { approval, budgets, orders, observedUntil }: DeclaredWork): void {
  if (approval !== null) lines.add(`${approval.group} decide on every call`, 1);
  for (const { limit, period, actions, sumOf, counts } of budgets) {
    const what = sumOf === undefined ? `${limit} ${counts ?? "calls"}` : `${limit} in sum of ${sumOf}`;
    lines.add(`at most ${what} per ${period}${actions === undefined ? "" : ` of ${actions.join(", ")}`}`, 1);
  }
  for (const { first, then, within } of orders) {
    lines.add(`${then.join(", ")} only after ${first.join(", ")} in the same ${within}`, 1);
  }
  if (observedUntil !== null) {
    lines.add(`! budgets, orders and intent are only noted until ${observedUntil}`, 1, lines.paint.red);
  }
}

function callLine(lines: Lines, call: DeclaredCall): void {
  const isGrave = call.impact === "high" || call.outward;
  const notes = [
    ...(call.impact === "high" ? ["high impact"] : []),
    ...(call.outward ? ["seen outside"] : []),
    call.writes ? "writes" : "reads",
    ...(call.untrustedOutput ? ["answers untrusted"] : []),
    ...(call.allows === undefined ? [] : [`with ${call.allows.join(", ")} at its provider`]),
    `as ${call.actsAs === "user" ? "the user" : `the service ${call.actsAs}`}`,
    `cleared for ${call.clearance}`,
  ];
  const touches = call.touches.length === 0 ? "" : `, touches ${call.touches.join(", ")}`;
  const text = `calls ${call.name}: ${notes.join(", ")}${touches}, at ${call.url}`;
  lines.add(`${isGrave ? "!" : " "} ${text}`, 1, isGrave ? lines.paint.red : undefined);
}
