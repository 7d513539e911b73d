import { withoutUser } from "../../private/settings";
import type { BlockRule } from "../../rule";
import { blockOf, type BlockBody, flagOf, isObject, listOf, textOf } from "../../value";

/** Without TLS, or with a certificate that is not verified */
export const backendConnection: BlockRule = {
  id: "AMBIT-STATE-BACKEND-CONNECTION",
  severity: "high",
  what: "the state must travel by TLS, to a server whose certificate is verified",
  why: "someone on the way reads the state, or answers with another one, and the next apply deploys what he wrote",
  fix: "write an address of https, and sslmode=verify-full for PostgreSQL, and leave out what skips the verification",
  standards: ["sp800-53/SC-8", "owasp-nhi/NHI2"],
  looksAt: [/^backend\./],
  *check({ type, body }) {
    for (const [at, address] of addressesIn(body))
      if (/^http:/i.test(address)) yield { what: at, at, evidence: withoutUser(address) };
    for (const at of ["skip_cert_verification", "insecure"])
      if (flagOf(body, at) === true) yield { what: at, at, evidence: true };
    if (type === "consul" && textOf(body, "scheme") !== "https")
      yield { what: "scheme", at: "scheme", evidence: body["scheme"] ?? null };
    if (type !== "pg") return;
    const mode = /\bsslmode\s*=\s*([\w-]+)/.exec(textOf(body, "conn_str") ?? "")?.[1] ?? null;
    if (mode !== "verify-full" && mode !== "verify-ca") yield { what: "sslmode", at: "conn_str", evidence: mode };
  },
};

const ADDRESSES = ["address", "endpoint", "lock_address", "unlock_address", "iam_endpoint", "sts_endpoint"];

function* addressesIn(body: BlockBody): Generator<readonly [string, string]> {
  for (const at of ADDRESSES) yield [at, textOf(body, at) ?? ""];
  // Of S3: an object, or a block
  for (const each of listOf(body["endpoints"]))
    if (isObject(each)) for (const name of Object.keys(each)) yield [`endpoints.${name}`, textOf(each, name) ?? ""];
  const role = blockOf(body, "assume_role") ?? {};
  yield ["assume_role.endpoint", textOf(role, "endpoint") ?? ""];
}
