import { decodeJwt } from "jose";
import { type Changes, IssuerWorld } from "../support/issuer-world";
import { signedInAs, visited, type Visited } from "../support/visited";

const REDIRECT = "http://127.0.0.1:2/signed-in";
const world = new IssuerWorld({
  client_id: "support-desk",
  redirect_uri: REDIRECT,
  scope: "openid ambit:support-triage:answer",
});
const asked = (changes?: Changes): string => world.asked(changes);
const redeemed: IssuerWorld["redeemed"] = (form) => world.redeemed(form);
beforeAll(() => world.start((login) => login.register(REDIRECT)));
afterAll(() => world.close());

async function code(changes: Changes = {}, user = "ann"): Promise<string> {
  return new URL((await signedInAs(user, asked(changes))).to).searchParams.get("code") ?? "";
}

const errorOf = ({ status, text }: Visited): readonly unknown[] => [
  status,
  (JSON.parse(text) as { error?: string }).error,
];

describe("a user signs in for development", () => {
  test("of an agent that declares no client, the token names the agent", async () => {
    const scope = "openid ambit:refund-clerk:look";
    const client_id = "ambit-development";
    const answer = await redeemed({ code: await code({ client_id, scope }), client_id });
    const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
    expect(decodeJwt(token)).toMatchObject({
      may_act: { sub: "spiffe://prod.acme.example/ns/a/sa/refund-clerk" },
      scope: "ambit:refund-clerk:look",
    });
  });

  test("once in a browser, which is asked again where the client wants it", async () => {
    const { cookie } = await signedInAs("bob", asked());
    const again = await visited(asked(), { headers: { cookie } });
    const back = new URL(again.to).searchParams;
    expect([again.status, back.get("state"), back.get("iss")]).toEqual([303, "s1", world.issuer]);
    const answer = await redeemed({ code: back.get("code") ?? "" });
    expect(decodeJwt((JSON.parse(answer.text) as { id_token: string }).id_token)).toMatchObject({
      sub: "bob",
      aud: "support-desk",
      nonce: "n1",
    });
    expect((await visited(asked({ prompt: "login" }), { headers: { cookie } })).status).toBe(200);
    expect(new URL((await visited(asked({ prompt: "none" }))).to).searchParams.get("error")).toBe("login_required");
  });

  test("on a page that loads nothing, runs nothing and is framed by no page", async () => {
    const { status, headers, text } = await visited(asked());
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/127\.0\.0\.1:2; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(text).not.toContain("<script");
  });

  test.each([
    ["an unknown client", { client_id: "other" }, "no client &quot;other&quot; is registered here"],
    ["a redirect URI of another path", { redirect_uri: `${REDIRECT}/x` }, "redirect_uri must be exactly"],
    ["a redirect URI with a query", { redirect_uri: `${REDIRECT}?x=y` }, "redirect_uri must be exactly"],
    ["a redirect URI of another origin", { redirect_uri: "http://evil.example/" }, "redirect_uri must be exactly"],
    ["no redirect URI", { redirect_uri: undefined }, "redirect_uri must be exactly"],
    ["HTML in the client's name", { client_id: "<b>x</b>" }, "&lt;b&gt;x&lt;/b&gt;"],
  ])("fails for %s: no browser is sent on", async (_, changes, said) => {
    const answer = await visited(asked(changes));
    expect([answer.status, answer.to]).toEqual([400, ""]);
    expect(answer.text).toContain(said);
  });

  test.each([
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }, "invalid_request"],
    ["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
    ["a challenge without its method", { code_challenge_method: undefined }, "invalid_request"],
    ["a challenge that is no SHA-256", { code_challenge: "short" }, "invalid_request"],
    ["a token without a code", { response_type: "token" }, "unsupported_response_type"],
    ["no openid", { scope: "ambit:support-triage:answer" }, "invalid_scope"],
    ["no task", { scope: "openid" }, "invalid_scope"],
    ["a task that is not declared", { scope: "openid ambit:support-triage:other" }, "invalid_scope"],
    ["tasks of two agents", { scope: "openid ambit:support-triage:answer ambit:researcher:lookup" }, "invalid_scope"],
    ["another prompt", { prompt: "consent" }, "invalid_request"],
    ["a long state", { state: "s".repeat(513) }, "invalid_request"],
  ])("fails for %s, which its client is told", async (_, changes, error) => {
    const { status, to } = await visited(asked(changes));
    const said = new URL(to).searchParams;
    expect([status, said.get("error"), said.get("code")]).toEqual([303, error, null]);
  });

  test("fails where a parameter is sent twice", async () => {
    const { to } = await visited(`${asked()}&scope=openid`);
    expect(new URL(to).searchParams.get("error")).toBe("invalid_request");
  });

  test.each([
    ["another verifier", { code_verifier: "w".repeat(43) }],
    ["a verifier that is too short", { code_verifier: "v" }],
    ["no verifier", { code_verifier: "" }],
    ["another redirect URI", { redirect_uri: `${REDIRECT}/x` }],
    ["another client", { client_id: "ambit-development" }],
    ["a code that was never given", { code: "x" }],
  ])("fails for %s, and the code is used up", async (_, form) => {
    const given = await code();
    expect(errorOf(await redeemed({ code: given, ...form }))).toEqual([400, "invalid_grant"]);
    if ("code" in form) return;
    expect(errorOf(await redeemed({ code: given }))).toEqual([400, "invalid_grant"]);
  });

  test("fails for a code that was used, and for one that is over", async () => {
    const used = await code();
    expect((await redeemed({ code: used })).status).toBe(200);
    expect(errorOf(await redeemed({ code: used }))).toEqual([400, "invalid_grant"]);
    const late = await code();
    world.now += 60_001;
    expect(errorOf(await redeemed({ code: late }))).toEqual([400, "invalid_grant"]);
  });

  test("a client gets another token by a refresh token, which is good once and for that client alone", async () => {
    const first = JSON.parse((await redeemed({ code: await code() })).text) as Record<string, string>;
    const refresh = (token = "", client_id = "support-desk") =>
      redeemed({ grant_type: "refresh_token", refresh_token: token, client_id });
    const next = JSON.parse((await refresh(first["refresh_token"])).text) as Record<string, string>;
    const [one, other] = [first, next].map(({ access_token: token = "" }) => decodeJwt(token));
    expect(other).toMatchObject({ sub: "ann", scope: one?.["scope"] });
    expect(other?.jti).not.toBe(one?.jti);
    expect(errorOf(await refresh(first["refresh_token"]))).toEqual([400, "invalid_grant"]);
    expect(errorOf(await refresh(next["refresh_token"], "ambit-development"))).toEqual([400, "invalid_grant"]);
    expect(errorOf(await refresh(next["refresh_token"]))).toEqual([400, "invalid_grant"]);
  });

  test("fails for another grant", async () => {
    const form = { code: await code(), grant_type: "password" };
    expect(errorOf(await redeemed(form))).toEqual([400, "unsupported_grant_type"]);
  });

  test("fails for a form of another page, and for one under another name of this machine", async () => {
    const { origin } = new URL(world.authorize);
    const form = { method: "POST", body: "request=x&user=ann" };
    const type = { "content-type": "application/x-www-form-urlencoded" };
    for (const headers of [type, { ...type, origin: "http://evil.example" }, { ...type, origin: "null" }]) {
      expect((await visited(`${origin}/sign-in`, { ...form, headers })).status).toBe(403);
    }
    const rebound = { host: "evil.example", origin: "http://evil.example", ...type };
    expect((await visited(`${origin}/sign-in`, { ...form, headers: rebound })).status).toBe(403);
    expect((await visited(asked(), { headers: { host: "evil.example" } })).status).toBe(403);
  });

  test("fails for a form that was sent already, and for a user without a name", async () => {
    const { origin } = new URL(world.authorize);
    const page = await visited(asked());
    const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const sent = (other: string) =>
      visited(`${origin}/sign-in`, {
        method: "POST",
        headers: { origin, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ request, user: "", other }).toString(),
      });
    expect(errorText(await sent(" "))).toBe("400 a user has a name of 1 to 64 characters");
    expect(errorText(await sent("ann"))).toBe("400 this page is over");
  });
});

function errorText({ status, text }: Visited): string {
  return `${status} ${/<p>([^:<]*)/.exec(text)?.[1]}`;
}
