import {
  GetSecretValueCommand,
  type SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { SECRET_ARN } from "../../domain";
import type { Clock } from "../clock";
import { strictJsonObject } from "../jose/json";
import { kindOf, OutboundFailure } from "./credential";
import { Kept } from "./kept";

/** Seconds */
export const SECRET_KEPT_SECONDS = 300;

/** Bounds for a client: what asks has 5 s for everything. */
export const SECRETS_BOUNDS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const satisfies SecretsManagerClientConfig;

export interface Secret {
  readonly text: string;
  /** Until it is read again: whole seconds since the epoch */
  readonly expiresAt: number;
}

export interface SecretReader {
  /**
   * @param arn of the configuration
   * @throws OutboundFailure
   */
  read(arn: string, signal: AbortSignal): Promise<Secret>;
}

type Client = Pick<SecretsManagerClient, "send">;

/** Secrets of Secrets Manager, each kept for 5 min */
export class Secrets implements SecretReader {
  private readonly kept: Kept<Secret>;
  private readonly clients = new Map<string, Client>();

  /** @param clientIn makes a client for a region */
  constructor(
    private readonly clientIn: (region: string) => Client,
    private readonly clock: Clock,
  ) {
    this.kept = new Kept(clock, 0);
  }

  public async read(arn: string): Promise<Secret> {
    return this.kept.get(arn, (signal) => this.fetched(arn, signal));
  }

  private async fetched(arn: string, signal: AbortSignal): Promise<Secret> {
    const [, region = ""] = SECRET_ARN.exec(arn) ?? [];
    const client = this.clients.get(region) ?? this.clientIn(region);
    this.clients.set(region, client);
    const expiresAt = this.clock() + SECRET_KEPT_SECONDS;
    let text: string | undefined;
    try {
      text = (await client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal: signal })).SecretString;
    } catch (error) {
      throw new OutboundFailure(`Secrets Manager gave no ${arn}: ${kindOf(error)}`);
    }
    if (text === undefined || text === "") throw new OutboundFailure(`${arn} must be a text, and is binary or empty`);
    return { text, expiresAt };
  }
}

/**
 * The whole secret, or a member of it where it is a JSON object
 *
 * @throws OutboundFailure
 */
export function memberOf({ text }: Secret, arn: string, member: string | undefined): string {
  if (member === undefined) return text;
  const object = strictJsonObject(Buffer.from(text));
  const value = object !== undefined && Object.hasOwn(object, member) ? object[member] : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new OutboundFailure(`${arn} must be a JSON object with the text ${member}`);
}
