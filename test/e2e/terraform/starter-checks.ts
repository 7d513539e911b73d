import { deepStrictEqual as equal } from "node:assert";
import { KMSClient } from "@aws-sdk/client-kms";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App } from "cdktf";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withStarterKeys } from "../../../cli/starter-keys";
import { Fleet, type Platform, Starter } from "../../../constructs";
import { AmbitStack, type AmbitStackProps } from "../../../constructs/platform/ambit-stack";
import { EventStarter, ScheduleStarter, StarterIdentity } from "../../../constructs/starters";
import { registryOf } from "../../../domain";
import { facts } from "../../../fleet/platform";
import { parseCompact } from "../../../runtime/jose/compact";
import { StaticKeys } from "../../../runtime/jose/key-source";
import { isSignedBy } from "../../../runtime/jose/verify";
import { kmsSignature, KmsSigner } from "../../../runtime/signer/kms-signer";
import { startToken } from "../../../runtime/starters/start-token";
import { Clerk, inbox } from "../../support/starters";
import type { Check, Suite } from "../harness/suite";
import { rehearsedPlatform } from "./app";
import { done, type Ended, ended } from "./beside";
import { noteIgnored, type Started } from "./deploy-checks";
import { type Moto, startMoto } from "./moto";
import { NOT_IN_MOTO, type Synthesized } from "./rehearsal";
import type { Engine, Workspace } from "./terraform";

const EMPTY_ZIP = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);
/** Beside the stack `starters`, of the example */
const NAME = "kinds-of-starters";
const OUT = `${NAME}-synthesized`;
const ORDERS = "acme-orders";

const common = { agent: Clerk, task: "react", path: "/events/inbox", sources: [inbox] } as const;
const fleet = Fleet.of(Clerk).startedBy(
  Starter.schedule("nightly", {
    agent: Clerk,
    task: "sweep",
    path: "/sweep",
    at: "cron(0 4 * * ? *)",
    timeZone: "Europe/Berlin",
    keys: ["2", "1"],
  }),
  Starter.event("matched", { ...common, from: { pattern: { source: ["aws.s3"], "detail-type": ["Object Created"] } } }),
  Starter.event("sent", { ...common, from: { senders: ["arn:aws:s3:::acme-inbox"] } }),
  Starter.event("ordered", {
    ...common,
    from: { queue: `arn:aws:sqs:${facts.aws.region}:${facts.aws.account}:${ORDERS}` },
  }),
);

/** Keys, roles and starters of each kind, and the queue of another owner that one of them reads */
class OneStack extends AmbitStack {
  constructor(scope: App, props: AmbitStackProps, code: string) {
    super(scope, NAME, props);
    this.useAws();
    const orders = new SqsQueue(this, "Orders", { name: ORDERS, visibilityTimeoutSeconds: 900 });
    for (const starter of this.fleet.starters) {
      const identity = new StarterIdentity(this, `Identity-${starter.name}`, { starter });
      const Made = starter.occasion.start === "schedule" ? ScheduleStarter : EventStarter;
      new Made(this, starter.name, { starter, code }).node.addDependency(identity, orders);
    }
  }
}

/** One that goes on while other checks are made: the provider waits half a minute for each change of a queue. */
interface UnderWay {
  readonly moto: Moto;
  readonly platform: Platform;
  readonly workspace: Workspace;
  readonly copy: Synthesized;
  readonly applying: Promise<Ended>;
}

/** What starts tasks, with the real provider, in an account of its own. Its code is not run here. */
export class StarterChecks {
  private readonly begun: Check<UnderWay>;
  private readonly check: Suite["check"];

  constructor(
    suite: Suite,
    name: Engine["name"],
    { world, folder, workspaces }: Pick<Started, "folder" | "workspaces" | "world">,
    python: Check<string>,
  ) {
    this.check = (text, needs, act) => suite.check(`${name}: starters: ${text}`, needs, act);
    this.begun = this.check(
      "apply, beside what follows",
      [world, workspaces, python],
      async ([{ network }, made, path]) => {
        const code = join(folder, "starter.zip");
        writeFileSync(code, EMPTY_ZIP);
        const platform = rehearsedPlatform({ network });
        const app = new App({ outdir: join(folder, OUT) });
        new OneStack(app, { platform, fleet }, code);
        app.synth();
        const moto = await startMoto(path, platform.account);
        suite.afterwards(() => moto.stop());
        const { workspace, copy } = made.beside(NAME, join(folder, OUT), moto);
        await workspace.init();
        return { moto, platform, workspace, copy, applying: ended(workspace.apply()) };
      },
    );
  }

  /** Made behind other checks, with others behind {@link destroyed} */
  public applied(): Check<{ readonly destroying: Promise<Ended> }> {
    const applied = this.check(
      "are applied, and a second plan is empty",
      [this.begun],
      async ([{ workspace, copy, applying }], note) => {
        await done(applying);
        await workspace.planIsEmpty();
        noteIgnored(copy, note);
        for (const [attribute, why] of Object.entries(NOT_IN_MOTO.attributes.aws_sqs_queue ?? {})) {
          note(`left out: aws_sqs_queue ${attribute} (${why})`);
        }
      },
    );
    const signed = this.check(
      "KMS signs with the key whose public half the registry gets",
      [this.begun, applied],
      ([{ moto, platform }]) => signs(moto, platform),
    );
    return this.check("are destroyed, beside what follows", [this.begun, applied, signed], ([{ workspace, copy }]) => {
      const { resource: _, ...rest } = copy;
      workspace.use(rest);
      return { destroying: ended(workspace.apply()) };
    });
  }

  public destroyed(destroyed: Check<{ readonly destroying: Promise<Ended> }>): void {
    this.check("are gone", [this.begun, destroyed], async ([{ workspace }, { destroying }]) => {
      await done(destroying);
      equal((JSON.parse(workspace.states()[0] ?? "{}") as { readonly resources?: unknown }).resources, []);
    });
  }
}

async function signs(moto: Moto, platform: Platform): Promise<void> {
  const client = new KMSClient({
    endpoint: moto.url,
    region: platform.region,
    credentials: { accessKeyId: "rehearsal", secretAccessKey: "rehearsal" },
  });
  const document = { registry: registryOf(fleet, platform), policy: {} };
  const written = await withStarterKeys(document, (key) => KmsSigner.of({ client, key, keyId: key }));
  const { starters } = (written.registry as typeof document.registry).trust;
  const starter = starters.find(({ issuer }) => issuer.startsWith("https://nightly."));
  const key = platform.keyAlias("starter/nightly/2");
  equal(
    starter?.jwks?.map(({ kid }) => kid),
    [key, platform.keyAlias("starter/nightly/1")],
  );
  const config = { agent: "spiffe://a.example/b", audience: "https://a.example", task: "sweep", key };
  const token = await startToken({ config: { ...config, issuer: starter?.issuer ?? "" }, id: "one", now: 1 }, (bytes) =>
    kmsSignature(client, key, bytes),
  );
  const jws = parseCompact(token, { algorithms: ["ES256"] });
  const found = await new StaticKeys({ keys: starter?.jwks }).keyOf(key, "ES256");
  equal(found !== undefined && (await isSignedBy(jws, found)), true);
}
