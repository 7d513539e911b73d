import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { deployedConfig } from "../../../constructs/oversight/private/collector-config";
import { METRICS } from "../../../domain/telemetry-names";
import { collectorAgent } from "../../../runtime/telemetry/collector-agent";
import { OtlpTelemetry } from "../../../runtime/telemetry/otlp-telemetry";
import type { HeldSvid } from "../../../runtime/workload-api/svid";
import { AGENT, Authority } from "../../support/companion/trust";
import { platformWith } from "../../support/synth";
import { isListening, serve, type Server } from "../harness/server";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { Moto } from "../terraform/moto";
import { MetricLog } from "./metric-log";
import { tracesAt } from "./segments";
import type { Facts } from "../../../runtime/telemetry/telemetry";

const COLLECTOR = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-collector";
/** The batch processor waits for others for five. */
const SENT_SECONDS = 60;
const SECRET = "written-by-a-caller";

interface Deployed {
  readonly authority: Authority;
  readonly process: Server;
  readonly ports: { readonly control: number; readonly agents: number };
  readonly log: MetricLog;
  /** Address of what stands for AWS */
  readonly aws: string;
}

interface Needs {
  readonly program: Check<string>;
  readonly folder: Check<string>;
  readonly moto: Check<Moto>;
}

/** The configuration of the collector that Ambit deploys, with files in the place of spiffe-helper's */
export function deployedChecks(suite: Suite, { program, folder, moto }: Needs): void {
  const deployed = suite.check(
    "the collector that Ambit deploys starts with its SVID in files, and the kubelet finds it well",
    [program, folder, moto],
    async ([collector, at, { url: aws }]) => {
      const started = await start(collector, at, aws);
      suite.afterwards(() => started.process.kill());
      return started;
    },
  );

  suite.check("it takes traces and metrics of the control plane at their port", [deployed], async ([at]) => {
    const lines = await sent(at, "control", true);
    equal(lines, []);
    const arrived = async (): Promise<boolean> =>
      (await at.log.documents()).some((each) => METRICS.grants.name in each);
    await until(arrived, SENT_SECONDS, () => `the metric did not come to CloudWatch: ${at.process.said()}`);
  });

  suite.check("it takes traces at the port of agents", [deployed], async ([at]) => {
    equal(await sent(at, "agents", false), []);
  });

  suite.check("fails to take metrics at the port of agents", [deployed], async ([at]) => {
    const lines = await sent(at, "agents", true);
    equal(lines, ["metrics"]);
    equal(await posted(at, "agents", "/v1/metrics", svidOf(at.authority)), 404);
  });

  suite.check(
    "fails to let in a client without a certificate, or with one of another authority",
    [deployed],
    async ([at]) => {
      await rejects(posted(at, "control", "/v1/metrics", undefined));
      await rejects(posted(at, "agents", "/v1/traces", undefined));
      const other = new Authority("trust domain");
      await rejects(posted(at, "control", "/v1/metrics", { ...svidOf(other), ca: at.authority.own.cert }));
    },
  );

  suite.check("X-Ray's segments hold nothing that Envoy records of a caller", [deployed], async ([at]) => {
    const tags = { user_agent: SECRET, "http.url": `https://${SECRET}`, "peer.address": SECRET, "http.method": SECRET };
    equal(await sent(at, "control", false, { ...tags, "ambit.agent": "support-triage" }), []);
    await at.process.stop();
    const text = JSON.stringify(await tracesAt(at.aws));
    ok(text.includes("support-triage"), `no segment came: ${text.slice(0, 500)}`);
    ok(!text.includes(SECRET), "a segment has what a caller wrote");
  });
}

async function start(program: string, folder: string, aws: string): Promise<Deployed> {
  const authority = new Authority();
  const path = (name: string): string => join(folder, "svid", name);
  mkdirSync(join(folder, "svid"));
  const { cert, key } = authority.svid(COLLECTOR);
  const files = { certificate: path("svid.pem"), key: path("key.pem"), authorities: path("authorities.pem") };
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.authorities, authority.own.cert);
  const platform = platformWith({ name: "deployed" });
  const ports = { control: await freePort(), agents: await freePort() };
  const health = await freePort();
  const rendered = JSON.stringify(deployedConfig(platform, files));
  const moved = rendered
    .replace("0.0.0.0:4318", `127.0.0.1:${ports.control}`)
    .replace("0.0.0.0:4319", `127.0.0.1:${ports.agents}`)
    .replace("0.0.0.0:13133", `127.0.0.1:${health}`);
  const config = JSON.parse(moved) as { readonly exporters: Readonly<Record<string, object>> };
  const exporters = Object.entries(config.exporters).map(([name, of]) => [name, { ...of, endpoint: aws }]);
  const file = join(folder, "deployed.json");
  writeFileSync(file, JSON.stringify({ ...config, exporters: Object.fromEntries(exporters) }));
  const process = await serve({
    name: "the deployed collector",
    command: program,
    args: [`--config=${file}`],
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_EC2_METADATA_DISABLED: "true" },
    ready: () => isListening("127.0.0.1", ports.agents),
  });
  ok((await fetch(`http://127.0.0.1:${health}/`)).ok, "its health is not told");
  return { authority, process, ports, aws, log: new MetricLog(aws, platform.region, "/ambit/deployed/metrics") };
}

function svidOf(authority: Authority): HeldSvid {
  return { ...authority.svid(AGENT), ca: authority.own.cert } as unknown as HeldSvid;
}

/** By what our parts send with. @returns what was dropped */
async function sent(
  at: Deployed,
  port: "agents" | "control",
  hasMetrics: boolean,
  facts: Readonly<Record<string, string>> = {},
): Promise<readonly unknown[]> {
  const dropped: unknown[] = [];
  const collector = `https://127.0.0.1:${at.ports[port]}`;
  const source = { current: () => svidOf(at.authority), lastProblem: "" };
  const telemetry = new OtlpTelemetry({
    collector,
    service: "ambit-test",
    log: (_, facts) => void dropped.push(facts?.["signal"]),
    agent: collectorAgent({ collector, spiffeId: COLLECTOR }, source),
    hasMetrics,
  });
  telemetry.begin({ name: "one", kind: "server", facts: facts as Facts }).end();
  telemetry.count(METRICS.grants, { "ambit.agent": "support-triage", "ambit.task": "answer" });
  await telemetry.close();
  return dropped;
}

function posted(
  { ports, authority }: Deployed,
  port: "agents" | "control",
  path: string,
  svid: HeldSvid | undefined,
): Promise<number | undefined> {
  const own = svid === undefined ? {} : { cert: svid.cert, key: svid.key };
  const agent = new Agent({ ca: authority.own.cert, checkServerIdentity: () => undefined, ...own });
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-protobuf" };
    const asked = request({ host: "127.0.0.1", port: ports[port], path, method: "POST", agent, headers });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
}
