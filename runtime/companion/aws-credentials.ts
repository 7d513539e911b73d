import type { Clock } from "../clock";
import { rfc3339 } from "../rfc3339";
import { awsAnswer, type AwsAnswer } from "./exchange-answers";
import type { Perishable } from "./renewed";

/** New ones are fetched so many seconds before the end, or half of the life before it, where that is less. */
export const REFRESH_SECONDS = 300;

/** Given as they are to SDKs */
export interface AwsCredentials extends Perishable {
  readonly body: AwsAnswer;
}

export interface Life {
  readonly clock: Clock;
  /** Whole seconds since the epoch: what the credentials are for ends then */
  readonly endsAt: number;
}

/** They end with their run, though STS lets them live on. */
export function credentialsOf(answer: AwsAnswer, { clock, endsAt }: Life): AwsCredentials {
  const body = awsAnswer.parse(answer);
  const expiresAt = Math.min(Math.floor(Date.parse(body.Expiration) / 1000), endsAt);
  return {
    body: { ...body, Expiration: rfc3339(expiresAt) },
    expiresAt,
    // A successor of the same run cannot outlive it.
    refreshAt: expiresAt === endsAt ? endsAt : ahead(expiresAt, clock()),
  };
}

/** When to look for what comes after something that ends then */
export function ahead(expiresAt: number, now: number): number {
  return expiresAt - Math.min(REFRESH_SECONDS, Math.floor((expiresAt - now) / 2));
}
