import { deepStrictEqual as equal, match, ok, rejects } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../cli/dev/free-port";
import { opaConfig } from "../../../constructs/decision/private/opa-config";
import { opaFlags } from "../../../constructs/decision/private/opa-flags";
import type { DecisionInput } from "../../../domain";
import { tarGz } from "../../../policies/bundle";
import { OPA_FOLDER } from "../../../policies/paths";
import { OpaEngine } from "../../../runtime/decision/opa-engine";
import { certificate, type Certified } from "../../support/certificate";
import { request as decisionRequest, requestLike } from "../../support/decisions/request";
import { serve } from "../harness/server";
import type { Check, Suite } from "../harness/suite";
import { exampleBundle } from "./bundle-world";

const OPA = "spiffe://prod.acme.example/ns/ambit/sa/opa";
const AUTHORIZER = "spiffe://prod.acme.example/ns/ambit/sa/gateway";
const DECISION = "/v1/data/ambit/decision/result";

const authority = certificate({ commonName: "trust domain" });
const issuer = { commonName: "trust domain", key: authority.key };
const svid = (...uris: string[]): Certified => certificate({ commonName: "workload", uris, issuer });
const authorizer = svid(AUTHORIZER);

interface NetworkOpa {
  readonly url: string;
  readonly diagnostics: string;
  readonly said: () => string;
}

/** OPA as a Deployment runs it: who may ask, and for what. */
export function networkChecks(suite: Suite, opa: Check<string>, folder: string): void {
  const served = suite.check("network: the authorizer asks OPA by mutual TLS", [opa], async ([program]) => {
    const started = await startedOpa(suite, program, folder);
    const engine = engineOf(suite, started, authorizer);
    equal(await engine.decide(seen()), { allow: true, reasons: [], observed: [], revision: 0 });
    equal((await engine.decide(seen({ task: "none" }))).reasons, ["task.undeclared"]);
    return started;
  });

  suite.check("network: all other pods are refused", [served], async ([at]) => {
    const others: Readonly<Record<string, Certified>> = {
      "another workload": svid("spiffe://prod.acme.example/ns/support/sa/support-triage"),
      "the authorizer of another trust domain": svid(AUTHORIZER.replace("prod.", "test.")),
      "a longer SPIFFE ID": svid(`${AUTHORIZER}/x`),
      "a SPIFFE ID with a query": svid(`${AUTHORIZER}?x=1`),
      "a SPIFFE ID with an empty query": svid(`${AUTHORIZER}?`),
      "a SPIFFE ID with a fragment": svid(`${AUTHORIZER}#x`),
      "a SPIFFE ID with a user": svid(AUTHORIZER.replace("//", "//x@")),
      "a SPIFFE ID with a port": svid(AUTHORIZER.replace("example/", "example:443/")),
      "a SPIFFE ID in escapes": svid(AUTHORIZER.replace("/gateway", "%2Fgateway")),
      "the same path of another scheme": svid(AUTHORIZER.replace("spiffe", "https")),
      "two SPIFFE IDs": svid(AUTHORIZER, `${AUTHORIZER}2`),
      "no SPIFFE ID": svid(),
    };
    for (const [who, identity] of Object.entries(others)) {
      const engine = engineOf(suite, at, identity);
      await rejects(engine.decide(seen()), /OPA answered with status 401/, who);
    }
    const stranger = certificate({ commonName: "authorizer", uris: [AUTHORIZER] });
    await rejects(engineOf(suite, at, stranger).decide(seen()), /alert|ECONNRESET|EPIPE|hang up/);
    await rejects(asked(at, "POST", DECISION, { ca: authority.cert }), /certificate required|ECONNRESET|EPIPE|hang up/);
  });

  suite.check("network: the authorizer can read and change nothing", [served], async ([at]) => {
    const forbidden = [
      ["GET", DECISION],
      ["POST", `${DECISION}?explain=full`],
      ["POST", `${DECISION}?metrics`],
      ["POST", `${DECISION}/allow`],
      ["POST", "/v1/data/ambit%2Fdecision/result"],
      ["POST", "/v0/data/ambit/decision/result"],
      ...["", "/ambit", "/ambit/decision", "/ambit/fleet", "/ambit_clients", "/system"].flatMap((path) =>
        ["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => [method, `/v1/data${path}`]),
      ),
      ...["policies", "config", "status", "query?q=data", "compile"].map((path) => ["GET", `/v1/${path}`]),
      ["POST", "/v1/query"],
      ["POST", "/v1/compile"],
      ["PUT", "/v1/policies/custom"],
      ["DELETE", "/v1/policies/policy/agent.rego"],
      ["POST", "/"],
      ["GET", "/metrics"],
    ] as const;
    const own = { ...authorizer, ca: authority.cert };
    for (const [method, path] of forbidden) equal(await asked(at, method, path, own), 401, `${method} ${path}`);
    ok((await engineOf(suite, at, authorizer).decide(seen())).allow);
  });

  suite.check("network: probes and metrics need no certificate, and show nothing else", [served], async ([at]) => {
    const status = async (path: string): Promise<number> => (await fetch(`${at.diagnostics}${path}`)).status;
    equal([await status("/health"), await status("/health?bundles"), await status("/metrics")], [200, 200, 200]);
    for (const path of ["/v1/data", "/v1/config", "/v1/policies", "/v1/status", "/"]) equal(await status(path), 401);
    const answer = await fetch(`${at.diagnostics}${DECISION}`, { method: "POST", body: '{"input":{}}' });
    equal(answer.status, 401);
  });

  suite.check("network: the decision log names no person and shows no stranger's input", [served], async ([at]) => {
    const engine = engineOf(suite, at, authorizer);
    const secret = { authorization: "Bearer hidden-token" };
    await engine.decide({ ...seen(), headers: secret } as unknown as DecisionInput);
    await engine.decide({ ...requestLike("clerk pays out"), revisionSeen: 0 });
    // OPA writes a line after its answer has gone.
    const logged = async (what: string): Promise<string> => {
      for (const deadline = performance.now() + LOGGED_MILLISECONDS; performance.now() < deadline; await sleep(50)) {
        const lines = at.said().split("\n").slice(0, -1);
        const found = lines.filter((line) => line.includes("Decision Log") && line.includes(what)).at(-1);
        if (found !== undefined) return found;
      }
      return "";
    };
    const paid = await logged('"payout"');
    match(paid, /"user":\{"issuer":"[^"]+","subject":"masked"\}/);
    match(paid, /"decidedBy":\{"issuer":"[^"]+","subject":"masked-other"\}/);
    match(paid, /"requestDigest":"sha256:1{64}"/);
    const refused = await logged("input.malformed");
    match(refused, /"erased":\["\/input"\]/);
    const names = ["ida", "leo", "fay"].filter((name) => at.said().includes(`"${name}"`));
    equal([names, at.said().includes("hidden-token")], [[], false]);
  });
}

const LOGGED_MILLISECONDS = 60_000;

/** An unsigned bundle has no revision. */
function seen(changes: Parameters<typeof decisionRequest>[0] = {}): DecisionInput {
  return decisionRequest({ revisionSeen: 0, ...changes });
}

async function startedOpa(suite: Suite, program: string, folder: string): Promise<NetworkOpa> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const bundle = { file: file("bundle.tar.gz", tarGz(exampleBundle())) };
  const config = file("config.json", JSON.stringify(opaConfig({ platform: "prod", bundle, persistence: folder })));
  const own = svid(OPA);
  const [port, diagnosticPort] = [await freePort(), await freePort()];
  const flags = opaFlags({
    config,
    listener: {
      port,
      tls: {
        certificate: file("svid.pem", own.cert),
        key: file("svid.key", own.key),
        authorities: file("authorities.pem", authority.cert),
      },
      authz: [
        join(OPA_FOLDER, "authz.rego"),
        file("clients.json", JSON.stringify({ ambit_clients: { allowed: { [AUTHORIZER]: true } } })),
      ],
    },
    diagnosticPort,
  });
  const diagnostics = `http://127.0.0.1:${diagnosticPort}`;
  const server = await serve({
    name: "opa",
    command: program,
    // No pod is around it to keep strangers off, and nothing balances the load.
    args: flags
      .map((flag) => flag.replace("0.0.0.0:", "127.0.0.1:"))
      .filter((flag) => !flag.startsWith("--shutdown-wait-period")),
    ready: async () => (await fetch(`${diagnostics}/health?bundles`)).ok,
  });
  suite.afterwards(() => server.stop());
  return { url: `https://127.0.0.1:${port}`, diagnostics, said: server.said };
}

function engineOf(suite: Suite, { url }: NetworkOpa, own: Certified): OpaEngine {
  const tls = { ...own, ca: authority.cert };
  const engine = new OpaEngine({ server: { url, spiffeId: OPA, tls: () => tls }, timeoutMs: 10_000 });
  suite.afterwards(() => engine.close());
  return engine;
}

function asked(
  { url }: NetworkOpa,
  method: string,
  path: string,
  tls: { readonly ca: string; readonly cert?: string; readonly key?: string },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false });
    // Whose certificate OPA shows is checked by the engine.
    const options = { ...tls, agent, method, checkServerIdentity: () => undefined };
    const asking = request(`${url}${path}`, options, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    });
    asking.on("error", reject).end(method === "GET" ? undefined : JSON.stringify({ input: seen() }));
  });
}
