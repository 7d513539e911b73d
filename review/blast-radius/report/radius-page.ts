import { printable } from "../../../domain/printable";
import { pageOf, pagePart } from "../../report/page-of";
import { brief, placeOf } from "../../report/text-parts";
import { type BlastRadius, isCertain, type ReachedKind } from "../blast-radius";
import { type Group, groupsOf, type Row, headingOf, isGrave, rowText } from "./rows";
import { GATE_WORDS, lastingText, POSSIBLE, summary } from "./radius-words";

/** The controlled identity in the middle, the reached things in rings by hop, and tables of all of them */
export function htmlRadius(radius: BlastRadius): string {
  return pageOf({
    skeleton: pagePart("radius.html"),
    style: pagePart("radius.css"),
    script: pagePart("radius.js"),
    data: pageData(radius),
  });
}

function pageData(radius: BlastRadius): object {
  const groups = groupsOf(radius);
  const { nodes, places } = pictureOf(radius, groups);
  return {
    name: named(radius.of.name),
    summary: summary(radius, brief),
    nodes: nodes.map(({ name, through, ...node }) => ({ ...node, name: named(name), through: brief(through) })),
    groups: groups.map((group, at) => ({
      heading: headingOf(group, radius),
      rows: group.rows.map((row, index) => rowData(row, places[at]?.[index] ?? 0)),
    })),
    unknown: radius.unknown.map(({ what, why, source }) => ({
      what: brief(what),
      why: brief(why),
      where: printable(placeOf(source)),
    })),
  };
}

function rowData(row: Row, node: number): object {
  const { gate, bounds, example, lasting, unknown, source } = row;
  return {
    node,
    gate,
    isGrave: isGrave(row),
    isUnknown: !isCertain(row),
    what: rowText(row),
    certainty: unknown === undefined ? "certain" : `${POSSIBLE}: ${brief(unknown)}`,
    stops: [GATE_WORDS[gate], ...bounds.map(brief)].join("; "),
    example: example === undefined ? "" : brief(example),
    lasts: `${lastingText(lasting)}: ${brief(lasting.because)}`,
    where: printable(placeOf(source)),
  };
}

/** An empty name would give an invisible link. */
function named(name: string): string {
  return name.trim() === "" ? "(blank)" : printable(name);
}

/** One thing in a picture of rings: the controlled identity is in the middle. */
interface PictureNode {
  /** Type of the identity, or kind of the reached thing */
  readonly kind: "agent" | "role" | "account" | Exclude<ReachedKind, "identity">;
  readonly name: string;
  /** Ring: 0 is the middle */
  readonly ring: number;
  /** Index of the node that reaches it; the middle has its own index */
  readonly parent: number;
  /** The action, or the step that reaches an identity */
  readonly through: string;
  /** For an identity that is only possible */
  readonly isPossible?: true;
}

interface Picture {
  readonly nodes: readonly PictureNode[];
  /** Node index of each row of each group */
  readonly places: readonly (readonly number[])[];
}

/** Identities by hop, each surrounded by the things that its rights reach */
function pictureOf({ of, identities }: BlastRadius, groups: readonly Group[]): Picture {
  const nodes: PictureNode[] = [];
  const known = new Map<string, number>();
  const put = (key: readonly unknown[], node: PictureNode): number => {
    const text = JSON.stringify(key);
    const place = known.get(text) ?? nodes.push(node) - 1;
    known.set(text, place);
    return place;
  };
  // Groups are sorted by hop, so the node of the parent exists already.
  const parentOf = ({ hop, route }: Group): number => {
    const name = route.at(-2)?.to ?? of.name;
    return known.get(JSON.stringify([name, hop - 1])) ?? nodes.findIndex((node) => node.name === name);
  };
  const own = groups.map((group) => {
    const { by, hop, route, unknown } = group;
    const certainty = unknown === undefined ? {} : { isPossible: true as const };
    const kind = identities.find(({ name }) => name === by)?.kind ?? of.kind;
    const parent = hop === 0 ? 0 : Math.max(0, parentOf(group));
    return put([by, hop], { kind, name: by, ring: hop, parent, through: route.at(-1)?.what ?? "", ...certainty });
  });
  const places = groups.map(({ hop, rows }, at) =>
    rows.map(({ kind, target, does }) => {
      const parent = own[at] as number;
      if (kind === "identity") return known.get(JSON.stringify([target, hop + 1])) ?? parent;
      const through = kind === "network" || kind === "pod" || kind === "kubernetes" ? "" : does.join(", ");
      return put([parent, kind, target], { kind, name: target, ring: hop + 1, parent, through });
    }),
  );
  return { nodes, places };
}
