import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import cases from "../../cases/admission.json";
import sessions from "../../cases/kill-switch/aws-sessions.json";
import type { KillResult } from "../../../runtime/kill-switch/result";
import { codes, details, TRIAGE } from "../../support/exchange/served-exchange";
import { envoyProgram } from "../gateway/envoy-program";
import type { Check, Suite } from "../harness/suite";
import { type AdmissionCase, isExpected, outcomeOf } from "../spire/admission-checks";
import { AdmissionClient } from "../spire/admission-client";
import { clusterPrograms, spirePrograms } from "../spire/programs";
import { motoPython, startMoto } from "../terraform/moto";
import { busyChecks } from "./busy-checks";
import { DENY_ALL, KILLED } from "./killed";
import { type Away, KillWorld } from "./world";

const ACCOUNT = "111122223333";
const AGENT = { kind: "agent", id: TRIAGE, reason: "INC-1" };
const ENFORCED_WITHIN_MILLISECONDS = 20_000;
/** Nothing listens there. */
const NOWHERE = "https://127.0.0.1:9";

/** The kill switch's function as it is bundled, on what it stops */
export function killSuite(suite: Suite): void {
  const python = suite.check("moto is installed", [], () => motoPython());
  const moto = suite.check("moto answers", [python], async ([program]) => {
    // Else it knows no policy of AWS's own.
    const started = await startMoto(program, ACCOUNT, undefined, {
      env: { MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    });
    suite.afterwards(() => started.stop());
    return started;
  });
  const programs = suite.check("etcd and kube-apiserver are built", [], () => clusterPrograms());
  const world = suite.check("function, exchange and cluster stand", [moto, programs], ([stand, built]) =>
    KillWorld.start(suite, stand, built),
  );
  const busy = suite.check("a busy agent is stopped at the exchange, at AWS and in the cluster", [world], stopped);
  suite.check("a second stop does no harm", [world, busy], async ([at]) => {
    equal(outcomes(await at.call(AGENT)), ["exchange done", "aws done", "kill-list done"]);
    equal(await at.aws.attached(), [DENY_ALL]);
  });
  for (const [what, away, expected] of DEAF) {
    suite.check(
      `where ${what} does not answer, that is reported, and the other steps are done`,
      [world],
      async ([at]) => {
        const result = await at.call({ kind: "agent", id: "researcher", reason: "INC-2" }, away);
        equal(outcomes(result), expected);
        const failed = result.steps.find(({ outcome }) => outcome === "failed");
        equal([failed?.tries, /ECONNREFUSED/.test(failed?.what ?? "")], [3, true]);
      },
    );
  }
  rights(suite, world);
  suite.check("admission lets it put agents on the list, and take none off", [world, busy], listIsAddedTo);
  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const envoy = suite.check("Envoy is there", [], () => envoyProgram());
  busyChecks(suite, world, { spire, envoy });
}

/** Each request is a rehearsal, on a list that has the agent that was stopped. */
async function listIsAddedTo([at]: readonly [KillWorld, unknown], note: (text: string) => void): Promise<void> {
  const { users, url, ca } = at.cluster;
  const client = await AdmissionClient.of(users.administrator, { url, ca });
  const rows: readonly AdmissionCase[] = cases.withKillSwitch;
  const outcomesNow = () => Promise.all(rows.map(async (row) => [row.name, await outcomeOf(client, row)] as const));
  const wrongIn = (found: Awaited<ReturnType<typeof outcomesNow>>) =>
    found.filter(([, outcome], index) => !isExpected(outcome, rows[index] as AdmissionCase));
  const deadline = performance.now() + ENFORCED_WITHIN_MILLISECONDS;
  let wrong = wrongIn(await outcomesNow());
  // Policies hold a moment after they are written.
  while (wrong.length > 0 && performance.now() < deadline) {
    await sleep(500);
    wrong = wrongIn(await outcomesNow());
  }
  equal(wrong, []);
  note(`${rows.length} requests`);
}

const DEAF: readonly (readonly [what: string, away: Away, outcomes: readonly string[]])[] = [
  ["the exchange", { exchange: NOWHERE }, ["exchange failed", "aws done", "kill-list done"]],
  ["AWS", { iam: "http://127.0.0.1:9" }, ["exchange done", "aws failed", "kill-list done"]],
  ["the API server", { cluster: NOWHERE }, ["exchange done", "aws done", "kill-list failed"]],
];

async function stopped([at]: readonly [KillWorld], note: (text: string) => void): Promise<void> {
  const { exchange } = at;
  const form = exchange.byUser(TRIAGE, "answer", { audience: "tool:zendesk" });
  const { json } = await exchange.post("/token", form, { as: TRIAGE });
  const { run } = claimsIn(json.access_token as string);
  const goingOn = {
    grant_type: "client_credentials",
    audience: "tool:zendesk",
    authorization_details: details({ task: "answer", run }),
  };
  equal((await exchange.post("/token", goingOn, { as: TRIAGE })).status, 200);
  const begin = performance.now();
  const result = await at.call(AGENT);
  const refused = await exchange.post("/token", goingOn, { as: TRIAGE });
  note(`from the call to the refusal ${Math.round(performance.now() - begin)} ms, a cold start of Node.js included`);
  equal(outcomes(result), ["exchange done", "aws done", "kill-list done"]);
  ok((result.horizon ?? []).some(({ path, seconds }) => path === "aws" && seconds === 900));
  equal(codes(refused), ["agent.revoked"]);
  const introspected = await exchange.post("/introspect", { token: json.access_token as string }, { as: "authorizer" });
  equal(introspected.json, { active: false });
  equal(await at.aws.attached(), [DENY_ALL]);
  // The stand-in evaluates no condition, so a unit test does with this text: test/runtime/kill-switch/denied-sessions.test.ts.
  equal(await at.aws.written(DENY_ALL), sessions.denyAll);
  equal((await at.cluster.users.administrator.get(KILLED)).data, { [TRIAGE]: "INC-1" });
}

/** In the cluster it changes the list, and nothing else. */
function rights(suite: Suite, world: Check<KillWorld>): void {
  const GROUP = ["ambit:kill-switch"];
  const list = { resource: "configmaps", namespace: "ambit-system", name: "ambit-killed-agents" };
  suite.check("it may change the list, and not read, delete or make it, nor anything else", [world], async ([at]) => {
    const { administrator } = at.cluster.users;
    const may = (access: object): Promise<boolean> =>
      administrator.allows("the-function", GROUP, { verb: "patch", ...list, ...access });
    equal(await may({}), true);
    const refused = [
      { verb: "get" },
      { verb: "update" },
      { verb: "delete" },
      { verb: "create" },
      { name: "ambit-agents" },
      { namespace: "kube-system" },
      { resource: "secrets" },
    ];
    equal(
      await Promise.all(refused.map(may)),
      refused.map(() => false),
    );
  });
}

function outcomes({ steps }: KillResult): readonly string[] {
  return steps.map(({ step, outcome }) => `${step} ${outcome}`);
}

function claimsIn(token: string): { readonly run: string } {
  return JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()) as { readonly run: string };
}
