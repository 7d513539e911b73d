import { synthesize } from "../../../support/example-app";
import type { KubeObject } from "../../spire/kube-client";
import { renderedObjects } from "../../spire/objects";
import { isReady, type OneNode } from "../one-node";
import { pod } from "../test-pods";
import { type PodOfCase, PODS } from "./expected";

const READY_SECONDS = 240;
const STACKS = ["foundation", "spire", "control", "agents"] as const;
const WAITS = { args: ["-e", "setInterval(() => undefined, 1e6)"] };

type Labels = Readonly<Record<string, string>>;

interface Template {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
  };
}

/** What pods are rendered, and where */
export interface RenderedPods {
  readonly name: string;
  readonly namespace: string;
  readonly template: Template;
}

export function renderedPods(): readonly RenderedPods[] {
  return renderedObjects(synthesize(), STACKS).flatMap(({ object }) => {
    const { template } = (object.spec ?? {}) as { readonly template?: Template };
    const { name, namespace = "" } = object.metadata;
    return template === undefined ? [] : [{ name, namespace, template }];
  });
}

export function portsOf({ template }: RenderedPods): readonly number[] {
  return template.spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
}

/** Whether pods with these labels in this namespace are those of a kind of the table */
export function isOfKind(kind: PodOfCase, namespace: string, labels: Labels = {}): boolean {
  return kind.in === namespace && Object.entries(kind.labels).every(([name, value]) => labels[name] === value);
}

/**
 * A Ready pod of each kind of the table. Of a kind that does not run here, a pod is made that has its namespace, labels and account: that is what
 * network policies go by.
 *
 * @param without kinds that may have no pods now @default none
 * @returns addresses by kind, and what was made
 */
export async function podsOfKinds(
  on: OneNode,
  without: readonly string[] = [],
): Promise<{ readonly addresses: Readonly<Record<string, string>>; readonly made: readonly KubeObject[] }> {
  const found = await running(on);
  const made = Object.keys(PODS)
    .filter((kind) => found[kind] === undefined && !without.includes(kind))
    .map((kind) => standIn(kind));
  for (const one of made) await on.client("deployer").apply(one);
  for (const { metadata } of made) {
    await on.podReady(metadata.namespace as string, metadata.labels as Labels, READY_SECONDS);
  }
  return { addresses: await running(on), made };
}

async function running(on: OneNode): Promise<Readonly<Record<string, string>>> {
  const pods = (await on.client("administrator").list("v1", "Pod")).filter(
    (one) => isReady(one) && one.metadata.deletionTimestamp === undefined,
  );
  return Object.fromEntries(
    Object.entries(PODS).flatMap(([kind, wanted]) => {
      const pod = pods.find(({ metadata }) =>
        isOfKind(wanted, metadata.namespace as string, metadata.labels as Labels | undefined),
      );
      return pod === undefined ? [] : [[kind, (pod.status as { readonly podIP: string }).podIP]];
    }),
  );
}

function standIn(kind: string): KubeObject {
  const wanted = PODS[kind] as PodOfCase;
  const name = `path-of-${kind.replaceAll(" ", "-")}`;
  const made = pod(wanted.in, name, WAITS);
  if (wanted.stranger === true) return { ...made, metadata: { ...made.metadata, labels: wanted.labels } };
  const rendered = renderedPods().find(({ namespace, template }) =>
    isOfKind(wanted, namespace, template.metadata.labels),
  );
  if (rendered === undefined) throw new Error(`no pod runs that is ${kind}, and no stack renders one`);
  const { metadata, spec } = rendered.template;
  return {
    ...made,
    metadata: { ...made.metadata, labels: metadata.labels },
    spec: { ...(made.spec as object), serviceAccountName: spec.serviceAccountName },
  };
}
