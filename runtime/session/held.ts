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
  /** Undefined where nothing is written */
  readonly version: number | undefined;
}

// What an exchange of before wrote has nothing reserved.
const schema = z.strictObject({ mark: sensitivity, tainted: z.boolean(), reserved: untils.default({}) });

export function heldOf(item: Item | undefined): Held {
  if (item === undefined) return { mark: "public", tainted: false, reserved: {}, version: undefined };
  return { ...(schema.parse(item.value) as News), version: item.version };
}

/**
 * Raises it by what is new to it, or checks it where nothing is. It fails where it was written since.
 *
 * @param begins whether a session begins that inherits it: then it is written in any case, so that a session which raises it
 *   meanwhile fails, and tells the new one when it is tried again
 */
export function heldWrite(epoch: number, agent: string, held: Held, news: News, begins: boolean, now: number): Write {
  const key = heldKey(epoch, agent);
  const when = held.version === undefined ? ("absent" as const) : { version: held.version };
  if (!begins && !isNews(news, held)) return { kind: "check", key, when };
  const reserved = later(laterOf(held.reserved, news.reserved), now);
  const value = {
    mark: higher(held.mark, news.mark),
    tainted: held.tainted || news.tainted,
    // Left out where nothing waits, so that an exchange of before reads it.
    ...(Object.keys(reserved).length > 0 && { reserved }),
  };
  return { kind: "put", key, value, when };
}
