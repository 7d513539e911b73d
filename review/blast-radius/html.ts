import { printable } from "../../domain/printable";
import { pageOf, pagePart } from "../report/page-of";
import { brief, placeOf } from "../report/shown";
import { pictureOf } from "./picture";
import { type BlastRadius, isCertain } from "./reached";
import { groupsOf, type Row } from "./rows";
import { headingOf, isGrave, rowText } from "./row-text";
import { GATE_WORDS, lastingText, POSSIBLE, summary } from "./words";

/** Whom the attacker controls in the middle, what they reach in rings by hop, and all of it in tables */
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

/** A link needs something to be seen. */
function named(name: string): string {
  return name.trim() === "" ? "(blank)" : printable(name);
}
