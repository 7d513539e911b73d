import { randomUUID } from "node:crypto";
import { KILL_ORDER_TYPE } from "../../../domain/kill-order";
import type { RegistryDocument, RegistryKillSwitch } from "../../../domain/registry/document";
import type { developmentDocument } from "../../../cli/dev/development-registry";
import { bodyDigest } from "../../../runtime/jose/body-digest";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";
import { type Answer, ServedExchange } from "./served-exchange";
import { selfStartingDocument } from "./self-starting-document";
import { TokenMaker } from "./token-maker";

export const KILL_SWITCH = "https://kill-switch.prod.acme.example";
export const KEY_ALIAS = "alias/ambit/prod/kill-switch";

export const killSwitchKey = new TokenMaker(KEY_ALIAS);

/** As a registry has it that was signed with the keys at hand */
export const SIGNED_KILL_SWITCH: RegistryKillSwitch = {
  issuer: KILL_SWITCH,
  kms: [KEY_ALIAS],
  jwks: killSwitchKey.jwks.keys.map((jwk) => ({ ...jwk, alg: "ES256", use: "sig" })) as never,
};

/** The example fleet, with a kill switch */
export function documentWith(killSwitch: RegistryKillSwitch | undefined): typeof developmentDocument {
  return (userIssuer, starterIssuer) => {
    const document = selfStartingDocument(userIssuer, starterIssuer);
    return killSwitch === undefined ? document : withKillSwitch(document, killSwitch);
  };
}

export function withKillSwitch(
  { registry, policy }: FleetDocument,
  killSwitch: RegistryKillSwitch = SIGNED_KILL_SWITCH,
): FleetDocument {
  const document = registry as RegistryDocument;
  return { registry: { ...document, trust: { ...document.trust, killSwitch } }, policy };
}

export interface OrderChanges {
  readonly header?: object;
  readonly claims?: object;
  readonly by?: TokenMaker;
}

/** What the kill switch signs for a body */
export async function killOrder(audience: string, body: string, changes: OrderChanges = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: KILL_SWITCH,
    aud: audience,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
    body: bodyDigest(body),
    ...changes.claims,
  };
  return (changes.by ?? killSwitchKey).token({ typ: KILL_ORDER_TYPE, ...changes.header }, claims);
}

/** An exchange whose registry has a kill switch, and the kill switch */
export class StoppingExchange extends ServedExchange {
  public async begin(killSwitch: RegistryKillSwitch | undefined = SIGNED_KILL_SWITCH): Promise<void> {
    await this.start({ document: documentWith(killSwitch) });
  }

  /** Revoke by an order of the kill switch, or send something else with one. */
  public async order(order: object, changes: OrderChanges = {}, path = "/operator/revocations"): Promise<Answer> {
    const body = JSON.stringify(order);
    return this.ordered(body, await killOrder(this.issuer, body, changes), path);
  }

  public ordered(body: string, token: string, path = "/operator/revocations"): Promise<Answer> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    return this.post(path, body, { headers });
  }
}
