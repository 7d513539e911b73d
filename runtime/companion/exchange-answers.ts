import { z } from "zod";
import { STARTS } from "../../domain";
import type { RefusalBody } from "./problem";

const id = z.string().min(1).max(256);
const seconds = z.int().positive();

/** A run, by itself or beside a token of it; what else is there is passed over */
export const runAnswer = z.object({
  task: id,
  start: z.enum(STARTS),
  run: id,
  txn: id,
  sid: id,
  run_expires_at: seconds,
});

/** RFC 8693 section 2.2.1 with `authorization_details`; what else is there is passed over */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.literal("Bearer"),
  expires_in: seconds,
  scope: z.string().optional(),
  authorization_details: z.tuple([runAnswer.extend({ type: z.literal("ambit_task") })]),
});

/** Of the SDKs' container credentials */
export const awsAnswer = z.object({
  AccessKeyId: id,
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
  Expiration: z.iso.datetime(),
  AccountId: z.string().optional(),
});

/** Places of those in a batch that are on no record */
export const refusalsAnswer = z.object({ untold: z.array(z.int().min(0)) });

/** Runs that may go on no more, of those that were asked about */
export const stoppedRunsAnswer = z.object({ stopped: z.array(z.object({ run: id, codes: z.array(id) })) });

export type RunAnswer = z.infer<typeof runAnswer>;
export type TokenAnswer = z.infer<typeof tokenAnswer>;
export type AwsAnswer = z.infer<typeof awsAnswer>;

/** RFC 6749 section 5.2; undefined for what is no refusal */
export function refusalBody(value: unknown): RefusalBody | undefined {
  const found = z.looseObject({ error: z.string().min(1) }).safeParse(value);
  return found.success ? found.data : undefined;
}
