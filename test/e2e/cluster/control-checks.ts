import { deepStrictEqual as equal, ok } from "node:assert";
import { verify } from "node:crypto";
import { RPC } from "../../../runtime/authorizer/mcp/rpc";
import { synthesize } from "../../support/example-app";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { type RenderedObject, renderedObjects } from "../spire/objects";
import { askAgent } from "./ask-agent";
import { AwsAccount, KEYS } from "./aws/account";
import { authorityMap, CHANGED, controlPods, usersCertificate, withKey } from "./aws/control-pods";
import { AwsFront } from "./aws/front";
import { Login } from "./aws/login";
import { svidHelperImage } from "./aws/svid-helper";
import { CLERK, clerkPods } from "./clerk-pods";
import type { OneNode } from "./one-node";
import { MCP } from "./mcp-headers";
import { saysOf } from "./network-checks";
import { register } from "./registrar";
import { STRANGERS } from "./spire-checks";
import { temporary } from "./temporary";

const READY_SECONDS = 240;
const SYSTEM = "ambit-system";
const EXCHANGE = "ambit-exchange";
const OPA = "ambit-opa";
const GATEWAY = "ambit-gateway";
/** With the alias of the key that each trusts */
const PARTS = { [EXCHANGE]: KEYS.registry, [OPA]: KEYS.policy, [GATEWAY]: KEYS.registry };
const TRUST_DOMAIN = "prod.acme.example";
const OTHER_ID = `spiffe://${TRUST_DOMAIN}/ns/research/sa/researcher`;

/** Runs that do not begin: what is asked for, the agent and scope of the login's token, and the refusal */
const REFUSED: readonly (readonly [start: object, token: readonly [agent: string, scope: string], string])[] = [
  [{ task: "fly", start: "user" }, [CLERK.spiffeId, CLERK.scope], "task.undeclared"],
  [{ task: "look", start: "schedule" }, [CLERK.spiffeId, CLERK.scope], "start.undeclared"],
  [{ task: "look", start: "user" }, [OTHER_ID, "ambit:researcher:lookup"], "evidence.other-agent"],
  [{ task: "payout", start: "user" }, [CLERK.spiffeId, CLERK.scope], "evidence.other-task"],
];

/** What later checks of the control stack stand on */
export interface Control {
  /** A pod of an agent that serves nothing */
  readonly clerk: Check<KubeObject>;
  /** Users' login */
  readonly front: Check<{ readonly login: Login }>;
  readonly exchange: Check;
  readonly opa: Check;
  readonly gateway: Check;
}

/** The control stack's pods with SPIRE's SVIDs, on moto, and what an agent gets of them */
export function controlChecks(suite: Suite, node: Check<OneNode>, agents: Check): Control {
  const aws = suite.check(
    "control: moto holds keys, tables and a bucket, as foundation names them",
    [agents],
    async () => {
      const account = await AwsAccount.start();
      suite.afterwards(() => account.stop());
      return account;
    },
  );

  const front = suite.check("control: moto is where pods look for AWS", [node, aws], async ([on, { url }], note) => {
    const login = new Login();
    const started = await AwsFront.start(on, url, new Map([login.keys]));
    suite.afterwards(() => started.stop());
    note("as AWS, by its own names at the addresses of VPC endpoints, with a certificate of an authority of the test");
    return { login, authority: started.authority };
  });

  const published = suite.check("control: registry and bundle are signed and published", [aws], async ([account]) => {
    const all = await account.publish(temporary(suite, "control"));
    equal(
      all.map(({ what, revision }) => [what, revision]),
      [
        ["registry", 1],
        ["bundle", 1],
      ],
    );
  });

  const clerk = suite.check(
    "control: the companion of an agent that serves nothing has its SVID",
    [node, agents],
    async ([on], note) => {
      await on.client("deployer").apply(clerkPods(rendered("agents", "Deployment", "support-triage").object));
      await registered(on, CLERK.spiffeId);
      const [, name] = await on.podReady(CLERK.namespace, CLERK.labels, READY_SECONDS);
      const pods = await on.client("administrator").list("v1", "Pod", CLERK.namespace);
      const pod = pods.find(({ metadata }) => metadata.name === name) as KubeObject;
      const seconds = await until(
        async () => (await askAgent(on, pod, "GET", "/ready"))[0] === 200,
        READY_SECONDS,
        `${name} has no SVID`,
      );
      note(`${name}: ${seconds.toFixed(1)} s later; its pods are those of support-triage, without their way in`);
      return pod;
    },
  );

  suite.check(
    "control: without an exchange no run begins, and the companion says so",
    [node, front, clerk],
    async ([on, { login }, pod]) => {
      const evidence = login.token(CLERK.spiffeId, CLERK.scope);
      const begin = { task: "look", start: "user", evidence };
      const [status, { reasons }] = await askAgent(on, pod, "POST", "/v1/runs", begin);
      equal([status, codesOf(reasons)], [503, ["companion.no-exchange"]]);
    },
  );

  const applied = suite.check(
    "control: exchange, OPA and gateway apply, and have entries",
    [node, aws, front, published],
    async ([on, account, { authority }], note) => {
      await on.importImage(await svidHelperImage(temporary(suite, "control")));
      const deployer = on.client("deployer");
      await deployer.apply(authorityMap(authority));
      await deployer.apply(usersCertificate());
      for (const [name, key] of Object.entries(PARTS)) {
        await deployer.apply(withKey(rendered("control", "ConfigMap", name), await account.publicKey(key)));
        await deployer.apply(controlPods(rendered("control", "Deployment", name)));
      }
      await registered(on, ...Object.keys(PARTS).map((name) => `spiffe://${TRUST_DOMAIN}/ns/${SYSTEM}/sa/${name}`));
      note(`in their pods: ${CHANGED}`);
    },
  );

  const ready = (what: string, name: string): Check =>
    suite.check(`control: ${what}, and an SVID by the kubelet`, [node, applied], async ([on], note) => {
      const [seconds, pod] = await on.podReady(SYSTEM, { "app.kubernetes.io/name": name }, READY_SECONDS);
      note(`${pod} is Ready ${seconds.toFixed(1)} s later`);
    }) as Check;
  const exchange = ready("the exchange is Ready, with state and keys of moto", EXCHANGE);
  suite.check(
    "control: a run begins for a user, and has a token that the key in KMS has signed",
    [node, aws, front, clerk, exchange],
    async ([on, account, { login }, pod]) => {
      const evidence = login.token(CLERK.spiffeId, CLERK.scope);
      const [status, run] = await askAgent(on, pod, "POST", "/v1/runs", { task: "look", start: "user", evidence });
      equal([status, run.task, run.start], [201, "look", "user"], JSON.stringify(run));
      const wanted = { audience: "tool:payments" };
      const [given, token] = await askAgent(on, pod, "POST", `/v1/runs/${String(run.run)}/token`, wanted);
      equal(given, 200, JSON.stringify(token));
      const [head, claims, signature] = String(token.access_token).split(".") as [string, string, string];
      const key = { key: await account.publicKey(KEYS.tokens), dsaEncoding: "ieee-p1363" } as const;
      ok(verify("sha256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url")));
      const { iss, sub, aud } = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
      equal([iss, sub, aud], ["https://exchange.prod.acme.example", "alice", "tool:payments"]);
    },
  );

  suite.check(
    "control: what is not declared is refused, each with its reason",
    [node, front, clerk, exchange],
    async ([on, { login }, pod]) => {
      for (const [start, token, code] of REFUSED) {
        const body = { ...start, evidence: login.token(...token) };
        const [status, { reasons }] = await askAgent(on, pod, "POST", "/v1/runs", body);
        equal([status, codesOf(reasons)], [403, [code]]);
      }
    },
  );

  const opa = ready("OPA is Ready, with the signed bundle of the bucket", OPA);
  const gateway = ready("the gateway is Ready, with Envoy and authorizer", GATEWAY);

  suite.check(
    "control: to a task that does not have it, a tool of MCP is unknown at the gateway",
    [node, front, clerk, gateway],
    async ([on, { login }, pod]) => {
      const evidence = login.token(CLERK.spiffeId, CLERK.scope);
      const [, { run }] = await askAgent(on, pod, "POST", "/v1/runs", { task: "look", start: "user", evidence });
      const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "create_refund", arguments: {} } };
      const [status, answer] = await askAgent(on, pod, "POST", `/v1/runs/${String(run)}/tools/payments`, call, MCP);
      const { code, message } = answer.error as Readonly<Record<string, unknown>>;
      equal([status, code, message], [200, RPC.invalidParams, "Unknown tool: create_refund"], JSON.stringify(answer));
    },
  );

  suite.check(
    "control: packets of a stranger reach neither exchange nor OPA nor gateway",
    [node, exchange, opa, gateway],
    async ([on]) => {
      const urls = [
        `http://${EXCHANGE}.${SYSTEM}.svc:8443`,
        `http://${OPA}.${SYSTEM}.svc:8181`,
        `http://${GATEWAY}.${SYSTEM}.svc:8443`,
      ];
      await saysOf(
        on,
        STRANGERS,
        "stranger",
        urls,
        urls.map(() => "ECONNREFUSED"),
      );
    },
  );
  return { clerk, front, exchange, opa, gateway };
}

function codesOf(reasons: unknown): readonly string[] {
  return (reasons as readonly { readonly code: string }[]).map(({ code }) => code);
}

function rendered(stack: "agents" | "control", kind: string, name: string): RenderedObject {
  const found = renderedObjects(synthesize(), [stack]).find(
    ({ object }) => object.kind === kind && object.metadata.name === name,
  );
  if (found === undefined) throw new Error(`the stack ${stack} renders no ${kind} ${name}`);
  return found;
}

/** Entries for pods that come a moment after what they are made of */
async function registered(on: OneNode, ...spiffeIds: readonly string[]): Promise<void> {
  const made = new Set<string>();
  const look = async (): Promise<boolean> => {
    for (const spiffeId of await register(on)) made.add(spiffeId);
    return spiffeIds.every((spiffeId) => made.has(spiffeId));
  };
  await until(look, READY_SECONDS, () => `no pods are to have ${spiffeIds.filter((id) => !made.has(id)).join(", ")}`);
}
