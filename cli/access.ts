import { Command } from "commander";
import type { AccessIn } from "../review/access/access-in";
import type { Question } from "../review/access/question";
import type { PrincipalAnswers } from "../review/access/report/answer-text";
import type { Estate } from "../review/read/resource";
import type { TerminalOptions } from "../review/report/review-text";
import { type Io, UsageError } from "./program";
import { withFolders } from "./read-folder";

const HELP = `
The folder is the output of synth (cdktf.out), or any folder with Terraform JSON; no code in it is run, and no credentials are
needed. Name an agent by its name, and other principals by their Terraform address; a role's ARN will do.

Without a principal, one line is printed for each. Policies that cannot be read count as unknown: they may allow anything.

A question is about one request. A condition key that is not given is absent, except those that the exchange sets when it
gives an agent its session: source identity, session tags, and the endpoints and account of the platform. They are listed.

Examples:
  ambit access cdktf.out
  ambit access cdktf.out support-triage
  ambit access cdktf.out support-triage --may s3:GetObject --on arn:aws:s3:::acme-kb/a --where aws:SourceVpc=vpc-1
  ambit access cdktf.out --may dynamodb:DeleteItem --on arn:aws:dynamodb:eu-central-1:111122223333:table/orders

Exit codes: 0 answered, with any verdict; 1 failed, or the folder cannot be read; 64 usage error, or no such principal.`;

interface Flags {
  readonly json?: true;
  readonly may?: string;
  readonly on?: string;
  readonly where?: readonly string[];
  readonly as?: string;
  readonly bare?: true;
}

/** Names that an error shows */
const MOST_NAMES = 5;

export function accessCommand(io: Io): Command {
  return new Command("access")
    .summary("everything that an agent can reach, and the policies that allow it")
    .description("List what all principals, or one, can reach by each path, and the statements that allow it.")
    .argument("<dir>", "what synth wrote")
    .argument("[principal]", "an agent, or the address or ARN of a role")
    .option("--json", "print everything as JSON")
    .option("--may <action>", "ask whether this is allowed, such as s3:GetObject")
    .option("--on <resource>", "on this resource; * for actions that have none")
    .option("--where <key=value...>", "where these condition keys of the request have these values")
    .option("--as <path>", "by this path only, such as 'task answer'")
    .option("--bare", "take no condition key for given that the exchange sees to")
    .addHelpText("after", HELP)
    .action(async (dir: string, principal: string | undefined, flags: Flags) => {
      const question = questionOf(flags);
      const access = await readAccess(dir);
      const id = principal === undefined ? undefined : await idOf(access, principal, dir);
      if (question !== undefined) return answer(access, id, question, flags, io);
      return id === undefined ? all(access, flags, io) : one(access, id, flags, io);
    });
}

async function readAccess(dir: string): Promise<AccessIn> {
  const { AccessIn } = await import("../review/access/access-in");
  return withFolders([dir], ([estate]) => new AccessIn(estate as Estate));
}

async function idOf(access: AccessIn, called: string, dir: string): Promise<string> {
  const id = access.idOf(called);
  if (id !== undefined) return id;
  const { nearest } = await import("../domain/nearest");
  const names = access.principals.map((principal) => principal.id);
  const more = names.length > MOST_NAMES ? `, or another of ${names.length}` : "";
  const fix =
    names.length === 0 ? "it has no principals" : `name one of ${nearest(called, names, MOST_NAMES).join(", ")}${more}`;
  throw new UsageError(`no principal ${JSON.stringify(called)} in ${dir}: ${fix}`);
}

async function one(access: AccessIn, id: string, { json }: Flags, io: Io): Promise<void> {
  const found = access.of(id);
  if (json === true) {
    const { accessJson } = await import("../review/access/report/access-json");
    return io.out(accessJson(found, access.unknown));
  }
  const { accessText } = await import("../review/access/report/access-text");
  io.out(accessText(found, access.unknown, await terminal()));
}

async function all(access: AccessIn, { json }: Flags, io: Io): Promise<void> {
  const { summaryOf } = await import("../review/access/summary");
  const rows = access.principals.map(({ id }) => summaryOf(access.of(id)));
  if (json === true) {
    const { tableJson } = await import("../review/access/report/access-json");
    return io.out(tableJson(rows, access.unknown));
  }
  const { tableText } = await import("../review/access/report/access-table");
  io.out(tableText(rows, access.unknown, await terminal()));
}

async function answer(
  access: AccessIn,
  id: string | undefined,
  question: Question,
  { as, bare, json }: Flags,
  io: Io,
): Promise<void> {
  const { answersOf } = await import("../review/access/question");
  const { pathText } = await import("../review/reach/aws/words");
  const asked = id === undefined ? access.principals.map((principal) => principal.id) : [id];
  const answered = asked.flatMap((name): readonly PrincipalAnswers[] => {
    const ways = access.waysOf(name);
    if (ways === undefined) return id === undefined ? [] : [{ id: name, answers: [] }];
    const paths = as === undefined ? ways.paths : ways.paths.filter((path) => pathText(path) === as);
    if (as !== undefined && paths.length === 0 && id !== undefined) {
      const names = ways.paths.map((path) => JSON.stringify(pathText(path))).join(", ");
      throw new UsageError(`--as must be a path of ${name}, got ${JSON.stringify(as)}: name one of ${names}`);
    }
    return paths.length === 0 ? [] : [{ id: name, answers: answersOf({ ...ways, paths }, question, bare) }];
  });
  if (json === true) {
    const { answersJson } = await import("../review/access/report/access-json");
    return io.out(answersJson(question, answered));
  }
  const { answersText } = await import("../review/access/report/answer-text");
  io.out(answersText(question, answered, await terminal()));
}

function questionOf({ may, on, where = [], as, bare }: Flags): Question | undefined {
  if (may === undefined) {
    const lonely = [
      ["--on", on],
      ["--where", where[0]],
      ["--as", as],
      ["--bare", bare],
    ].find(([, value]) => value !== undefined);
    if (lonely !== undefined) throw new UsageError(`${lonely[0]} belongs to a question: give --may <action> too`);
    return undefined;
  }
  if (!/^[\w-]+:\w+$/.test(may)) {
    throw new UsageError(`--may must be one action, such as s3:GetObject, got ${JSON.stringify(may)}`);
  }
  if (on === undefined) throw new UsageError("--may needs --on <resource>; * for actions that have none");
  if (on !== "*" && /[*?]/.test(on)) {
    throw new UsageError(`--on must be one resource, got ${JSON.stringify(on)}: write one that it stands for`);
  }
  return { action: may, resource: on, keys: keysOf(where) };
}

/** A key that is given again has several values. */
function keysOf(where: readonly string[]): Question["keys"] {
  const keys = new Map<string, string[]>();
  for (const each of where) {
    const at = each.indexOf("=");
    if (at < 1) throw new UsageError(`--where must be <key>=<value>, got ${JSON.stringify(each)}`);
    const [key, value] = [each.slice(0, at), each.slice(at + 1)];
    const known = keys.get(key);
    if (known === undefined) keys.set(key, [value]);
    else known.push(value);
  }
  return Object.fromEntries(keys);
}

async function terminal(): Promise<TerminalOptions> {
  const { bold, columns, dim, green, red, yellow } = await import("./terminal");
  return { columns: columns(), paint: { bold, dim, green, red, yellow } };
}
