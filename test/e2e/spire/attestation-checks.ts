import { createSign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { CLUSTER_ISSUER, type Cluster } from "./cluster";
import type { KubeObject, TokenOptions } from "./kube-client";
import type { SpirePrograms } from "./programs";
import { renderSpire } from "./rendered-spire";
import { deployerOf, type PodName, SpireNode } from "./spire-node";
import { AGENT, SpireWorld } from "./spire-world";

/** A cluster to which everything that was rendered has been applied */
export interface Platform {
  readonly cluster: Cluster;
  readonly objects: readonly KubeObject[];
}

/** Rights and tokens end a moment after what they come from. */
const SETTLED_SECONDS = 10;
/** What a server says of a token that it does not take */
const NOT_AUTHENTICATED = /token not authenticated|token review|invalid bearer token|token audiences/i;

/** Which agents a server takes for its own: by the token of the cluster's API server, and by nothing else. */
export function attestationChecks(
  suite: Suite,
  programs: Check<SpirePrograms>,
  platform: Check<Platform>,
): Check<SpireWorld> {
  const ready = suite.check(
    "attestation: a server with the rendered configuration runs as its service account",
    [programs, platform],
    async ([binaries, { cluster }], note) => {
      const world = await newWorld(suite, binaries, cluster, "attesting");
      await world.startServer();
      note("changed: paths, addresses, ports, kube_config_file, kubeconfig_path; telemetry left out");
      return world;
    },
  );
  const closed = suite.check(
    "attestation: without the rendered rights every agent is refused",
    [ready, platform],
    async ([world, { cluster, objects }], note) => {
      const [binding, deployer] = [await bindingOf(cluster, objects), deployerOf(cluster)];
      const token = await world.agentToken();
      await deployer.delete(binding);
      let said: string | undefined;
      try {
        await until(async () => !(await mayReviewTokens(cluster)), SETTLED_SECONDS, "the server keeps its rights");
        said = await attempt(world, token, "without-rights");
      } finally {
        await deployer.create(withoutServerFields(binding));
        await until(() => mayReviewTokens(cluster), SETTLED_SECONDS, "the server does not get its rights back");
      }
      if (said === undefined || !/forbidden/.test(said))
        throw new Error(`expected a refusal, got ${said ?? "attested"}`);
      await nothingAttested(world, "without-rights");
      note(reasonIn(said));
    },
  );
  const refused = suite.check("attestation: no other token makes an agent", [ready, closed], async ([world], note) => {
    const wrong: string[] = [];
    for (const { name, token, saying } of await foreignTokens(world)) {
      const said = await attempt(world, token, "refused");
      if (said === undefined || !saying.test(said)) wrong.push(`${name}: must be refused, got ${said ?? "attested"}`);
      await nothingAttested(world, "refused");
      note(`${name}: ${reasonIn(said ?? "")}`);
    }
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    await afterItsPodIsGone(world, note);
  });
  const control = suite.check(
    "attestation: the refused tokens lack nothing else",
    [ready, refused],
    async ([world]) => {
      // Signed here like the expired one, with more time to live: had the signature been the reason, this would fail too.
      const token = resigned(world, await world.agentToken(), 600);
      const said = await attempt(world, token, "control");
      if (said !== undefined) throw new Error(`a token signed with the cluster's key must do, got ${reasonIn(said)}`);
      await world.runningServer().commands.json("agent evict", ["-spiffeID", world.agentId]);
      if (!world.agentHoldsSvid("control")) throw new Error("an attested agent must hold an SVID");
    },
  );
  return suite.check(
    "attestation: the token of the agent's pod makes it an agent, on the node it is on",
    [ready, control],
    async ([world], note) => {
      await world.startOwnAgent();
      const agents = await world.runningServer().commands.agents();
      const [agent] = agents;
      if (agent === undefined || agents.length !== 1) throw new Error(`expected one agent, got ${agents.length}`);
      const id = `spiffe://${agent.id.trust_domain}${agent.id.path}`;
      if (id !== world.agentId) throw new Error(`the agent must be ${world.agentId}, got ${id}`);
      const selectors = agent.selectors.map(({ type, value }) => `${type}:${value}`);
      const { node } = world.options;
      for (const wanted of ["agent_ns:spire-system", "agent_sa:spire-agent", `agent_node_name:${node.name}`]) {
        if (!selectors.includes(`k8s_psat:${wanted}`)) throw new Error(`no selector ${wanted} in ${selectors}`);
      }
      note("changed: paths, addresses, ports, and unix in place of the k8s workload attestor, as there is no kubelet");
      return world;
    },
  );
}

/** A world of its own in a folder of its own, both put away after the suite */
export async function newWorld(
  suite: Suite,
  programs: SpirePrograms,
  cluster: Cluster,
  nodeName: string,
  rendered = renderSpire(),
): Promise<SpireWorld> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-spire-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const node = await SpireNode.in(cluster, nodeName);
  const world = new SpireWorld({ programs, cluster, node, rendered, folder });
  suite.afterwards(() => world.stop());
  return world;
}

interface ForeignToken {
  readonly name: string;
  readonly token: string;
  /** What the server must say to it */
  readonly saying: RegExp;
}

async function foreignTokens(world: SpireWorld): Promise<readonly ForeignToken[]> {
  const { node, rendered } = world.options;
  const { audience } = rendered.token;
  const elsewhere = { namespace: "spire-impostor", account: AGENT.account };
  await node.namespace(elsewhere.namespace);
  const of = async (pod: PodName, options: Partial<TokenOptions> = {}): Promise<string> =>
    node.token(pod, { audiences: [audience], pod: await node.pod(pod), ...options });
  const unbound = await node.token(AGENT, { audiences: [audience] });
  const good = await of(AGENT);
  const notAllowed = /is not an allowed service account/;
  return [
    {
      name: "another service account of the same namespace",
      token: await of({ namespace: AGENT.namespace, account: "spiffe-csi-driver" }),
      saying: notAllowed,
    },
    { name: "the same name in another namespace", token: await of(elsewhere), saying: notAllowed },
    {
      name: "made for the API server",
      token: await of(AGENT, { audiences: [CLUSTER_ISSUER] }),
      saying: NOT_AUTHENTICATED,
    },
    { name: "made for AWS", token: await of(AGENT, { audiences: ["sts.amazonaws.com"] }), saying: NOT_AUTHENTICATED },
    { name: "bound to no pod", token: unbound, saying: /missing pod name/ },
    { name: "expired", token: resigned(world, good, -60), saying: /token has expired/ },
    {
      name: "its claims changed",
      token: withClaims(good, { sub: "system:serviceaccount:kube-system:x" }),
      saying: NOT_AUTHENTICATED,
    },
    { name: "no token at all", token: "garbage", saying: /./ },
  ];
}

/** A token is worth nothing once the pod that it was given to is gone. */
async function afterItsPodIsGone(world: SpireWorld, note: (text: string) => void): Promise<void> {
  const { cluster, node, rendered } = world.options;
  const token = await world.agentToken();
  const { name } = await node.pod(AGENT);
  await node.deployer.delete({ apiVersion: "v1", kind: "Pod", metadata: { namespace: AGENT.namespace, name } });
  const { audience } = rendered.token;
  await until(
    async () => !(await authenticates(cluster, token, audience)),
    SETTLED_SECONDS,
    "the token is good without its pod",
  );
  const said = await attempt(world, token, "refused");
  if (said === undefined || !NOT_AUTHENTICATED.test(said))
    throw new Error(`expected a refusal, got ${said ?? "attested"}`);
  note(`its pod deleted: ${reasonIn(said)}`);
  await nothingAttested(world, "refused");
}

type Claims = Readonly<Record<string, unknown>>;

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()) as Claims;
}

function withClaims(token: string, changes: Claims): string {
  const [header, , signature] = token.split(".");
  return [header, encoded({ ...claimsOf(token), ...changes }), signature].join(".");
}

/** The same token, signed again with the cluster's key: the shortest that the API server gives lives for ten minutes. */
function resigned({ options }: SpireWorld, token: string, secondsToLive: number): string {
  const now = Math.floor(Date.now() / 1000);
  const issued = Math.min(now, now + secondsToLive) - 600;
  const times = { iat: issued, nbf: issued, exp: now + secondsToLive };
  const signed = `${token.split(".")[0]}.${encoded({ ...claimsOf(token), ...times })}`;
  const signature = createSign("RSA-SHA256")
    .update(signed)
    .sign(readFileSync(options.cluster.tokenKeyFile), "base64url");
  return `${signed}.${signature}`;
}

function encoded(claims: Claims): string {
  return Buffer.from(JSON.stringify(claims)).toString("base64url");
}

/** What is said where no agent comes of it; the agent is ended either way. */
export async function attempt(world: SpireWorld, token: string, name: string): Promise<string | undefined> {
  try {
    const { process } = await world.startAgent(token, name);
    await process.kill();
    return undefined;
  } catch (error) {
    return `${(error as Error).message}\n${lastAttestationIn(world.runningServer().process.said())}`;
  }
}

function mayReviewTokens({ users }: Cluster): Promise<boolean> {
  const access = { verb: "create", group: "authentication.k8s.io", resource: "tokenreviews" };
  return users.administrator.allows("system:serviceaccount:spire-server:spire-server", [], access);
}

async function authenticates({ users }: Cluster, token: string, audience: string): Promise<boolean> {
  const { status } = await users.administrator.create({
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    metadata: { name: "" },
    spec: { token, audiences: [audience] },
  });
  return (status as { authenticated?: boolean }).authenticated === true;
}

async function nothingAttested(world: SpireWorld, name: string): Promise<void> {
  const agents = await world.runningServer().commands.agents();
  if (agents.length > 0) throw new Error(`no agent may be attested, got ${agents.map(({ id }) => id.path).join(", ")}`);
  if (world.agentHoldsSvid(name)) throw new Error("a refused agent must hold no SVID");
}

async function bindingOf({ users }: Cluster, objects: readonly KubeObject[]): Promise<KubeObject> {
  const rendered = objects.find(
    ({ kind, metadata }) => kind === "ClusterRoleBinding" && metadata.name === "spire-server",
  );
  if (rendered === undefined) throw new Error("no ClusterRoleBinding spire-server was rendered");
  return users.administrator.get(rendered);
}

function withoutServerFields({ metadata: { name }, ...rest }: KubeObject): KubeObject {
  return { ...rest, metadata: { name } };
}

/** The server's last word on an attestation */
function lastAttestationIn(said: string): string {
  return (
    said
      .split("\n")
      .filter((line) => line.includes("AttestAgent"))
      .at(-1) ?? ""
  );
}

/** What the server's log gives as the reason */
function reasonIn(said: string): string {
  const reasons = [...said.matchAll(/"error":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text]) => JSON.parse(text as string) as string,
  );
  return (reasons.at(-1) ?? said.split("\n")[0] ?? "").replace(/^.*rpc error: code = (\w+) desc = /, "$1, ");
}
