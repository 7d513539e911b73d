import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AdmissionPolicies } from "../../../constructs/admission";
import { KillList, KillSwitch } from "../../../constructs/oversight";
import { RestrictedNamespace } from "../../../constructs/platform/namespace";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { bundle, BUNDLES } from "../../../images/bundles";
import type { KillSwitchConfig } from "../../../runtime/kill-switch/config";
import type { KillResult } from "../../../runtime/kill-switch/result";
import { documentWith, KEY_ALIAS, KILL_SWITCH, StoppingExchange } from "../../support/exchange/kill-orders";
import { newStack, platformWith, Template } from "../../support/synth";
import { run } from "../harness/process";
import type { Suite } from "../harness/suite";
import { type Cluster, startCluster } from "../spire/cluster";
import type { KubeObject } from "../spire/kube-client";
import type { ClusterPrograms } from "../spire/programs";
import { translate } from "../spire/translate";
import type { Moto } from "../terraform/moto";
import { AwsOfFunction, REGION } from "./aws-of-function";
import { EksAuthentication } from "./eks-authentication";

const ROOT = resolve(__dirname, "../../..");
const CLUSTER = "prod";
const ENTRY = { role: "ambit-prod-kill-switch", groups: ["ambit:kill-switch"] };
const RESULT = "RESULT ";
const CALL = `require("./app/main.js").handler(JSON.parse(process.argv[1])).then((r) => console.log("${RESULT}" + JSON.stringify(r)))`;

/** Where the function asks: each may be away */
export interface Away {
  readonly exchange?: string;
  readonly iam?: string;
  readonly cluster?: string;
}

/** The function as it is bundled, with a real exchange, a real API server, and a stand-in for AWS */
export class KillWorld {
  private constructor(
    public readonly folder: string,
    public readonly exchange: StoppingExchange,
    public readonly aws: AwsOfFunction,
    public readonly cluster: Cluster,
    public readonly moto: Moto,
  ) {}

  public static async start(
    suite: Pick<Suite, "afterwards">,
    moto: Moto,
    programs: ClusterPrograms,
  ): Promise<KillWorld> {
    const folder = mkdtempSync(join(tmpdir(), "ambit-kill-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    bundle(ROOT, BUNDLES["kill-switch"], join(folder, "app"));
    const aws = await AwsOfFunction.at(moto.url);
    const exchange = new StoppingExchange();
    await exchange.start({ document: documentWith(aws.killSwitch) });
    suite.afterwards(() => exchange.close());
    const authority = new DevelopmentAuthority("prod.acme.example");
    const eks = new EksAuthentication(authority, moto.url, CLUSTER, ENTRY);
    const args = await eks.listen(folder);
    suite.afterwards(() => eks.close());
    const cluster = await startCluster(programs, join(folder, "k"), { args });
    suite.afterwards(() => cluster.stop());
    for (const object of objects(folder)) await cluster.users.administrator.apply(object);
    return new KillWorld(folder, exchange, aws, cluster, moto);
  }

  /** Call the function, as Lambda does. */
  public async call(event: object, away: Away = {}): Promise<KillResult> {
    const { issuer, platform } = this.exchange;
    const env = this.environment(
      { issuer, address: away.exchange ?? issuer, ca: readFileSync(platform.files.bundle, "utf8") },
      away,
    );
    const { code, stdout, stderr } = await run(process.execPath, ["-e", CALL, JSON.stringify(event)], {
      cwd: this.folder,
      env,
    });
    const line = stdout.split("\n").find((each) => each.startsWith(RESULT));
    if (line === undefined) throw new Error(`the function ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(line.slice(RESULT.length)) as KillResult;
  }

  /** Of the function, as Lambda gives it */
  public environment(exchange: KillSwitchConfig["exchange"], away: Away = {}): Readonly<Record<string, string>> {
    return { ...this.aws.credentials, AMBIT_CONFIG_JSON: JSON.stringify(this.config(exchange, away)) };
  }

  private config(exchange: KillSwitchConfig["exchange"], away: Away): KillSwitchConfig {
    return {
      issuer: KILL_SWITCH,
      exchange,
      key: KEY_ALIAS,
      roles: { partition: "aws", platform: "prod" },
      cluster: {
        name: CLUSTER,
        address: away.cluster ?? this.cluster.url,
        certificateAuthority: Buffer.from(this.cluster.ca).toString("base64"),
        namespace: "ambit-system",
        list: "ambit-killed-agents",
      },
      region: REGION,
      endpoints: { kms: this.moto.url, iam: away.iam ?? this.moto.url },
    };
  }
}

/** What the stacks make in the cluster for it, and what admission refuses */
function objects(folder: string): readonly KubeObject[] {
  mkdirSync(folder, { recursive: true });
  const code = join(folder, "kill-switch.zip");
  writeFileSync(code, "the code");
  const stack = newStack(platformWith({ killSwitch: true }));
  new AdmissionPolicies(stack, "Admission");
  const { ready } = new RestrictedNamespace(stack, "Namespace", { name: "ambit-system", purpose: "platform" });
  const list = new KillList(stack, "KillList", { after: ready });
  new KillSwitch(stack, "KillSwitch", { list, code });
  const resources = Template.of(stack).json.resource ?? {};
  const made = Object.entries(resources)
    .filter(([type]) => type.startsWith("kubernetes_"))
    .flatMap(([type, named]) => Object.values(named).map((attributes) => translate(type, attributes)));
  // A namespace before what is in it; what refuses comes last, as the administrator of the test is no deployer.
  const order = ["Namespace", "NetworkPolicy", "ConfigMap", "Role", "RoleBinding"];
  const place = ({ kind }: KubeObject): number => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return made.sort((one, other) => place(one) - place(other));
}
