import { refuse, shown } from "../../../domain";

/** How many connections a pod holds at once */
export interface Connections {
  /**
   * Of all clients together.
   *
   * @default 2000
   */
  readonly most?: number;
  /**
   * Of one remote address.
   *
   * @default 128
   */
  readonly perAddress?: number;
}

/** Files that one process may have open on Linux (fs.nr_open) */
const MOST = 1_048_576;

/** @throws DeclarationError `exchange.malformed` */
export function connectionsOf(connections: Connections, where: string): Connections {
  for (const name of ["most", "perAddress"] as const) {
    const value = connections[name];
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MOST)) continue;
    const what = `connections.${name} must be a whole number from 1 to ${MOST}, got ${shown(value)}`;
    refuse("exchange.malformed", where, `${what}: leave it out for the default`);
  }
  return connections;
}
