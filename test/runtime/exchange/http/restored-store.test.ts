import { calculateJwkThumbprint, decodeProtectedHeader } from "jose";
import { BoundTokens } from "../../../../runtime/exchange/http/token-holder";
import { Revocation } from "../../../../runtime/exchange/revocation-endpoint";
import { Refusal } from "../../../../runtime/refusal/refusal";
import type { TokenReader } from "../../../../runtime/token/token-reader";
import { refused } from "../../../support/exchange/aws-world";
import { DpopKey } from "../../../support/exchange/dpop-key";
import { CLAIMS, ISSUER } from "../../../support/exchange/token-world";

const ADDRESS = `${ISSUER}/aws/credentials`;
const proof = new DpopKey().withToken("POST", ADDRESS, "token");

/** An exchange whose store is another one since the token was issued */
async function restored() {
  const jkt = await calculateJwkThumbprint(decodeProtectedHeader(proof).jwk ?? {});
  const claims = { ...CLAIMS.own, aud: "aws", cnf: { jkt } };
  const commit = jest.fn(async () => undefined);
  const props = {
    tokens: { read: async () => claims } as unknown as TokenReader,
    state: () => Promise.reject(Refusal.of("store.restored")),
    ledger: { commit },
    clock: () => Math.floor(Date.now() / 1_000),
  };
  return { commit, props, client: claims.client_id };
}

test("fails when a token is revoked in a restored store, and writes nothing into it", async () => {
  const { commit, props, client } = await restored();
  expect(await refused(new Revocation(props).revoke("token", client))).toEqual(["store.restored"]);
  expect(commit).not.toHaveBeenCalled();
});

test("fails when AWS credentials are asked for from a restored store, and notes no proof in it", async () => {
  const { commit, props } = await restored();
  const holder = new BoundTokens({ issuer: ISSUER, peers: { of: () => undefined }, ...props });
  const headers = { authorization: "DPoP token", dpop: proof };
  const request = new Request(ADDRESS, { method: "POST", headers });
  expect(await refused(holder.holder(request, { certificates: [] }, "aws"))).toEqual(["store.restored"]);
  expect(commit).not.toHaveBeenCalled();
});
