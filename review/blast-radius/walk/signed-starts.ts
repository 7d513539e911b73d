import { own } from "../../../domain";
import { valuesOf } from "../../../iam";
import { Glob } from "../../../iam/sets/glob";
import { isOfKey, mayBeRightOn, namesOfAlias } from "../../reach/aws/key-policies";
import type { Registry } from "../../reach/declared/registry";
import { ACTIVE } from "../../reach/kubernetes/labels";
import type { Estate } from "../../read/resource";
import type { AwsRight } from "./aws-permissions";
import { type DeclaredReach, declaredWork } from "./declared-reach";
import { type Certainty, type Lifetime, type ReachedThing, type Step, through } from "../blast-radius";

const SIGN = "kms:Sign";

/** A task that starts by a token signed with one of these keys */
interface SignedStart {
  readonly agent: string;
  readonly task: string;
  readonly alias: string;
  /** All names of the key in statements; empty if the configuration does not hold it */
  readonly names: readonly string[];
}

/** Tasks that a principal with a right to sign by a starter's key starts, as often and with any input as it likes */
export class SignedStarts {
  private readonly starts: readonly SignedStart[];

  constructor(
    private readonly registry: Registry | undefined,
    estate: Estate,
  ) {
    this.starts = registry === undefined ? [] : startsIn(registry, estate);
  }

  /** What agents do once started by a principal that holds these rights in AWS */
  public behind(rights: readonly AwsRight[]): readonly DeclaredReach[] {
    const { registry } = this;
    if (registry === undefined || this.starts.length === 0) return [];
    return rights.filter(maySign).flatMap(({ pair, opens }) =>
      this.starts.flatMap((start) => {
        const key = keyCertainty(pair, start);
        return key === undefined ? [] : [startedWork(registry, start, opens, key)];
      }),
    );
  }
}

function startsIn({ trust, agents }: Registry, estate: Estate): readonly SignedStart[] {
  return trust.starters.flatMap(({ kms = [], tasks = [], starts }) =>
    kms.flatMap((alias) => {
      const names = namesOfAlias(estate, alias);
      return tasks.flatMap((target): readonly SignedStart[] => {
        const [agent = "", task = ""] = target.split(".");
        const entry = own(agents, agent);
        const startedBy: readonly string[] = own(entry?.tasks, task)?.startedBy ?? [];
        const isStarted = entry?.state === ACTIVE && starts.some((start) => startedBy.includes(start));
        return isStarted ? [{ agent, task, alias, names }] : [];
      });
    }),
  );
}

function maySign({ pair: { action, kinds, statement } }: AwsRight): boolean {
  const { Action, NotAction } = statement.statement;
  const isSigning = (pattern: string) => Glob.of(pattern, "action").matches(SIGN);
  switch (kinds.action) {
    case "pattern":
      return isSigning(action);
    case "rest":
      return !valuesOf(NotAction ?? []).some(isSigning);
    case "several":
      return valuesOf(Action ?? []).some(isSigning);
  }
}

/** Undefined if the right is on another key. For more than one resource the key is only possible. */
function keyCertainty(pair: AwsRight["pair"], { alias, names }: SignedStart): Certainty | undefined {
  const { resource } = pair;
  const isPattern = pair.kinds.resource !== "pattern" || /[*?]/.test(resource);
  if (names.some((name) => mayBeOn(pair, name)) && !names.some((name) => excludes(pair, name))) {
    return isPattern ? { unknown: `whether ${resource} opens the key of ${alias} too is not known` } : {};
  }
  if (names.length > 0 || (!isPattern && resource.includes("${"))) return undefined;
  return {
    unknown: `whether ${resource} is the key of ${alias} is not known: the configuration does not hold that key`,
  };
}

function mayBeOn({ resource, kinds, statement }: AwsRight["pair"], name: string): boolean {
  switch (kinds.resource) {
    case "pattern":
      return mayBeRightOn(resource, name);
    case "rest":
      return true;
    case "several":
      return valuesOf(statement.statement.Resource ?? []).some((pattern) => mayBeRightOn(pattern, name));
  }
}

/** Whether NotResource certainly names the key, by one of its names */
function excludes({ statement: { statement } }: AwsRight["pair"], name: string): boolean {
  return valuesOf(statement.NotResource ?? []).some((pattern) => isOfKey(pattern, name) === true);
}

function startedWork(registry: Registry, { agent, task, alias }: SignedStart, right: ReachedThing, key: Certainty) {
  const step: Step = { how: "start", to: agent, what: `signs with ${alias} → ${agent}.${task}` };
  const route = [...right.route, step];
  const certainty = through(right.unknown, key);
  const { reached, identities, isWhole } = declaredWork(registry, agent, task);
  return {
    reached: reached.map((one): ReachedThing => {
      const behind = { hop: one.hop + route.length, route: [...route, ...one.route] };
      return {
        ...one,
        ...behind,
        lasting: startedBefore(right.lasting, one.lasting),
        ...through(certainty.unknown, one),
      };
    }),
    identities: [
      { name: agent, kind: "agent" as const, how: "works for it" as const, hop: route.length, route, ...certainty },
      ...identities.map((one) => ({
        ...one,
        hop: one.hop + route.length,
        route: [...route, ...one.route],
        ...through(certainty.unknown, one),
      })),
    ],
    isWhole,
  };
}

/** It signs until its own credentials end; its last run then continues. */
function startedBefore(signing: Lifetime, run: Lifetime): Lifetime {
  const { seconds, because } = signing;
  return {
    ...signing,
    seconds: seconds === undefined || run.seconds === undefined ? undefined : seconds + run.seconds,
    because: `${because}, then what it started: ${run.because}`,
  };
}
