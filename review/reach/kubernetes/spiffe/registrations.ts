import type { Cluster } from "../cluster";
import { type Fact, fact, openQuestion } from "../fact";
import type { KubernetesObject } from "../objects/object";
import { block, canonical, flag, list, text, texts, without } from "../objects/values";
import { addressOf, type PodShape, type Principal } from "../principal";
import { type Selector, selectorOf, takes } from "../sets/selector";
import { type Filling, templateText } from "./template";

/** A ClusterSPIFFEID: the identity that it gives to selected pods. Source: SPIRE controller manager, docs/clusterspiffeid-crd.md */
export interface Registration {
  readonly object: KubernetesObject;
  readonly namespaces: Selector;
  readonly pods: Selector;
  readonly template: string;
  /** All of them must match a process. */
  readonly processes: readonly string[];
}

export function registrationsIn(cluster: Cluster): readonly Registration[] {
  return cluster.of("ClusterSPIFFEID").map((object) => {
    const spec = block(object.body, "spec");
    return {
      object,
      namespaces: selectorOf(block(spec, "namespaceSelector")),
      pods: selectorOf(block(spec, "podSelector")),
      template: text(spec, "spiffeIDTemplate") ?? "",
      processes: texts(spec, "workloadSelectorTemplates"),
    };
  });
}

/** Fields that do not decide who gets an identity, or are evaluated on their own */
const READ = ["namespaceSelector", "podSelector", "spiffeIDTemplate", "workloadSelectorTemplates", "ttl", "jwtTtl"];
const READ_BY_FACTS = ["dnsNameTemplates", "federatesWith", "admin", "downstream", "autoPopulateDNSNames"];

/** Further settings of every identity by a registration, and the class that acts on it */
export function settingsOf({ object }: Registration): string {
  return canonical(without(block(object.body, "spec"), [...READ, ...READ_BY_FACTS]));
}

/** The identities of a principal's pods */
export class Registrations {
  private readonly all: readonly Registration[];

  public constructor(private readonly cluster: Cluster) {
    this.all = registrationsIn(cluster);
  }

  public facts(principal: Principal): readonly Fact[] {
    const taken = this.all.flatMap((registration) => {
      const answers = principal.pods.map((pod) => this.takes(registration, pod));
      if (answers.includes(true)) return [{ registration, isSure: true }];
      return answers.includes(undefined) ? [{ registration, isSure: false }] : [];
    });
    return [
      ...taken.flatMap(({ registration, isSure }) =>
        isSure ? this.identityFacts(registration, principal) : [possibleFact(registration)],
      ),
      ...lifetimes(
        taken.map(({ registration }) => registration),
        addressOf(principal),
      ),
    ];
  }

  private takes({ namespaces, pods }: Registration, { namespace, labels }: PodShape): boolean | undefined {
    const answers = [takes(namespaces, this.cluster.labelsOf(namespace)), takes(pods, labels)];
    if (answers.includes(false)) return false;
    return answers.includes(undefined) ? undefined : true;
  }

  private identityFacts(registration: Registration, principal: Principal): readonly Fact[] {
    const { template, processes, object } = registration;
    const spec = block(object.body, "spec");
    const { address } = object;
    const filling = this.fillingOf(registration, principal);
    const what = `its pods get the identity ${templateText(template, filling)}`;
    return [
      fact("identity", what, "a process of its pods fetches that SVID", address, {
        key: `its pods get the identity ${template} ${settingsOf(registration)}`,
        under: processes,
      }),
      ...texts(spec, "dnsNameTemplates").map((name) =>
        fact(
          "identity",
          `its SVIDs hold the DNS name ${templateText(name, filling)}`,
          `it serves TLS as ${templateText(name, filling)}`,
          address,
          { key: `its SVIDs hold the DNS name ${name}` },
        ),
      ),
      ...texts(spec, "federatesWith").map((domain) => this.federationFact(domain, address)),
      ...(["admin", "downstream", "autoPopulateDNSNames"] as const).flatMap((key) => powerFacts(key, registration)),
    ];
  }

  /** For the first of its selected pods */
  private fillingOf(registration: Registration, { pods, accounts }: Principal): Filling {
    const pod = pods.find((one) => this.takes(registration, one) === true);
    const own = accounts.filter(({ namespace }) => namespace === pod?.namespace);
    return {
      trustDomain: this.cluster.trustDomain,
      namespace: pod?.namespace,
      account: own.length === 1 ? own[0]?.name : undefined,
      ...(pod !== undefined && { labels: pod.labels.values }),
    };
  }

  private federationFact(domain: string, address: string): Fact {
    const trusted = this.cluster
      .of("ClusterFederatedTrustDomain")
      .filter(({ body }) => text(block(body, "spec"), "trustDomain") === domain);
    const what = `its pods accept identities of trust domain ${domain}`;
    const witness = `spiffe://${domain}/workload calls it`;
    return fact("trust", what, witness, address, {
      key: `${what} ${trusted.map(({ body }) => canonical(block(body, "spec"))).join()}`,
    });
  }
}

const POWERS = {
  admin: "its pods are administrators of the SPIRE server",
  downstream: "its pods may be a SPIRE server of their own",
  autoPopulateDNSNames: "its SVIDs hold the DNS names of the services before its pods",
} as const;

function powerFacts(key: keyof typeof POWERS, { object }: Registration): readonly Fact[] {
  const spec = block(object.body, "spec");
  const written = text(spec, key) ?? "false";
  if (written === "false") return [];
  const what = POWERS[key];
  return [
    fact("identity", what, what, object.address, { key: flag(spec, key) === true ? what : `${what} ${written}` }),
  ];
}

function possibleFact({ object }: Registration): Fact {
  const what = `whether ClusterSPIFFEID ${object.name} takes its pods`;
  return openQuestion(what, "their labels are not part of the configuration", object.address, {
    key: `${what} ${canonical(block(object.body, "spec"))}`,
  });
}

const LIFETIME = "lifetime";

/** The longest lifetime of each kind of SVID: a longer one includes every shorter one */
function lifetimes(registrations: readonly Registration[], address: string): readonly Fact[] {
  return (["ttl", "jwtTtl"] as const).flatMap((key) => {
    const written = registrations.flatMap(({ object }) => list(block(object.body, "spec"), key).map(String));
    if (registrations.length === 0) return [];
    const kind = key === "ttl" ? "X.509-SVIDs" : "JWT-SVIDs";
    const known = written.map(seconds);
    const isOpen = written.length < registrations.length || known.includes(undefined);
    if (isOpen) {
      const what = `how long its ${kind} are good`;
      const why = "the SPIRE server decides where a registration does not say it";
      return [
        openQuestion(what, why, address, {
          key: `${what} ${[...written].sort().join()}`,
          scope: LIFETIME,
          isRelative: true,
        }),
      ];
    }
    const longest = Math.max(...(known as number[]));
    const from = registrations.find(({ object }) => seconds(text(block(object.body, "spec"), key) ?? "") === longest);
    const what = `its ${kind} are good for ${longest} s`;
    return [
      {
        ...fact("ttl", what, `an SVID ${longest} s after it was issued`, from?.object.address ?? address, {
          key: `lifetime of ${kind}`,
          scope: LIFETIME,
        }),
        atMost: longest,
      },
    ];
  });
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
  ["ms", 0.001],
  ["us", 0.000_001],
  ["µs", 0.000_001],
  ["ns", 0.000_000_001],
]);

/** A Go duration, such as `1h30m`; undefined if it is none */
function seconds(duration: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,9})?(h|ms|m|s|us|µs|ns)){1,7}$/.test(duration)) return undefined;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS.get(unit as string) as number), 0);
}
