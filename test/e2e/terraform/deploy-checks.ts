import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Check, Suite } from "../harness/suite";
import { Skipped } from "../harness/suite";
import { checkAgentRoles } from "./account/domain";
import { readPasswords } from "./account/database";
import { same } from "./account/expected";
import { rehearsedPlatform, STACKS, synthesize } from "./app";
import { exampleFleet } from "./fleets";
import { done, type Ended, ended } from "./beside";
import type { Command } from "./command-checks";
import { awsProvider, ownSettings } from "./providers";
import { secretsIn } from "./passwords";
import {
  addresses,
  isKubernetes,
  NOT_IN_MOTO,
  referencesToKubernetes,
  type Synthesized,
  synthesizedStack,
} from "./rehearsal";
import { type Engine, engineOf } from "./terraform";
import { makeWorld, nothingIsLeft, type World } from "./world";
import { type StackName, Workspaces } from "./workspaces";

/** What a rehearsal on one engine begins with */
export interface Started {
  readonly world: Check<World>;
  readonly folder: string;
  /** Where the example fleet was synthesized to */
  readonly outdir: Check<string>;
  readonly workspaces: Check<Workspaces>;
}

/** What it has when everything is deployed */
export interface Deployed extends Started {
  /** The stack of SPIRE was applied */
  readonly spire: Check<void>;
  /** The stack of the control plane was applied, and the foundation before it */
  readonly control: Check<void>;
  /** The stack of the agents was applied */
  readonly agents: Check<void>;
  /** The last stack was applied */
  readonly starters: Check<void>;
}

/** An empty account, and the example fleet in folders in which one engine works. */
export function startChecks(
  suite: Suite,
  name: Engine["name"],
  folder: string,
  binary: Check<string>,
  python: Check<string>,
): Started {
  mkdirSync(folder);
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: ${text}`, needs, act);

  const engine = check("starts", [binary], async ([path], note) => {
    const started = await engineOf(name, path, ownSettings(folder, undefined));
    note(`version ${started.version}`);
    return started;
  });
  const world = check("an account stands in moto, with a network", [python], ([path]) =>
    makeWorld(path, (act) => suite.afterwards(act)),
  );
  const outdir = check("the example fleet synthesizes", [world], ([{ network }]) =>
    synthesize(join(folder, "out"), { network, fleet: exampleFleet }),
  );
  const apart = check("no resource of AWS reads one of Kubernetes, which is left out", [outdir], ([out]) => {
    same(
      STACKS.flatMap((stack) => referencesToKubernetes(synthesizedStack(out, stack))),
      [],
      "references",
    );
  });
  const source = check("the AWS provider is found", [engine, outdir], async ([{ binary: path }, out], note) => {
    const wanted = wantedVersion(synthesizedStack(out, "foundation"));
    const found = await awsProvider(wanted, path, folder);
    const where = found.mirror === undefined ? "the registry" : "a filesystem mirror";
    note(`${found.version} from ${where}${found.version === wanted ? "" : `, instead of ${wanted}: the copy says so`}`);
    return found;
  });
  const workspaces = check(
    "init",
    [engine, source, world, outdir, apart],
    async ([anEngine, aSource, aWorld, out], note) => {
      const made = new Workspaces(anEngine, aSource, aWorld, folder, out);
      await Promise.all(made.stacks.map((stack) => made.of(stack).init()));
      for (const stack of made.stacks) noteKubernetes(stack, out, note);
      return made;
    },
  );
  return { world, folder, outdir, workspaces };
}

/** From the empty account to the example fleet, stack by stack. */
export function deployChecks(suite: Suite, name: Engine["name"], started: Started): Deployed {
  const { world, outdir, workspaces } = started;
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: ${text}`, needs, act);

  const apply = (stack: StackName, needs: readonly Check[]): Check<void> =>
    check(
      `${stack} applies, and a second plan is empty`,
      [workspaces, outdir, ...needs] as const,
      async ([made, out], note) => {
        if (!made.stacks.includes(stack)) throw new Skipped(onlyKubernetes(stack, out));
        const copy = made.use(stack, out);
        await made.of(stack).apply();
        await made.of(stack).planIsEmpty();
        noteIgnored(copy, note);
      },
    );
  const foundation = apply("foundation", []);
  const starting = begunBeside(check, workspaces, outdir, foundation);
  const spire = apply("spire", [foundation]);
  const trust = apply("trust", []);
  // It reads the public half of the policy key.
  const control = apply("control", [foundation]);
  const agents = apply("agents", [foundation, spire, trust]);
  const starters = check(
    "starters applies, and a second plan is empty",
    [workspaces, starting, agents],
    async ([made, { copy, applying }], note) => {
      await done(applying);
      await made.of("starters").planIsEmpty();
      noteIgnored(copy, note);
    },
  );

  check(
    "read back: every agent role is what its declaration says",
    [world, agents],
    async ([{ connection, network }], note) => {
      const roles = await checkAgentRoles(connection, exampleFleet, rehearsedPlatform({ network }));
      note(roles.join(", "));
    },
  );
  check(
    "no state holds a password or another secret",
    [world, workspaces, starters],
    async ([{ connection }, made]) => {
      const passwords = await readPasswords(connection);
      if (passwords.length !== 1) throw new Error(`the account must hold one password, got ${passwords.length}`);
      for (const stack of made.stacks) {
        const states = made.of(stack).states();
        if (states.length === 0) throw new Error(`stack ${stack} must have a state`);
        for (const state of states) same(secretsIn(state, passwords), [], `secrets in the state of ${stack}`);
      }
      const [state = ""] = made.of("spire").states();
      const found = [
        state.replace('"master_password": null', '"master_password": "x"'),
        state.replace('"spire_admin"', JSON.stringify(passwords[0])),
      ].map((leaking) => secretsIn(leaking, passwords).length);
      same(found, [1, 1], "secrets found in a state that does hold one");
    },
  );
  return { ...started, spire, control, agents, starters };
}

/** The provider waits half a minute for each change of a queue, so other stacks are applied meanwhile. */
function begunBeside(
  check: Suite["check"],
  workspaces: Check<Workspaces>,
  outdir: Check<string>,
  foundation: Check<void>,
): Check<{ readonly copy: Synthesized; readonly applying: Promise<Ended> }> {
  return check("starters is applied, beside what follows", [workspaces, outdir, foundation], ([made, out]) => {
    const copy = made.use("starters", out);
    return { copy, applying: ended(made.of("starters").apply()) };
  });
}

/** Everything is destroyed by the command, and the account is empty again. */
export function destroyChecks(
  suite: Suite,
  name: Engine["name"],
  { world, starters }: Deployed,
  command: Command,
): void {
  const gone = suite.check(
    `${name}: ambit deploy --destroy works in reverse order`,
    [command.folder, command.published, starters],
    async ([deploy]) => {
      const { code, events, tail } = await deploy("--destroy");
      if (code !== 0) throw new Error(`it ended with ${code}:\n${tail}`);
      const destroyed = events.filter(({ event }) => event === "stack");
      same(
        destroyed.map(({ stack, result }) => `${stack} ${result}`),
        [...STACKS].reverse().map((stack) => `${stack} destroyed`),
        "stacks",
      );
    },
  );
  suite.check(`${name}: nothing is left in the account`, [world, gone], ([aWorld], note) =>
    nothingIsLeft(aWorld, note),
  );
}

/** Say what a later plan does not compare. */
export function noteIgnored({ resource = {} }: Synthesized, note: (text: string) => void): void {
  for (const type of Object.keys(resource)) {
    for (const [attribute, why] of Object.entries(NOT_IN_MOTO.ignored[type] ?? {})) {
      note(`applied, not compared afterwards: ${type} ${attribute} (${why})`);
    }
  }
}

function wantedVersion({ terraform }: Synthesized): string {
  return String(terraform.required_providers.aws?.version);
}

function noteKubernetes(stack: StackName, outdir: string, note: (text: string) => void): void {
  const left = addresses(synthesizedStack(outdir, stack)).filter(isKubernetes).length;
  if (left > 0) note(`${stack}: ${left} Kubernetes resources are left out: that provider and a cluster are not here`);
}

function onlyKubernetes(stack: StackName, outdir: string): string {
  const count = addresses(synthesizedStack(outdir, stack)).length;
  return `its ${count} resources are all of Kubernetes: that provider and a cluster are not here`;
}
