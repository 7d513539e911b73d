import cases from "../../cases/admission.json";
import type { Check, Suite } from "../harness/suite";
import { AdmissionClient, type Person } from "./admission-client";
import type { Cluster } from "./cluster";
import { KubeError, type KubeObject } from "./kube-client";

/** One request, and what becomes of it */
export interface AdmissionCase {
  readonly name: string;
  /** One of `people` */
  readonly as: string;
  /** Make this kind out of `pod`, in namespace `in` */
  readonly make?: string;
  readonly in?: string;
  readonly pod?: PodOfCase;
  /** Or send this: method and path */
  readonly send?: string;
  readonly body?: unknown;
  /** What refuses it: a policy, or the API server itself. @default - it is allowed */
  readonly refusedBy?: string;
  /** Part of the message */
  readonly saying?: string;
}

interface PodOfCase {
  readonly account?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const PEOPLE: Readonly<Record<string, Person>> = cases.people;
const TABLE: Readonly<Record<string, readonly AdmissionCase[]>> = cases.cases;

/** Attacks and everyday requests, on a cluster that has the synthesized policies: nothing of it is kept. */
export function admissionChecks(suite: Suite, cluster: Check<Cluster>): void {
  const client = suite.check(
    "admission: what the requests are about exists",
    [cluster],
    async ([{ users, url, ca }]) => {
      const made = await AdmissionClient.of(users.administrator, { url, ca });
      for (const object of cases.existing as readonly KubeObject[]) await made.makeUnlessThere(object, deployer());
      await made.untilEnforced(deployer());
      return made;
    },
  );
  for (const [about, requests] of Object.entries(TABLE)) {
    suite.check(`admission: ${about}`, [client], async ([made], note) => {
      const wrong: string[] = [];
      for (const request of requests) {
        const found = await outcomeOf(made, request);
        if (!isExpected(found, request)) wrong.push(`${request.name}: ${expected(request)}, got ${found}`);
      }
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
      const refused = requests.filter(({ refusedBy }) => refusedBy !== undefined).length;
      note(`${refused} refused, ${requests.length - refused} allowed`);
    });
  }
}

function deployer(): Person {
  return PEOPLE.deployer as Person;
}

/** `"allowed"`, or what the server said */
export async function outcomeOf(client: AdmissionClient, request: AdmissionCase): Promise<string> {
  const person = PEOPLE[request.as];
  if (person === undefined) throw new Error(`${request.name}: unknown person ${request.as}`);
  const [method, path] = (request.send ?? `POST ${pathOf(request)}`).split(" ") as [string, string];
  const body = request.make === undefined ? request.body : workload(request.make, request.pod ?? {});
  try {
    await client.send(person, method, path, body);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    // There is no node to connect to: that it came so far is all there is to see.
    const passed = AdmissionClient.connects(path) && !error.message.includes("ValidatingAdmissionPolicy");
    if (!passed) return error.message;
  }
  return "allowed";
}

export function isExpected(found: string, { refusedBy, saying = "" }: AdmissionCase): boolean {
  if (refusedBy === undefined) return found === "allowed";
  const bySomePolicy = found.includes("ValidatingAdmissionPolicy");
  const byIt =
    refusedBy === "the API server" ? !bySomePolicy : found.includes(`ValidatingAdmissionPolicy '${refusedBy}'`);
  return found !== "allowed" && byIt && found.includes(saying);
}

function expected({ refusedBy, saying }: AdmissionCase): string {
  return refusedBy === undefined ? "should be allowed" : `should be refused by ${refusedBy} ("${saying ?? ""}")`;
}

const API: Readonly<Record<string, string>> = {
  Pod: "v1",
  PodTemplate: "v1",
  ReplicationController: "v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
};

function pathOf({ make = "", in: namespace = "" }: AdmissionCase): string {
  const api = API[make] ?? "apps/v1";
  return `${api === "v1" ? "/api" : "/apis"}/${api}/namespaces/${namespace}/${make.toLowerCase()}s`;
}

/** The kind, with a pod that satisfies the restricted pod security standard */
function workload(kind: string, { account, labels, spec = {} }: PodOfCase): unknown {
  const app = { app: "admission" };
  const metadata = { labels: { ...app, ...labels } };
  const pod = {
    ...(account === undefined ? {} : { serviceAccountName: account }),
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container("agent")],
    ...spec,
  };
  const object = (content: object) => ({ apiVersion: API[kind] ?? "apps/v1", kind, ...content });
  const named = { metadata: { name: "admission-case" } };
  const once = { ...metadata, spec: { restartPolicy: "Never", ...pod } };
  const template = { metadata, spec: pod };
  switch (kind) {
    case "Pod":
      return object({ metadata: { ...metadata, name: "admission-case" }, spec: pod });
    case "PodTemplate":
      return object({ ...named, template });
    case "ReplicationController":
      return object({ ...named, spec: { selector: app, template } });
    case "Job":
      return object({ ...named, spec: { template: { metadata, spec: once.spec } } });
    case "CronJob":
      return object({
        ...named,
        spec: { schedule: "0 0 * * *", jobTemplate: { spec: { template: { metadata, spec: once.spec } } } },
      });
    default:
      return object({
        ...named,
        spec: {
          selector: { matchLabels: app },
          ...(kind === "StatefulSet" ? { serviceName: "admission" } : {}),
          template,
        },
      });
  }
}

function container(name: string): object {
  return {
    name,
    image: "registry.example/agent@sha256:1111111111111111111111111111111111111111111111111111111111111111",
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
}
