import { deepStrictEqual as equal, ok } from "node:assert";
import { verify } from "node:crypto";
import { RPC } from "../../../runtime/authorizer/mcp/rpc";
import type { Certified } from "../../support/certificate";
import { type Synthesized, synthesize } from "../../support/example-app";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { type RenderedObject, renderedObjects } from "../spire/objects";
import { askAgent } from "./ask-agent";
import { askPayments } from "./ask-tool";
import { type ApproverPage, approverPage } from "./approver-page";
import { AwsAccount, KEYS } from "./aws/account";
import { authorityMap, CHANGED, controlPods, usersCertificate, withKey } from "./aws/control-pods";
import { AwsCalls } from "./aws/calls";
import { collectorImage } from "./aws/collector-image";
import { AwsFront, frontAuthority } from "./aws/front";
import type { LogWitness } from "./aws/log-witness";
import { Login, type UserEvidence } from "./aws/login";
import { svidHelperImage } from "./aws/svid-helper";
import { CLERK, clerkPods } from "./clerk-pods";
import { codesOf } from "./codes-of";
import type { OneNode } from "./one-node";
import { saysOf } from "./network-checks";
import { register } from "./registrar";
import { STRANGERS } from "./spire-checks";
import { temporary } from "./temporary";
import { Tools } from "./tools/tools";

const READY_SECONDS = 240;
const SYSTEM = "ambit-system";
const EXCHANGE = "ambit-exchange";
const OPA = "ambit-opa";
const GATEWAY = "ambit-gateway";
const COLLECTOR = "ambit-collector";
/** With the alias of the key that each trusts, where there is one */
const PARTS = {
  [COLLECTOR]: undefined,
  [EXCHANGE]: KEYS.registry,
  [OPA]: KEYS.policy,
  [GATEWAY]: KEYS.registry,
};
const TRUST_DOMAIN = "prod.acme.example";
const OTHER_ID = `spiffe://${TRUST_DOMAIN}/ns/research/sa/researcher`;

/** Runs that do not begin: what is asked for, the agent and scope of the login's token, and the refusal */
const REFUSED: readonly (readonly [start: object, token: UserEvidence, code: string])[] = [
  [{ task: "fly", start: "user" }, CLERK.evidence, "task.undeclared"],
  [{ task: "look", start: "schedule" }, CLERK.evidence, "start.undeclared"],
  [{ task: "look", start: "user" }, { agentId: OTHER_ID, scope: "ambit:researcher:lookup" }, "evidence.other-agent"],
  [{ task: "payout", start: "user" }, CLERK.evidence, "evidence.other-task"],
];

/** What stands once the control stack's pods are Ready */
export interface Control {
  readonly aws: Check<AwsAccount>;
  readonly front: Check<Front>;
  /** A pod of {@link CLERK} */
  readonly clerk: Check<KubeObject>;
  /** PEM of the authority of the gateway's certificate for users */
  readonly applied: Check<string>;
  readonly exchange: Check;
  readonly opa: Check;
  readonly gateway: Check;
  readonly collector: Check;
  readonly page: Check<ApproverPage>;
}

interface Front {
  readonly login: Login;
  readonly tools: Tools;
  /** Requests of pods to STS and S3 */
  readonly calls: AwsCalls;
  /** PEM of the authority whose certificates it shows */
  readonly authority: string;
  /** The way to AWS */
  readonly aws: AwsFront;
}

export interface ControlProps {
  /** @default - keys, tables and a bucket that are made by hand */
  readonly aws?: Check<AwsAccount>;
  /** @default - those for payments and tickets */
  readonly tools?: Tools;
  /** Whose certificates pods are shown in place of those of AWS and tools @default - one that is made here */
  readonly authority?: Certified;
  /** Cosigns the audit log @default - the log has no witness */
  readonly witness?: LogWitness;
  /** Whose control stack and registry they are @default - the example's */
  readonly app?: () => Synthesized;
}

/** The control stack's pods with SPIRE's SVIDs, on moto, and what an agent gets of them */
export function controlChecks(suite: Suite, node: Check<OneNode>, agents: Check, props: ControlProps = {}): Control {
  const {
    aws = quickAccount(suite, agents),
    tools = new Tools(),
    authority = frontAuthority(),
    app = synthesize,
    witness,
  } = props;

  const front = suite.check(
    "control: moto is where pods look for AWS",
    [node, aws, agents],
    async ([on, account], note) => {
      const login = await Login.start(await account.publicKey(KEYS.tokens));
      suite.afterwards(() => login.stop());
      const calls = new AwsCalls();
      if (witness !== undefined) {
        await witness.start(await account.publicKey(KEYS.auditLog));
        suite.afterwards(() => witness.stop());
      }
      const standIns = new Map([login.standIn, ...tools.standIns, ...(witness === undefined ? [] : [witness.standIn])]);
      const started = await AwsFront.start(on, { aws: account.url, standIns, tools: tools.hosts, authority, calls });
      suite.afterwards(() => started.stop());
      note(
        "as AWS, by its own names at the addresses of VPC endpoints, with a certificate of an authority of the test",
      );
      note(`and, by theirs, the users' login and the tools ${tools.hosts.join(", ")}`);
      return { login, tools, calls, authority: authority.cert, aws: started };
    },
  );

  const published = suite.check("control: registry and bundle are signed and published", [aws], async ([account]) => {
    const all = await account.publish(temporary(suite, "control"), app());
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
      await on.client("deployer").apply(clerkPods());
      await registered(on, CLERK.spiffeId);
      const [, name] = await on.podReady(CLERK.namespace, CLERK.labels, READY_SECONDS);
      const pods = await on.client("administrator").list("v1", "Pod", CLERK.namespace);
      const pod = pods.find(({ metadata }) => metadata.name === name) as KubeObject;
      const seconds = await until(
        async () => (await askAgent(on, pod, "GET", "/ready"))[0] === 200,
        READY_SECONDS,
        `${name} has no SVID`,
      );
      note(
        `${name}: ${seconds.toFixed(1)} s later; its declaration names no image, so AgentWorkload renders its pods here`,
      );
      return pod;
    },
  );

  suite.check(
    "control: without an exchange no run begins, and the companion says so",
    [node, front, clerk],
    async ([on, { login }, pod]) => {
      const evidence = login.token(CLERK.evidence);
      const begin = { task: "look", start: "user", evidence };
      const [status, answer] = await askAgent(on, pod, "POST", "/v1/runs", begin);
      equal([status, codesOf(answer)], [503, ["companion.no-exchange"]]);
    },
  );

  const page = approverPage(suite, node, agents);
  const applied = suite.check(
    "control: collector, exchange, OPA and gateway apply, and have entries",
    [node, aws, front, published, page],
    async ([on, account, { authority }], note) => {
      const folder = temporary(suite, "control");
      for (const image of [await svidHelperImage(folder), await collectorImage(folder)]) await on.importImage(image);
      const deployer = on.client("deployer");
      await deployer.apply(authorityMap(authority));
      const users = usersCertificate();
      await deployer.apply(users.secret);
      for (const object of await controlParts(account, app(), witness)) await deployer.apply(object);
      await registered(on, ...Object.keys(PARTS).map((name) => `spiffe://${TRUST_DOMAIN}/ns/${SYSTEM}/sa/${name}`));
      note(`in their pods: ${CHANGED}`);
      return users.authority;
    },
  );

  const ready = (what: string, name: string): Check =>
    suite.check(`control: ${what}, and an SVID by the kubelet`, [node, applied], async ([on], note) => {
      const [seconds, pod] = await on.podReady(SYSTEM, { "app.kubernetes.io/name": name }, READY_SECONDS);
      // The autoscalers add pods meanwhile, which start anew where they get no SVID.
      await register(on);
      note(`${pod} is Ready ${seconds.toFixed(1)} s later`);
    }) as Check;
  const exchange = ready("the exchange is Ready, with state and keys of moto", EXCHANGE);
  suite.check(
    "control: a run begins for a user, and has a token that the key in KMS has signed",
    [node, aws, front, clerk, exchange],
    async ([on, account, { login }, pod]) => {
      const evidence = login.token(CLERK.evidence);
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
        const body = { ...start, evidence: login.token(token) };
        const [status, answer] = await askAgent(on, pod, "POST", "/v1/runs", body);
        equal([status, codesOf(answer)], [403, [code]]);
      }
    },
  );

  const opa = ready("OPA is Ready, with the signed bundle of the bucket", OPA);
  const gateway = ready("the gateway is Ready, with Envoy and authorizer", GATEWAY);
  const collector = ready("the collector is Ready, with its SVID in files", COLLECTOR);

  suite.check(
    "control: to a task that does not have it, a tool of MCP is unknown at the gateway",
    [node, front, clerk, gateway],
    async ([on, { login }, pod]) => {
      const call = { task: "look", tool: "create_refund", given: {} } as const;
      const [status, answer] = await askPayments(on, pod, login, call);
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
  return { aws, front, clerk, applied, exchange, opa, gateway, collector, page };
}

function quickAccount(suite: Suite, agents: Check): Check<AwsAccount> {
  return suite.check("control: moto holds keys, tables and a bucket, as foundation names them", [agents], async () => {
    const account = await AwsAccount.start();
    suite.afterwards(() => account.stop());
    return account;
  });
}

/** What of the control stack asks AWS: configuration and pods, with the keys that are looked up */
export async function controlParts(
  account: AwsAccount,
  app: Synthesized,
  witness?: LogWitness,
): Promise<readonly KubeObject[]> {
  const parts = Object.entries(PARTS).map(async ([name, key]) => {
    const map = rendered("control", "ConfigMap", name, app);
    const config = key === undefined ? map.object : withKey(map, await account.publicKey(key));
    return [
      witness !== undefined && name === EXCHANGE ? witness.askedBy(config) : config,
      controlPods(rendered("control", "Deployment", name, app)),
    ];
  });
  return (await Promise.all(parts)).flat();
}

/** What the example renders under this name */
export function rendered(
  stack: "agents" | "control" | "spire",
  kind: string,
  name: string,
  app: Synthesized = synthesize(),
): RenderedObject {
  const found = renderedObjects(app, [stack]).find(
    ({ object }) => object.kind === kind && object.metadata.name === name,
  );
  if (found === undefined) throw new Error(`the stack ${stack} renders no ${kind} ${name}`);
  return found;
}

/** Entries for pods that come a moment after what they are made of */
export async function registered(on: OneNode, ...spiffeIds: readonly string[]): Promise<void> {
  const made = new Set<string>();
  const look = async (): Promise<boolean> => {
    for (const spiffeId of await register(on)) made.add(spiffeId);
    return spiffeIds.every((spiffeId) => made.has(spiffeId));
  };
  await until(look, READY_SECONDS, () => `no pods are to have ${spiffeIds.filter((id) => !made.has(id)).join(", ")}`);
}
