import { own } from "../../../domain";
import { isWithin, placesOf } from "../../../domain/serve-paths";
import { brief, type RegistryWay } from "../../reach/declared/registry";
import { callersOf, placesText, placeText, STARTERS } from "../../reach/declared/agent-callers";
import { sameJson } from "../../read/json";
import { arrivalGaps } from "./arrival-gaps";
import { cardGaps } from "./card-gaps";
import { type Gap, replacementGap } from "./gap";
import { additions, type Side } from "../../reach/declared/side";

/** Callers of an agent: where they call, what they start and receive, and how that affects a session */
export function servingGaps(narrow: Side | undefined, wide: Side, isNew: boolean): readonly Gap[] {
  const gaps = Object.entries(wide.agent.serves ?? {}).flatMap(([name, way]) => {
    const served: Served = { side: wide, name, way, at: `agents.${wide.name}.serves.${name}` };
    const was = narrow && counterpart(narrow, name, way);
    if (narrow === undefined || was === undefined)
      return [...callGaps(undefined, served), portGap(served), ...pushGaps(undefined, served)];
    return [
      ...callGaps(was, served),
      ...placeGaps(was, served),
      ...pushGaps(was, served),
      ...clearanceGaps(was, served),
      ...cardGaps([was, narrow.agent], [way, wide.agent], served.at),
    ];
  });
  if (isNew) return gaps.map((gap): Gap => ({ ...gap, place: "late" }));
  return narrow === undefined ? gaps : [...gaps, ...arrivalGaps(narrow, wide), ...concurrencyGaps(narrow, wide)];
}

const PROTOCOLS = { a2a: "A2A", http: "HTTP" } as const;

/** One way in of the wider registry */
interface Served {
  readonly side: Side;
  readonly name: string;
  readonly way: RegistryWay;
  readonly at: string;
}

/** Ways in with equal content are the same under any name. */
function counterpart({ agent: { serves = {} } }: Side, name: string, way: RegistryWay): RegistryWay | undefined {
  return Object.values(serves).find((one) => sameJson(one, way)) ?? own(serves, name);
}

/** Tasks that start there, and their callers. A new start of a task is reported elsewhere. */
function callGaps(was: RegistryWay | undefined, { side, way, at }: Served): readonly Gap[] {
  return additions(was && new Set(was.tasks), new Set(way.tasks)).flatMap((task) => {
    const evidence = evidenceOf(side, task);
    const [first] = evidence;
    if (first === undefined) return [];
    const bounds = `what they send counts as ${way.sensitivity}, and an answer holds up to ${way.clearance} data`;
    const what = `callers with ${brief(evidence.join(", or "))} may call it at ${whereOf(way)}: ${bounds}`;
    const witness = `a request for ${brief(way.paths[0] ?? "/")} with ${brief(first)}`;
    return [{ kind: "trust", what, witness, at: `${at}.tasks` }];
  });
}

function evidenceOf({ registry, name }: Side, task: string): readonly string[] {
  const target = `${name}.${task}`;
  return callersOf(registry, name, task).map(({ start, from }) =>
    from.length === 0 ? STARTERS[start].shows(target) : `a token of ${from.join(" or ")} that hands work to ${target}`,
  );
}

function whereOf(way: RegistryWay): string {
  return brief(placesText(way));
}

function portGap({ way, at }: Served): Gap {
  const host = way.host === undefined ? "" : `, under ${brief(way.host)}`;
  return {
    kind: "network",
    what: `requests of callers come to port ${way.port} of its pod (${PROTOCOLS[way.kind]}${host})`,
    witness: `a request for ${brief(way.paths[0] ?? "/")} at port ${way.port}`,
    at: `${at}.port`,
  };
}

function placeGaps(was: RegistryWay, { name, way, at }: Served): readonly Gap[] {
  const known = placesOf(was);
  const open = placesOf(way).filter((place) => !known.some((one) => isWithin(place, one)));
  const [path, label] = [brief(way.paths[0] ?? "/"), `its way in ${name}`];
  return [
    ...replacementGap(PROTOCOLS[was.kind], PROTOCOLS[way.kind], () => ({
      kind: "network",
      what: `${label} takes ${PROTOCOLS[way.kind]}`,
      witness: `a request of ${PROTOCOLS[way.kind]} for ${path}`,
      at: `${at}.kind`,
    })),
    ...replacementGap(`${was.port}`, `${way.port}`, () => ({
      kind: "network",
      what: `requests by ${label} come to port ${way.port} of its pod`,
      witness: `a request for ${path} at port ${way.port}`,
      at: `${at}.port`,
    })),
    ...replacementGap(hostOf(was), hostOf(way), () => ({
      kind: "network",
      what: `users reach ${label} under ${brief(hostOf(way))}`,
      witness: `a user's request for ${path} under ${brief(hostOf(way))}`,
      at: `${at}.host`,
    })),
    ...open.map((place) => ({
      kind: "network" as const,
      what: `callers may ask it for ${brief(placeText(place))}`,
      witness: `a request for ${brief(place.path)}`,
      at: `${at}.paths`,
    })),
  ];
}

function hostOf({ host }: RegistryWay): string {
  return host ?? "the host of its name";
}

/** Where callers may have push notifications sent. The tool declares the addresses. */
function pushGaps(was: RegistryWay | undefined, { side: { registry }, way, at }: Served): readonly Gap[] {
  const { pushes } = way;
  if (pushes === undefined || sameJson(was?.pushes, pushes)) return [];
  const named = callOf(pushes);
  const to = `${named} (${brief(own(registry.tools, pushes.tool)?.url ?? "")})`;
  return [
    {
      kind: "destination",
      what: `callers at ${whereOf(way)} may have it push to ${to}`,
      ...(was?.pushes !== undefined && { otherwise: callOf(was.pushes) }),
      witness: `a message whose configuration names the address of ${named}`,
      at: `${at}.pushes`,
    },
  ];
}

function callOf({ tool, action }: NonNullable<RegistryWay["pushes"]>): string {
  return `${tool}.${action}`;
}

function clearanceGaps(was: RegistryWay, { way, at }: Served): readonly Gap[] {
  if (was.clearance.covers(way.clearance)) return [];
  return [
    {
      kind: "sensitivity",
      what: `an answer at ${whereOf(way)} may hold ${way.clearance} data`,
      otherwise: `at most ${was.clearance}`,
      witness: `an answer of a session that has read ${way.clearance} data`,
      at: `${at}.clearance`,
    },
  ];
}

function concurrencyGaps({ agent: was }: Side, { name, agent: is }: Side): readonly Gap[] {
  if (was.concurrency !== "one-user" || is.concurrency === "one-user") return [];
  return [
    {
      kind: "enforcement",
      what: "a pod of it works for many sessions at a time",
      otherwise: "for one",
      witness: "a request of one user in a pod that works for another",
      at: `agents.${name}.concurrency`,
    },
  ];
}
