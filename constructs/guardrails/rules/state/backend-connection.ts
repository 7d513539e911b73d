import type { Json } from "../../../../domain";
import { BACKENDS, backendOf, withoutUser } from "../../private/settings";
import type { BlockRule, Violation } from "../../rule";
import { blockOf, type BlockBody, flagOf, isObject, listOf, textOf } from "../../value";

/** Of the own state, and of others that are read: without TLS, or with a certificate that is not verified */
export const backendConnection: BlockRule = {
  id: "AMBIT-STATE-BACKEND-CONNECTION",
  severity: "high",
  what: "the state must travel by TLS, to a server whose certificate is verified",
  why: "someone on the way reads the state, or answers with another one, and the next apply deploys it",
  fix: "write an address of https, and sslmode=verify-full for PostgreSQL, and leave out what skips the verification",
  standards: ["sp800-53/SC-8", "owasp-nhi/NHI2"],
  looksAt: BACKENDS,
  *check(block) {
    const { type, at: before, body } = backendOf(block);
    for (const [name, address] of addressesIn(body))
      if (/^http:/i.test(address)) yield told(before, name, withoutUser(address));
    for (const name of ["skip_cert_verification", "insecure"])
      if (flagOf(body, name, before + name) === true) yield told(before, name, true);
    if (type === "consul" && textOf(body, "scheme", `${before}scheme`) !== "https")
      yield told(before, "scheme", body["scheme"] ?? null);
    if (type !== "pg") return;
    const connection = textOf(body, "conn_str", `${before}conn_str`) ?? "";
    const mode = /\bsslmode\s*=\s*([\w-]+)/.exec(connection)?.[1] ?? null;
    if (mode !== "verify-full" && mode !== "verify-ca")
      yield { what: `${before}sslmode`, at: `${before}conn_str`, evidence: mode };
  },
};

function told(before: string, name: string, evidence: Json): Violation {
  return { what: before + name, at: before + name, evidence };
}

const ADDRESSES = ["address", "endpoint", "lock_address", "unlock_address", "iam_endpoint", "sts_endpoint"];

function* addressesIn(body: BlockBody): Generator<readonly [string, string]> {
  for (const at of ADDRESSES) yield [at, textOf(body, at) ?? ""];
  // Of S3: an object, or a block
  for (const each of listOf(body["endpoints"]))
    if (isObject(each)) for (const name of Object.keys(each)) yield [`endpoints.${name}`, textOf(each, name) ?? ""];
  const role = blockOf(body, "assume_role") ?? {};
  yield ["assume_role.endpoint", textOf(role, "endpoint") ?? ""];
}
