import { Budget, TooComplex } from "../../../iam/sets/budget";
import type { Change, Unknown } from "../../change";
import { KNOWN_AT_APPLY } from "../../reach/kubernetes/fact";
import { isOpaque } from "../../reach/kubernetes/objects/values";
import type { Right } from "../../reach/kubernetes/rights/right";
import { type Box, partOutside } from "../../reach/kubernetes/sets/box";
import type { TextValues } from "../../reach/kubernetes/sets/text-values";
import type { Gains } from "./fact-gains";

/** Verbs that grant more than access to what they name */
const FAR_REACHING: ReadonlyMap<string, string> = new Map([
  ["bind", "may give rights that it does not have"],
  ["escalate", "may write roles with more rights than its own"],
  ["impersonate", "may act as another principal"],
]);

/** Rights on one thing by one binding, with an example request that `base` refuses */
export interface GainedRights {
  readonly rights: readonly Right[];
  readonly witness: string;
}

/** Rights of `head` that `base` does not give */
export function rightGains(base: readonly Right[], head: readonly Right[]): Gains {
  const { gained, unknown } = gainedRights(base, head);
  return { gains: gained.map(changeOf), unknown };
}

export function gainedRights(
  base: readonly Right[],
  head: readonly Right[],
): { readonly gained: readonly GainedRights[]; readonly unknown: readonly Unknown[] } {
  const gained = new Map<string, { readonly rights: Right[]; readonly witness: string }>();
  const unknown: Unknown[] = [];
  const known = new Set(base.map(({ written }) => written));
  for (const right of head) {
    if (known.has(right.written)) continue;
    try {
      const found = outsideOf(right, base);
      if (found === undefined) continue;
      const witness = requestText(found, right);
      if (isUncertain(found, right)) {
        unknown.push({ what: words([right]), why: whyUncertain(found, right), source: { address: right.address } });
      } else {
        const place = `${right.on} ${right.address}`;
        const others = gained.get(place);
        if (others === undefined) gained.set(place, { rights: [right], witness });
        else others.rights.push(right);
      }
    } catch (error) {
      if (!(error instanceof TooComplex)) throw error;
      unknown.push({ what: words([right]), why: error.message, source: { address: right.address } });
    }
  }
  return { gained: [...gained.values()], unknown };
}

function outsideOf(right: Right, base: readonly Right[]): Box | undefined {
  const others = base.filter(({ url }) => url === undefined || (right.url !== undefined && covers(url, right.url)));
  return partOutside(
    right.box,
    others.map(({ box }) => box),
    new Budget(),
  );
}

/** A path, or all paths with a prefix. Each is covered by one pattern or by none: finitely many always leave some path out. */
function covers(pattern: string, url: string): boolean {
  if (pattern === url) return true;
  return pattern.endsWith("*") && url.startsWith(pattern.replace(/\*+$/, ""));
}

export function changeOf({ rights, witness }: GainedRights): Change {
  const [{ address }] = rights as readonly [Right];
  return { kind: "action", what: words(rights), witness, source: { address } };
}

function words(rights: readonly Right[]): string {
  const [{ on }] = rights as readonly [Right];
  const verbs = [...new Set(rights.map(({ verb }) => verb))].filter((verb) => verb !== "").sort();
  const notes = verbs.flatMap((verb) => FAR_REACHING.get(verb) ?? []);
  return `${[verbs.join(", "), on].filter((part) => part !== "").join(" ")}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

/** Built-in roles of the cluster, with a request that each allows */
const SHOWN_BY: ReadonlyMap<string, string> = new Map([
  ["role ClusterRole view", "get configmaps/x"],
  ["role ClusterRole edit", "get secrets/x"],
  ["role ClusterRole admin", "create rolebindings"],
]);

function requestText(found: Box, { url }: Right): string {
  const verb = example(found, "verb", ["get"]);
  const namespace = example(found, "namespace", ["default"]);
  const place = namespace === "" ? "" : ` in namespace ${namespace}`;
  if (url !== undefined) return `${verb} ${url.replace(/\*+$/, "x")}`;
  const type = example(found, "type", ["resource"]);
  if (type !== "resource")
    return `${SHOWN_BY.get(type) ?? `any request that ${type.replace("role ", "")} allows`}${place}`;
  const part = example(found, "subresource", [""]);
  const group = example(found, "group", [""]);
  const resource = `${example(found, "resource", ["secrets"])}${group === "" ? "" : `.${group}`}`;
  const name = example(found, "name", ["create", "list", "watch", "deletecollection"].includes(verb) ? [""] : ["x"]);
  return `${verb} ${[resource, name, part].filter((step) => step !== "").join("/")}${place}`;
}

function isUncertain(found: Box, right: Right): boolean {
  return isUnreadRole(found) || isOpaque(requestText(found, right));
}

function isUnreadRole(found: Box): boolean {
  const type = example(found, "type", ["resource"]);
  return type.startsWith("role ") && !SHOWN_BY.has(type);
}

function whyUncertain(found: Box, right: Right): string {
  const isRole = isUnreadRole(found) && !isOpaque(requestText(found, right));
  return isRole ? "the rules of the role are not part of what is reviewed" : KNOWN_AT_APPLY;
}

function example(box: Box, dimension: string, suggestions: readonly string[]): string {
  const values = box.get(dimension) as TextValues | undefined;
  return values === undefined ? (suggestions[0] as string) : (values.example(suggestions) ?? "");
}
