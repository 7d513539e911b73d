import { type Acknowledgement, checkAcknowledgement } from "./acknowledgement";
import { CalendarDate, type IsoDate } from "./calendar-date";
import type { Clock } from "./clock";
import { credentialsKind, type Credentials, type CredentialsKind, type Isolation } from "./credentials";
import { onlyKnown, refuse, shown } from "./errors";
import { type Concurrency, concurrencyOf } from "./concurrency";
import { type Memory, memoryOf } from "./memory";
import { dnsLabel, isBlank, plainString } from "./plain";
import { checkAgent } from "./rules/agent-rules";
import { waysOf } from "./rules/serving-rules";
import { Sensitivity } from "./sensitivity";
import type { Way } from "./serve";
import { SessionLimits, type SessionProps } from "./session";
import { SpiffeId } from "./spiffe-id";
import { Task, type TaskSpec } from "./task";
import type { TrustDomain } from "./trust-domain";

/** Source identity and session names allow 2 to 64 characters; a Kubernetes label value at most 63 (STS AssumeRole). */
const LONGEST_AGENT_NAME = 57;

export interface WorkloadSpec {
  /** Kubernetes namespace */
  readonly namespace: string;
  /**
   * Kubernetes service account; one service account is one agent.
   *
   * @default - the agent's name
   */
  readonly serviceAccount?: string;
}

export interface AgentSpec<K extends string = string> {
  /** Mail address of who answers for it */
  readonly owner: string;
  /**
   * Mail address of a second person who answers for it: neither owner decides on its requests.
   *
   * @default - none; the platform's `risk` may ask for one
   */
  readonly secondOwner?: string;
  /** What it is for, in a sentence a reviewer understands */
  readonly purpose: string;
  /** First day (UTC) on which it may no longer act; at most a year ahead */
  readonly expires: IsoDate;
  readonly workload: WorkloadSpec;
  readonly tasks: Readonly<Record<K, TaskSpec>>;
  /**
   * How it gets AWS credentials; only used when a task has AWS data.
   *
   * @default "brokered"
   */
  readonly credentials?: Credentials;
  /**
   * How IAM roles are shared.
   *
   * @default "dedicated"
   */
  readonly isolation?: Isolation;
  /**
   * Stopped as code: it keeps its resources, but may not act.
   *
   * @default false
   */
  readonly suspended?: boolean;
  /**
   * OAuth clients whose user tokens may start it (claim `azp`).
   *
   * @default - only tokens that name it in `may_act`
   */
  readonly clients?: readonly string[];
  /**
   * How long state about it and a user lives.
   *
   * @default - 30 min idle, 8 h in total
   */
  readonly session?: SessionProps;
  /**
   * Whether the agent's code keeps users apart (`"per-user"`), or remembers across
   * them (`"shared"`): then what it has read for one user restricts what it does for all.
   *
   * @default "per-user"
   */
  readonly memory?: Memory;
  /**
   * Ways in for callers, who reach it through the gateway only.
   *
   * @default - none: it cannot be reached
   */
  readonly serves?: Way<NoInfer<K>> | readonly Way<NoInfer<K>>[];
  /**
   * How many sessions a pod works for at a time: `"one-user"` where its code is not trusted to keep users apart.
   *
   * @default "many-users"
   */
  readonly concurrency?: Concurrency;
  /**
   * Acknowledged findings of guardrails about the agent, each until a day.
   *
   * @default - none: each finding is refused
   */
  readonly acknowledgements?: readonly Acknowledgement[];
}

/** Only an `active` agent may act */
export type AgentState = "active" | "suspended" | "expired";

/** One agent as declared, with its defaults settled and its rules checked. */
export class AgentDeclaration {
  public readonly where: string;
  public readonly name: string;
  public readonly owner: string;
  public readonly secondOwner: string | undefined;
  public readonly purpose: string;
  public readonly expires: CalendarDate;
  public readonly namespace: string;
  public readonly serviceAccount: string;
  public readonly tasks: ReadonlyMap<string, Task>;
  public readonly credentials: CredentialsKind;
  public readonly isolation: Isolation;
  public readonly suspended: boolean;
  public readonly clients: readonly string[];
  public readonly session: SessionLimits;
  public readonly memory: Memory;
  public readonly ways: readonly Way[];
  public readonly concurrency: Concurrency;
  public readonly acknowledgements: readonly Acknowledgement[];

  /** @throws DeclarationError naming the agent, the property, the value and the fix. */
  constructor(name: string, spec: AgentSpec) {
    this.where = `agent ${shown(name)}`;
    this.name = dnsLabel(name, this.where, "name", LONGEST_AGENT_NAME);
    if (this.name.length < 2) {
      refuse(
        "name.malformed",
        this.where,
        `name must have at least 2 characters (STS source identity), got ${shown(name)}`,
      );
    }
    onlyKnown(spec, KEYS, this.where);
    this.owner = owner(spec.owner, this.where, "owner");
    this.secondOwner = secondOwner(spec, this.where);
    this.purpose = purpose(spec.purpose, this.where);
    this.expires = CalendarDate.of(spec.expires, this.where, "expires");
    this.namespace = dnsLabel(spec.workload?.namespace, this.where, "workload.namespace");
    this.serviceAccount = dnsLabel(spec.workload.serviceAccount ?? name, this.where, "workload.serviceAccount");
    this.credentials = credentialsKind(spec.credentials ?? "brokered", this.where);
    this.isolation = isolation(spec.isolation ?? "dedicated", this.where);
    this.suspended = spec.suspended ?? false;
    this.clients = (spec.clients ?? []).map((client) => plainString(client, this.where, "clients"));
    this.session = SessionLimits.of(spec.session ?? {}, this.where);
    this.memory = memoryOf(spec.memory, this.where);
    this.concurrency = concurrencyOf(spec.concurrency, this.where);
    this.acknowledgements = [...(spec.acknowledgements ?? [])];
    for (const each of this.acknowledgements) checkAcknowledgement(each, `${this.where} acknowledgements`);
    this.ways = waysOf(spec.serves, this.where);
    this.tasks = new Map(
      Object.entries<TaskSpec>(spec.tasks ?? {}).map(([task, taskSpec]) => {
        const servedBy = this.ways.filter(({ facts }) => facts.tasks.includes(task));
        return [task, new Task(name, task, taskSpec, servedBy)];
      }),
    );
    if (this.tasks.size === 0) refuse("task.missing", this.where, "tasks must declare at least one task, got {}");
    checkAgent(this);
  }

  /** Whether it may not act: suspended as code, or expired */
  public isSuspended(clock: Clock): boolean {
    return this.suspended || this.isExpired(clock);
  }

  public state(clock: Clock): AgentState {
    if (this.isExpired(clock)) return "expired";
    return this.suspended ? "suspended" : "active";
  }

  public isExpired(clock: Clock): boolean {
    return this.expires.hasCome(clock.now());
  }

  public spiffeId(trustDomain: TrustDomain): SpiffeId {
    return SpiffeId.ofServiceAccount(trustDomain, this.namespace, this.serviceAccount);
  }

  public get hasAwsData(): boolean {
    return [...this.tasks.values()].some((task) => task.awsData.length > 0);
  }

  public get highestSensitivity(): Sensitivity {
    return Sensitivity.highest([...this.tasks.values()].map((task) => task.highestSensitivity));
  }
}

const KEYS = [
  "acknowledgements",
  "clients",
  "concurrency",
  "credentials",
  "expires",
  "isolation",
  "memory",
  "owner",
  "purpose",
  "secondOwner",
  "serves",
  "session",
  "suspended",
  "tasks",
  "workload",
];

function secondOwner({ owner: first, secondOwner: second }: AgentSpec, where: string): string | undefined {
  if (second === undefined) return undefined;
  const mail = owner(second, where, "secondOwner");
  if (mailbox(mail) === mailbox(first)) {
    refuse("owner.missing", where, `secondOwner must be another person than the owner, got ${shown(mail)}`);
  }
  return mail;
}

/** What stands behind a plus sign leads to the same person (RFC 5233), and so does a domain that ends with a dot. */
function mailbox(mail: string): string {
  return mail
    .toLowerCase()
    .replace(/\.+$/, "")
    .replace(/(?<=.)\+[^@]*@/, "@");
}

function owner(value: unknown, where: string, property: "owner" | "secondOwner"): string {
  const example = `write a mail address such as "team@acme.example"`;
  if (isBlank(value)) refuse("owner.missing", where, `${property} is required: ${example}`);
  const mail = plainString(value, where, property, "owner.missing");
  if (!/^[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+$/.test(mail))
    refuse("owner.missing", where, `${property} must be reachable, got ${shown(mail)}: ${example}`);
  return mail;
}

function purpose(value: unknown, where: string): string {
  if (isBlank(value)) {
    refuse(
      "purpose.missing",
      where,
      "purpose is required: write what the agent is for, in a sentence a reviewer understands",
    );
  }
  return plainString(value, where, "purpose", "purpose.missing");
}

function isolation(value: Isolation, where: string): Isolation {
  if (value !== "dedicated") {
    refuse(
      "isolation.unavailable",
      where,
      `isolation must be "dedicated", got ${shown(value)}: shared roles are not available yet`,
    );
  }
  return value;
}
