import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWK,
  jwtVerify,
} from "jose";
import { mkdirSync, readFileSync } from "node:fs";
import { createPrivateKey } from "node:crypto";
import { join } from "node:path";
import { LIMITS } from "../../../domain";
import type { Check, Suite } from "../harness/suite";
import type { Platform } from "./attestation-checks";
import { type OidcProvider, type ServingCertificate, startOidcProvider } from "./oidc-provider";
import type { SpirePrograms } from "./programs";
import type { SpireWorld } from "./spire-world";
import { BACKDATED_SECONDS, expiresAt, issuedAt, leafOf, verifies } from "./svid";

const AUDIENCE = "https://exchange.prod.acme.example";
const AGENT = { namespace: "support", account: "triage" } as const;
const SYNCED_WITHIN_SECONDS = 20;
/** Between what the programs and this process call now */
const SKEW_SECONDS = 5;

type Rejection = { readonly name: string; readonly code: string; readonly verify: () => Promise<unknown> };

/** What a workload gets, and what its verifiers see. */
export function identityChecks(
  suite: Suite,
  programs: Check<SpirePrograms>,
  platform: Check<Platform>,
  attested: Check<SpireWorld>,
): void {
  suite.check("identity: agents start with what the server published", [attested, platform], async ([world], note) => {
    const published = JSON.parse(await world.publishedBundle()) as { keys: JWK[] };
    const { keys } = (await world.runningServer().commands.bundle()) as { keys: JWK[] };
    if (JSON.stringify(published.keys) !== JSON.stringify(keys))
      throw new Error("the ConfigMap must hold the server's bundle");
    const started = JSON.parse(
      readFileSync(join(world.options.folder, "agent", "bootstrap.bundle"), "utf8"),
    ) as unknown;
    if (JSON.stringify(started) !== JSON.stringify(published)) throw new Error("the agent must have started with it");
    const { namespace, configMap, key } = world.options.rendered.bundle;
    note(`ConfigMap ${namespace}/${configMap}, key ${key}, written by the server's service account`);
  });

  const registered = suite.check(
    "identity: a process that is not registered gets nothing",
    [attested],
    async ([world]) => {
      await refused(() => world.workload().x509(), "an X.509-SVID before it is registered");
      const { spiffeId } = await world.register(AGENT.namespace, AGENT.account);
      const wanted = `spiffe://${world.options.rendered.trustDomain}/ns/${AGENT.namespace}/sa/${AGENT.account}`;
      if (spiffeId !== wanted) throw new Error(`expected ${wanted}, got ${spiffeId}`);
      await until(() => world.workload().x509(), SYNCED_WITHIN_SECONDS);
      await world.strangersGetNothing();
      return spiffeId;
    },
  );

  suite.check(
    "identity: an X.509-SVID with our SPIFFE ID for one hour",
    [attested, registered],
    async ([world, id], note) => {
      const svids = await world.workload().x509();
      const [svid] = svids;
      if (svid === undefined || svids.length !== 1) throw new Error(`expected one SVID, got ${svids.length}`);
      const leaf = leafOf(svid);
      equal(svid.spiffeId, id, "SPIFFE ID");
      equal(leaf.subjectAltName, `URI:${id}`, "names in the certificate");
      equal(leaf.ca, false, "whether it may sign");
      if (!leaf.checkPrivateKey(createPrivateKey({ key: svid.key, format: "der", type: "pkcs8" }))) {
        throw new Error("the private key must be that of the certificate");
      }
      const allowed = LIMITS.x509Svid.seconds;
      const lifetime = seconds(issuedAt(svid), expiresAt(svid));
      equal(lifetime, allowed + BACKDATED_SECONDS, "seconds from notBefore to notAfter");
      const left = seconds(new Date(), expiresAt(svid));
      if (left > allowed + SKEW_SECONDS) throw new Error(`it must live for at most ${allowed} s, got ${left}`);
      equal(verifies(svid, svid.authorities), true, "whether the bundle verifies it");
      equal(
        verifies(svid, svid.authorities, new Date(expiresAt(svid).getTime() + 1000)),
        false,
        "the same when expired",
      );
      note(`${lifetime} s, of which ${BACKDATED_SECONDS} lie before its issue`);
    },
  );

  const provider = suite.check(
    "identity: the discovery provider serves the issuer over https",
    [programs, attested, registered],
    async ([binaries, world], note) => {
      const running = await startProvider(suite, binaries, world);
      const { issuer } = world.options.rendered;
      const path = "/.well-known/openid-configuration";
      const { code, text } = await running.get(path);
      equal(code, 200, "status of the discovery document");
      const document = JSON.parse(text) as { issuer: string; jwks_uri: string };
      equal(document.issuer, issuer, "issuer");
      equal(document.jwks_uri, `${issuer}/keys`, "jwks_uri");
      const foreign = await running.get(path, new URL(issuer).host, "oidc.other.example");
      if (foreign.code !== 400) throw new Error(`a foreign Host must be refused, got ${foreign.code}`);
      note(
        `a foreign Host gets no document: ${foreign.code} ${foreign.text.trim()} (keys, which are public, are served to any)`,
      );
      return { running, document };
    },
  );

  suite.check(
    "identity: a JWT-SVID for five minutes, verified by discovery",
    [attested, registered, provider],
    async ([world, id, { running, document }], note) => {
      const svids = await world.workload().jwt(AUDIENCE);
      const [svid] = svids;
      if (svid === undefined || svids.length !== 1) throw new Error(`expected one token, got ${svids.length}`);
      equal(svid.spiffeId, id, "SPIFFE ID");
      const { token } = svid;
      const keys = createRemoteJWKSet(new URL(document.jwks_uri), { [customFetch]: through(running) });
      const options = { issuer: document.issuer, audience: AUDIENCE };
      const { payload, protectedHeader } = await jwtVerify(token, keys, options);
      equal(payload.sub, id, "sub");
      equal(JSON.stringify(payload.aud), JSON.stringify([AUDIENCE]), "aud");
      const { iat = NaN, exp = NaN } = payload;
      equal(exp - iat, LIMITS.jwtSvid.seconds, "seconds from iat to exp");
      equal(protectedHeader.alg, "ES256", "alg");

      const foreignKeys = createLocalJWKSet({ keys: [] });
      const rejections: readonly Rejection[] = [
        {
          name: "for another audience",
          code: errors.JWTClaimValidationFailed.code,
          verify: () => jwtVerify(token, keys, { ...options, audience: "https://other.example" }),
        },
        {
          name: "of another issuer",
          code: errors.JWTClaimValidationFailed.code,
          verify: () => jwtVerify(token, keys, { ...options, issuer: "https://oidc.other.example" }),
        },
        {
          name: "expired",
          code: errors.JWTExpired.code,
          verify: () => jwtVerify(token, keys, { ...options, currentDate: new Date((exp + 1) * 1000) }),
        },
        {
          name: "with another subject",
          code: errors.JWSSignatureVerificationFailed.code,
          verify: () => jwtVerify(tampered(token), keys, options),
        },
        {
          name: "with no signature",
          code: errors.JOSEAlgNotAllowed.code,
          verify: () => jwtVerify(unsigned(token), keys, { ...options, algorithms: ["ES256"] }),
        },
        {
          name: "by keys that are not ours",
          code: errors.JWKSNoMatchingKey.code,
          verify: () => jwtVerify(token, foreignKeys, options),
        },
      ];
      for (const { name, code, verify } of rejections) {
        const got = await verify().then(
          () => "verified",
          (error: { code?: string }) => error.code ?? String(error),
        );
        if (got !== code) throw new Error(`a token ${name} must be refused with ${code}, got ${got}`);
        note(`${name}: ${code}`);
      }
      const published = JSON.parse((await running.get("/keys")).text) as { keys: JWK[] };
      equal(
        published.keys.some(({ kid }) => kid === decodeProtectedHeader(token).kid),
        true,
        "whether its key is published",
      );
      equal(
        published.keys.some((key) => "d" in key),
        false,
        "whether a private key is published",
      );
    },
  );
}

/** As rendered; its socket, its address and its certificate are those of this machine. */
async function startProvider(suite: Suite, programs: SpirePrograms, world: SpireWorld): Promise<OidcProvider> {
  const { rendered, folder } = world.options;
  const host = new URL(rendered.issuer).host;
  await world.registerProgram("spire-server", "spire-oidc-discovery-provider", programs.oidcProvider);
  const place = join(folder, "oidc");
  mkdirSync(place);
  await world.runningServer().commands.mintX509(`spiffe://${rendered.trustDomain}/certificate`, host, place);
  const files = { cert_file_path: join(place, "svid.pem"), key_file_path: join(place, "key.pem") };
  const { socket } = world.runningAgent();
  const workloadApi = rendered.oidc.workload_api as readonly object[];
  const provider = await startOidcProvider(programs, {
    config: {
      ...rendered.oidc,
      serving_cert_file: (rendered.oidc.serving_cert_file as readonly ServingCertificate[]).map((block) => ({
        ...block,
        ...files,
      })),
      workload_api: workloadApi.map((block) => ({ ...block, socket_path: socket })),
    },
    folder: place,
    ca: readFileSync(join(place, "bundle.pem"), "utf8"),
  });
  suite.afterwards(() => provider.process.kill());
  return provider;
}

/** Fetch as a client does that finds the issuer's host at this provider. */
function through(provider: OidcProvider): (url: string) => Promise<Response> {
  return async (url) => {
    const { pathname, host } = new URL(url);
    const { code, text } = await provider.get(pathname, host);
    return new Response(text, { status: code });
  };
}

function tampered(token: string): string {
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload as string, "base64url").toString()) as object;
  const changed = { ...claims, sub: "spiffe://prod.acme.example/ns/support/sa/other" };
  return [header, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
}

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
  return `${header}.${token.split(".")[1]}.`;
}

async function refused(act: () => Promise<unknown>, what: string): Promise<void> {
  const got = await act().then(
    () => "got",
    (error: Error) => error.message,
  );
  if (got === "got") throw new Error(`nothing must get ${what}`);
}

/** Ask again until it succeeds. */
async function until<T>(act: () => Promise<T>, within: number): Promise<T> {
  const deadline = performance.now() + within * 1000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function seconds(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}

function equal(got: unknown, wanted: unknown, what: string): void {
  if (got !== wanted) throw new Error(`${what} must be ${String(wanted)}, got ${String(got)}`);
}
