import { deepStrictEqual as equal } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonWith } from "../harness/python";
import { run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { details } from "../../support/exchange/served-exchange";
import { type InUse, SELF } from "./identity-checks";
import { ISSUER } from "./issuer";
import { NetworkProxy } from "./network-proxy";
import { byOauth4webapi } from "./oauth4webapi-flows";
import { byOpenidClient } from "./openid-client-flows";

const NEUTRAL = Object.fromEntries(
  ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "https_proxy", "NO_PROXY", "no_proxy"].map((name) => [name, undefined]),
);

/** Third-party OAuth clients, used as their documentation says, with SVIDs of SPIRE */
export function clientChecks(suite: Suite, inUse: Check<InUse>): void {
  suite.check("client: oauth4webapi completes every flow", [inUse], ([used], note) => byOauth4webapi(used, note));
  suite.check("client: openid-client completes every flow", [inUse], ([used], note) => byOpenidClient(used, note));
  const python = suite.check("client: Authlib is installed", [], () =>
    pythonWith("authlib", join(__dirname, "..", "engines", "authlib")),
  );
  suite.check("client: Authlib works by mutual TLS with Bearer tokens", [inUse, python], ([used, program], note) =>
    byAuthlib(used, program, note),
  );
}

async function byAuthlib({ world, exchange }: InUse, python: string, note: (text: string) => void): Promise<void> {
  const first = world.as("first");
  const file = (name: string, text: string): string => {
    const path = join(world.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const evidenceOf = (agent: "first" | "second"): string =>
    world.issuers.userToken({ agentId: world.idOf(agent), task: "first.quick" });
  const asked = {
    issuer: ISSUER,
    ca: file("authlib-ca.pem", first.bundle),
    cert: file("authlib-svid.pem", first.certificate),
    key: file("authlib-key.pem", first.key),
    client_id: first.spiffeId,
    evidence: evidenceOf("first"),
    other_evidence: evidenceOf("second"),
    self_details: JSON.parse(details(SELF)) as unknown,
    user_details: JSON.parse(details({ task: "quick", start: "user" })) as unknown,
    aws_details: JSON.parse(details({ task: "publish", start: "agent" })) as unknown,
  };
  const proxy = await NetworkProxy.to(exchange.at);
  try {
    const script = [join(__dirname, "authlib_client.py"), JSON.stringify(asked)];
    // In requests, the machine's trust settings override those of the session.
    const env = { ...NEUTRAL, HTTPS_PROXY: proxy.url };
    const { code, stdout, tail } = await run(python, script, { env, timeoutSeconds: 60 });
    equal(code, 0, tail);
    const { refused, ...done } = JSON.parse(stdout) as { readonly refused: Readonly<Record<string, string>> };
    equal(done, {
      issuer: ISSUER,
      exchanged: {
        token_type: "Bearer",
        scope: "show",
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      },
      active: { active: true, client_id: first.spiffeId, sub: "alice", task: "quick" },
      revoked: 200,
      inactive: { active: false },
      started: "Bearer",
      credentials: 200,
    });
    equal(refused, {
      "no certificate": "invalid_client",
      "another agent's user token": "invalid_grant",
      "wider scope": "invalid_scope",
      "two audiences": "invalid_target",
      "another tool": "access_denied",
      "no evidence": "invalid_request",
    });
    note(`${Object.keys(refused).length} refusals; it knows no DPoP, without which a JWT-SVID gets no token`);
  } finally {
    proxy.stop();
  }
}
