import cases from "../../../cases/network-paths.json";

interface Row {
  readonly from: readonly string[] | "open";
  readonly to: readonly string[];
  readonly ports: readonly string[];
}

/** A kind of pod, by namespace and labels */
export interface PodOfCase {
  readonly in: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether nothing renders it: it is made for the check, and has no account of its own. */
  readonly stranger?: boolean;
}

export const PODS: Readonly<Record<string, PodOfCase>> = cases.pods;
export const PORTS: readonly number[] = cases.ports;
export const OUTSIDE: Readonly<Record<string, string>> = cases.outside;
export const OUTSIDE_PORTS: readonly number[] = cases.outsidePorts;
export const NODE: Readonly<Record<string, string>> = cases.node;
/** The port that is tried by UDP too, as names are asked for by both */
export const NAMES_PORT = 53;

const ROWS = cases.allowed as readonly Row[];
const OPEN: readonly string[] = cases.open.names;

/** Whether the table lets this path pass. */
export function passes(from: string, to: string, port: string): boolean {
  const isOpen = OPEN.includes(from);
  if (isOpen && OPEN.includes(to)) return true;
  return ROWS.some(
    (row) =>
      (row.from === "open" ? isOpen : row.from.includes(from)) && row.to.includes(to) && row.ports.includes(port),
  );
}

/** Names in rows that no place has: a misspelt row would allow nothing, and be noticed by nothing but its path. */
export function unknownNames(): readonly string[] {
  const known = [...Object.keys(PODS), ...Object.keys(OUTSIDE), ...Object.keys(NODE)];
  const named = ROWS.flatMap(({ from, to }) => [...(from === "open" ? [] : from), ...to]);
  return [...OPEN, ...named].filter((name) => !known.includes(name));
}
