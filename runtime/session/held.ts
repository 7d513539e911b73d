import { z } from "zod";
import { heldKey } from "../store/keys";
import type { Item, Write } from "../store/store";
import { higher, isNews, later, laterOf, type News } from "./knowledge";
import { sensitivity, untils } from "./stored";

/**
 * The most that any session of an agent has held in this epoch, for any principal, and what waits to be read in one. What
 * an agent starts by itself inherits it. Mark and taint only rise: a process that runs on may remember what no session says
 * any more.
 */
export interface Held extends News {
  /** Undefined if there is no item yet */
  readonly version: number | undefined;
}

// Items of an earlier version of the exchange have no reservations.
const schema = z.strictObject({ mark: sensitivity, tainted: z.boolean(), reserved: untils.default({}) });

export function heldOf(item: Item | undefined): Held {
  if (item === undefined) return { mark: "public", tainted: false, reserved: {}, version: undefined };
  return { ...(schema.parse(item.value) as News), version: item.version };
}

/**
 * A write that raises it by what is new, or a check if nothing is. It fails if it was written meanwhile.
 *
 * @param begins whether a session begins that inherits it: then it is always written, so that a concurrent session
 *   which raises it fails, and on retry passes its knowledge on to the new one
 */
export function heldWrite(epoch: number, agent: string, held: Held, news: News, begins: boolean, now: number): Write {
  const key = heldKey(epoch, agent);
  const when = held.version === undefined ? ("absent" as const) : { version: held.version };
  if (!begins && !isNews(news, held)) return { kind: "check", key, when };
  const reserved = later(laterOf(held.reserved, news.reserved), now);
  const value = {
    mark: higher(held.mark, news.mark),
    tainted: held.tainted || news.tainted,
    // Omitted if empty, so that an earlier version of the exchange can read it.
    ...(Object.keys(reserved).length > 0 && { reserved }),
  };
  return { kind: "put", key, value, when };
}
