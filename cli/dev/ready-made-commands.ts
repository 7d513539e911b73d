import { ACCESS_TOKEN_URN, TOKEN_EXCHANGE_GRANT } from "../../runtime/exchange/token-answer";
import type { DevelopmentPlatform } from "./development-platform";

/** What a developer can paste into a shell */
export interface ReadyMadeCommand {
  readonly name: "aws" | "companion" | "delegation" | "refusal" | "token";
  readonly what: string;
  readonly command: string;
}

const TRIAGE = "support-triage";
const ANSWER = { task: "answer", start: "user" };
/** Without a program that not every machine has */
const TOKEN_ALONE = `sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p'`;

const NEXT_LINE = " \\\n  ";

export function readyMadeCommands(platform: DevelopmentPlatform): readonly ReadyMadeCommand[] {
  const user = userToken(platform, TRIAGE, "answer");
  const handed = tokenCommand(platform, TRIAGE, user, "exchange", { ...ANSWER, delegate: "researcher.lookup" });
  return [
    {
      name: "token",
      what: "support-triage answers a ticket for alice: a token for the tool zendesk",
      command: tokenCommand(platform, TRIAGE, user, "tool:zendesk", ANSWER),
    },
    {
      name: "delegation",
      what: "support-triage hands a look-up to researcher, which gets a token of its own: act has both",
      command: tokenCommand(platform, "researcher", `$(${handed} | ${TOKEN_ALONE})`, "tool:claude", {
        task: "lookup",
        start: "delegation",
      }),
    },
    {
      name: "companion",
      what: "the same as an agent sees it: from its companion",
      command: runCommand(platform, user),
    },
    aws(platform, user),
    {
      name: "refusal",
      what: "support-triage asks for a tool that its task does not grant",
      command: tokenCommand(platform, TRIAGE, user, "tool:payments", ANSWER),
    },
  ];
}

function aws(platform: DevelopmentPlatform, user: string): ReadyMadeCommand {
  const token = `${tokenCommand(platform, TRIAGE, user, "aws", ANSWER)} | ${TOKEN_ALONE}`;
  return {
    name: "aws",
    what: "AWS credentials for the data of the task answer",
    command: `${curl(platform, TRIAGE)} -X POST ${platform.issuer}/aws/credentials -H "authorization: Bearer $(${token})"`,
  };
}

/** @param subject as it stands in double quotes of a shell */
function tokenCommand(
  platform: DevelopmentPlatform,
  agent: string,
  subject: string,
  audience: string,
  details: object,
): string {
  return [
    `${curl(platform, agent)} ${platform.issuer}/token`,
    `-d grant_type=${TOKEN_EXCHANGE_GRANT}`,
    `-d subject_token_type=${ACCESS_TOKEN_URN}`,
    `-d "subject_token=${subject}"`,
    `-d audience=${audience}`,
    `--data-urlencode 'authorization_details=${JSON.stringify([{ type: "ambit_task", ...details }])}'`,
  ].join(NEXT_LINE);
}

function runCommand(platform: DevelopmentPlatform, user: string): string {
  const [before = "", after = ""] = JSON.stringify({ ...ANSWER, audience: "tool:zendesk", evidence: "|" }).split("|");
  return [
    `curl -sS ${platform.companion}/v1/runs -H 'content-type: application/json'`,
    `-d '${before}'"${user}"'${after}'`,
  ].join(NEXT_LINE);
}

function userToken({ files, issuers }: DevelopmentPlatform, agent: string, task: string): string {
  return `$(curl -sS --cacert ${quoted(files.bundle)} ${issuers.userIssuer}/token -d agent=${agent} -d task=${task})`;
}

function curl({ files }: DevelopmentPlatform, agent: string): string {
  const [bundle, certificate, key] = [files.bundle, files.certificate(agent), files.key(agent)].map(quoted);
  return `curl -sS --cacert ${bundle} --cert ${certificate} --key ${key}`;
}

/** For a shell */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
