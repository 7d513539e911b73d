import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { join } from "node:path";
import { Federation } from "../../../constructs/spire/federation";
import { SpireCrds } from "../../../constructs/spire/spire-crds";
import table from "../../cases/spire-custom-resources.json";
import { newStack, Template } from "../../support/synth";
import type { Check, Suite } from "../harness/suite";
import { startCluster } from "./cluster";
import { differencesOf, withoutServers } from "./drift-checks";
import { KubeError, type KubeObject } from "./kube-client";
import { eventually, failure, type StandingPlatform, untilEstablished } from "./platform-checks";
import type { ClusterPrograms } from "./programs";
import { translate } from "./translate";

/** A custom resource that the schema must refuse */
interface Broken {
  readonly name: string;
  readonly kind: string;
  /** @default - without a spec */
  readonly with?: Readonly<Record<string, unknown>>;
  readonly saying: string;
}

const VALID: Readonly<Record<string, Readonly<Record<string, unknown>>>> = table.valid;
const BROKEN: readonly Broken[] = table.broken;

/** What the schemas of our definitions take, and what not. */
export function customResourceChecks(
  suite: Suite,
  programs: Check<ClusterPrograms>,
  platform: Check<StandingPlatform>,
  folder: string,
): void {
  suite.check("definitions: what is valid is accepted", [platform], async ([{ cluster }], note) => {
    const valid = [...Object.entries(VALID).map(([kind, spec]) => resource(kind, spec)), ...federations()];
    for (const object of valid) {
      const said = await failure(cluster.users.deployer.create(object, { dryRun: true }));
      if (said !== "allowed") throw new Error(`${object.kind} ${object.metadata.name}: ${said}`);
    }
    note(valid.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(", "));
  });

  suite.check(
    "definitions: what is broken is refused, and the field named",
    [platform],
    async ([{ cluster }], note) => {
      const wrong: string[] = [];
      for (const { name, kind, with: changes, saying } of BROKEN) {
        const object = resource(kind, changes && laidOver(VALID[kind] ?? {}, changes));
        const said = await failure(cluster.users.deployer.create(object, { dryRun: true }));
        if (!said.includes(saying)) wrong.push(`${name}: should be refused (${saying}), got ${said}`);
      }
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
      note(`${BROKEN.length} refused`);
    },
  );

  suite.check("definitions: those of a file take what is rendered too", [programs, platform], async (values, note) => {
    const [found, { objects }] = values;
    const cluster = await startCluster(found, folder);
    try {
      const { administrator } = cluster.users;
      const definitions = definitionsOfFile();
      for (const definition of definitions) {
        await administrator.apply(definition);
        await untilEstablished(administrator, definition);
        const added = differencesOf(withoutServers(definition), withoutServers(await administrator.get(definition)));
        if (added.length > 0) throw new Error(`${definition.metadata.name}: ${added.join(", ")}`);
      }
      const identities = [
        ...objects.filter(({ apiVersion }) => apiVersion.startsWith("spire.spiffe.io/")),
        ...federations(),
      ];
      for (const identity of identities) {
        await eventually(
          () => administrator.apply(identity),
          (error) => error instanceof KubeError && error.code === 404,
        );
      }
      note(`${definitions.length} definitions, ${identities.length} custom resources`);
    } finally {
      await cluster.stop();
    }
  });
}

const FILE = join(__dirname, "../../cases/spire-crds.yaml");

/** The definitions of the example file */
function definitionsOfFile(): readonly KubeObject[] {
  const stack = newStack();
  new SpireCrds(stack, "Crds", { file: FILE });
  return manifestsOf(stack);
}

/** One of each profile, as the construct renders it */
function federations(): readonly KubeObject[] {
  const stack = newStack();
  const bundleEndpointUrl = "https://spire.partner.example";
  new Federation(stack, "Web", {
    trustDomain: "web.partner.example",
    bundleEndpointUrl,
    endpoint: { profile: "https_web" },
  });
  new Federation(stack, "Spiffe", {
    trustDomain: "spiffe_1.partner.example",
    bundleEndpointUrl,
    endpoint: {
      profile: "https_spiffe",
      spiffeId: "spiffe://spiffe_1.partner.example/spire/server",
      bundle: JSON.stringify({ keys: [{ use: "x509-svid" }] }),
    },
  });
  return manifestsOf(stack);
}

function manifestsOf(stack: ReturnType<typeof newStack>): readonly KubeObject[] {
  return Template.of(stack)
    .all(Manifest)
    .map((attributes) => translate(Manifest.tfResourceType, attributes));
}

function resource(kind: string, spec: object | undefined): KubeObject {
  const metadata = { name: `a-${kind.toLowerCase()}` };
  return { apiVersion: "spire.spiffe.io/v1alpha1", kind, metadata, ...(spec === undefined ? {} : { spec }) };
}

function laidOver(spec: object, changes: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries({ ...spec, ...changes }).filter(([, value]) => value !== null));
}
