import { DevelopmentAuthority } from "../../../../cli/dev/development-authority";
import { Denial } from "../../../../runtime/authorizer/denial";
import { BoundTokens } from "../../../../runtime/authorizer/identity/bound-tokens";
import { PeerCertificates } from "../../../../runtime/authorizer/identity/peer-certificates";
import { KeysUnavailable } from "../../../../runtime/jose/key-source";
import type { AccessTokenClaims } from "../../../../runtime/token/access-token";

const DOMAIN = "prod.acme.example";
const CLERK = `spiffe://${DOMAIN}/ns/office/sa/clerk`;
const START = Math.floor(Date.now() / 1_000);

const code = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof Denial) return error.codes.join();
    throw error;
  }
  return "believed";
};

describe("the identity in a certificate", () => {
  const authority = new DevelopmentAuthority(DOMAIN);
  const leaf = encodeURIComponent(authority.x509Svid(CLERK).certificate);
  const peers = (now = START, domain = DOMAIN) => new PeerCertificates(domain, () => now);

  test("is an agent of the trust domain, as Envoy has verified it", () => {
    const svid = peers().of(leaf);
    expect(svid).toMatchObject({ spiffeId: CLERK, thumbprint: expect.stringMatching(/^[\w-]{43}$/) });
    const known = peers();
    expect(known.of(leaf)).toBe(known.of(leaf));
  });

  test.each([
    ["nothing", ""],
    ["no certificate", "abc"],
    ["what is not percent-encoded", "%E0%A4%A"],
    ["an authority", encodeURIComponent(authority.bundle)],
    [
      "another trust domain",
      encodeURIComponent(new DevelopmentAuthority("evil.example").x509Svid("spiffe://evil.example/x").certificate),
    ],
  ])("fails for %s", async (_, certificate) => {
    expect(await code(() => peers().of(certificate))).toBe("gateway.peer");
  });

  test("fails once it has expired, though the connection lives on", async () => {
    let now = START;
    const held = new PeerCertificates(DOMAIN, () => now);
    expect(await code(() => held.of(leaf))).toBe("believed");
    now += 3_700;
    expect(await code(() => held.of(leaf))).toBe("gateway.peer");
  });
});

describe("a token", () => {
  const peer = { spiffeId: CLERK, thumbprint: "thumb", expiresAt: START + 3_600 };
  const claims = {
    aud: "tool:crm",
    client_id: CLERK,
    cnf: { "x5t#S256": "thumb" },
    exp: START + 300,
  } as unknown as AccessTokenClaims;

  function tokens(given: Partial<AccessTokenClaims> | Error = {}) {
    const world = { now: START, given };
    const bound = new BoundTokens(
      {
        read: async () => {
          if (world.given instanceof Error) throw world.given;
          return { ...claims, ...world.given };
        },
      },
      () => world.now,
    );
    const of = (headers: readonly (readonly [string, string])[] = [["authorization", "Bearer a.b.c"]]) =>
      bound.of(headers, peer, "tool:crm");
    return { of };
  }

  test("is believed of the peer that it is bound to", async () => {
    const { of } = tokens();
    expect(await of()).toMatchObject({ token: "a.b.c", claims: { client_id: CLERK } });
    expect(await of([["authorization", "bearer a.b.c"]])).toMatchObject({ token: "a.b.c" });
  });

  test.each([
    ["the certificate of another connection", { cnf: { "x5t#S256": "other" } }],
    ["a proof", { cnf: { jkt: "thumb" } }],
    ["another agent", { client_id: `${CLERK}2` }],
    ["another tool", { aud: "tool:crm2" }],
    ["AWS", { aud: "aws" }],
    ["a delegate", { aud: "exchange" }],
  ])("fails where it is bound to %s", async (_, change) => {
    const { of } = tokens(change as Partial<AccessTokenClaims>);
    expect(await code(of)).toBe("token.invalid");
    expect(await code(of)).toBe("token.invalid");
  });

  test.each([
    ["is not there", []],
    ["is of another scheme", [["authorization", "DPoP a.b.c"]]],
    ["is empty", [["authorization", "Bearer "]]],
    ["are two in one", [["authorization", "Bearer a.b.c,Bearer d.e.f"]]],
  ] as const)("fails where it %s", async (_, headers) => {
    expect(await code(() => tokens().of(headers as never))).toBe("gateway.token-missing");
  });

  test("fails where it is sent twice", async () => {
    const twice = [["authorization", "Bearer a.b.c"] as const, ["authorization", "Bearer a.b.c"] as const];
    expect(await code(() => tokens().of(twice))).toBe("call.header");
  });

  test("fails where the exchange's keys cannot be read", async () => {
    expect(await code(tokens(new KeysUnavailable("gone")).of)).toBe("gateway.exchange");
  });
});
