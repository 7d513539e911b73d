import { z } from "zod";
import { INPUT_LIMITS } from "../../../domain";
import { KILL_KINDS, LONGEST_STOP_REASON } from "../../../domain/kill-order";
import { Refusal } from "../../refusal/refusal";
import { userSchema } from "../../session/stored";

const id = z.string().min(1).max(INPUT_LIMITS.text);
/** Shown to people and written on record: one line, without characters that cannot be seen */
export const reasonSchema = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_STOP_REASON)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);

const ofUser = z.strictObject({ kind: z.literal("user"), user: userSchema, reason: reasonSchema });
const orderSchema = z.union([ofUser, z.strictObject({ kind: z.enum(KILL_KINDS), id, reason: reasonSchema })]);
/** As the stop was listed with it */
const last_ordered_at = z.int().min(0).max(INPUT_LIMITS.whole).exactOptional();
const restorationSchema = z.union([
  ofUser.extend({ last_ordered_at }),
  z.strictObject({ kind: z.literal("agent"), id, reason: reasonSchema, last_ordered_at }),
]);

/** What is to be stopped, and why */
export type Order = z.infer<typeof orderSchema>;
/** Only of what lasts until a person ends it: everything else is over by itself */
export type Restoration = z.infer<typeof restorationSchema>;

/** @throws Refusal `revocation.malformed` */
export function orderOf(body: unknown): Order {
  return read(orderSchema, body);
}

/** @throws Refusal `revocation.malformed` */
export function restorationOf(body: unknown): Restoration {
  return read(restorationSchema, body);
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data } = schema.safeParse(body);
  if (success) return data;
  const { reason: given } = (body ?? {}) as { readonly reason?: unknown };
  const isReasonless = !reasonSchema.safeParse(given).success;
  const detail = `reason must be one line of 1 to ${LONGEST_STOP_REASON} visible characters`;
  throw Refusal.of("revocation.malformed", isReasonless ? detail : undefined);
}
