import { z } from "zod";
import { heldKey } from "../store/keys";
import type { Item, Write } from "../store/store";
import type { Common } from "./session";
import { higher } from "./common";
import { sensitivity } from "./stored";

/**
 * The most that any session of an agent has held in this epoch, whoever it was for. What an agent starts by itself
 * inherits it. It only rises: a process that runs on may remember what no session says any more.
 */
export interface Held extends Pick<Common, "mark" | "tainted"> {
  /** Undefined where nothing is written */
  readonly version: number | undefined;
}

const schema = z.strictObject({ mark: sensitivity, tainted: z.boolean() });

export function heldOf(item: Item | undefined): Held {
  if (item === undefined) return { mark: "public", tainted: false, version: undefined };
  return { ...schema.parse(item.value), version: item.version };
}

/**
 * Raises it; where it is as high, it is what a decision rests on, and is to be so still. Nothing where nothing was read.
 * They fail where it was written since.
 */
export function heldWrites(
  epoch: number,
  agent: string,
  held: Held | undefined,
  { mark: read, tainted: also }: Pick<Common, "mark" | "tainted">,
): readonly Write[] {
  if (held === undefined) return [];
  const [mark, tainted] = [higher(held.mark, read), held.tainted || also];
  const [key, when] = [
    heldKey(epoch, agent),
    held.version === undefined ? ("absent" as const) : { version: held.version },
  ];
  if (mark === held.mark && tainted === held.tainted) return [{ kind: "check", key, when }];
  return [{ kind: "put", key, value: { mark, tainted }, when }];
}
