import { decodeJwt, decodeProtectedHeader } from "jose";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import { DevelopmentIssuers } from "../../cli/dev/development-issuers";
import { SignIn } from "../../cli/dev/page/sign-in";
import { fleet } from "../../fleet";
import { signedInAs } from "../support/visited";

const EXCHANGE = "https://127.0.0.1:1";
const REDIRECT = "http://127.0.0.1:2/signed-in";
const authority = new DevelopmentAuthority("prod.acme.example");
const issuers = new DevelopmentIssuers({ authority, audience: EXCHANGE, spiffeIdOf: () => undefined, fleet });
const client = (): SignIn => new SignIn({ issuer: issuers.userIssuer, ca: authority.bundle, redirectUri: REDIRECT });
const scopes = ["ambit:support-triage:answer", "ambit:support-triage:refund"];
const WANTED = { agent: "support-triage", client: "support-desk", scopes, anew: false };
beforeAll(async () => {
  await issuers.listen();
  issuers.login?.register(REDIRECT);
});
afterAll(() => issuers.close());

describe("the page signs users in as any client of OpenID", () => {
  test("and gets a token that the exchange takes as evidence, and another one by it", async () => {
    const signing = client();
    const { url, pending } = await signing.begin(WANTED);
    expect(new URL(url).searchParams.get("code_challenge_method")).toBe("S256");
    const { to } = await signedInAs("ann", url);
    const tokens = await signing.finish(new URL(to).search, pending);
    expect(tokens).toMatchObject({ user: "ann", client: "support-desk" });
    expect(decodeProtectedHeader(tokens.accessToken)).toMatchObject({ alg: "ES256", typ: "at+jwt" });
    const claims = decodeJwt(tokens.accessToken);
    expect(claims).toMatchObject({
      iss: issuers.userIssuer,
      sub: "ann",
      aud: EXCHANGE,
      azp: "support-desk",
      client_id: "support-desk",
      scope: scopes.join(" "),
    });
    expect(claims).not.toHaveProperty("may_act");
    const next = await signing.refreshed(tokens);
    expect([next.user, decodeJwt(next.accessToken).jti === claims.jti]).toEqual(["ann", false]);
    await expect(signing.refreshed(tokens)).rejects.toThrow();
  });

  test("fails where the answer has another state, another issuer, or no ID token for this nonce", async () => {
    for (const change of [
      (query: URLSearchParams) => query.set("state", "another"),
      (query: URLSearchParams) => query.set("iss", "https://evil.example"),
      (query: URLSearchParams) => query.delete("iss"),
      (query: URLSearchParams) => query.set("error", "access_denied"),
    ]) {
      const signing = client();
      const { url, pending } = await signing.begin(WANTED);
      const { searchParams } = new URL((await signedInAs("ann", url)).to);
      change(searchParams);
      await expect(signing.finish(`?${searchParams.toString()}`, pending)).rejects.toThrow();
    }
    const signing = client();
    const { url, pending } = await signing.begin(WANTED);
    const { search } = new URL((await signedInAs("ann", url)).to);
    await expect(signing.finish(search, { ...pending, nonce: "another" })).rejects.toThrow();
  });

  test("fails where another authority vouches for the issuer", async () => {
    const { bundle: ca } = new DevelopmentAuthority("evil.example");
    const signing = new SignIn({ issuer: issuers.userIssuer, ca, redirectUri: REDIRECT });
    await expect(signing.begin(WANTED)).rejects.toThrow();
  });
});
