import type { SignalSource } from "../../../runtime/exchange/signals/signals-schema";
import type { KeycloakAdmin, Stream } from "./keycloak-admin";
import type { OversightWorld } from "./oversight-world";

export const CAEP = "https://schemas.openid.net/secevent/caep/event-type";
export const EVENTS = [`${CAEP}/session-revoked`, `${CAEP}/credential-change`];
const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:signals-AbCdEf";
/** Seconds from one verification to the next, the least that can be declared */
const VERIFIED_EVERY = 10;

/** A stream as the exchange is told of it. @param delivery how its events come */
export async function sourceOf(
  { keycloak }: OversightWorld,
  admin: KeycloakAdmin,
  stream: Stream,
  delivery: Pick<SignalSource, "poll" | "push">,
): Promise<SignalSource> {
  const [audience] = [stream.aud].flat();
  return {
    issuer: keycloak.issuer,
    audience: audience as string,
    ...delivery,
    tokenEndpoint: `${keycloak.issuer}/protocol/openid-connect/token`,
    scope: "ssf.read ssf.manage",
    client: { id: stream.client, secret: SECRET },
    verification: {
      endpoint: await admin.described("verification_endpoint"),
      streamId: stream.stream_id,
      everySeconds: VERIFIED_EVERY,
    },
  };
}

/** The verifications that the exchange has taken, the oldest first */
export function verifiedAt({ gateway }: OversightWorld) {
  return gateway.exchange.logged("signals.verified");
}
