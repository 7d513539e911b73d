import { z } from "zod";
import type { Actor } from "./access-token";
import type { SubjectId } from "./subject-id";

/** Claims that the exchange writes into tokens of more than one kind */

export const text = z.string().min(1);

/** Whole seconds since the epoch, up to the year 9999 */
export const time = z.int().min(0).max(253_402_300_799);

export const actor: z.ZodType<Actor> = z.strictObject({
  sub: text,
  get act() {
    return actor.optional();
  },
}) as z.ZodType<Actor>;

export const subjectId = z.union([
  z.strictObject({ format: z.literal("iss_sub"), iss: text, sub: text }),
  z.strictObject({ format: z.literal("uri"), uri: text }),
]);

/** Whether `sub` and `sub_id` mean the same */
export function isOneSubject({ sub, sub_id }: { readonly sub: string; readonly sub_id: SubjectId }): boolean {
  return sub === (sub_id.format === "uri" ? sub_id.uri : sub_id.sub);
}
