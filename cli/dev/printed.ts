import { bold, dim } from "../terminal";
import type { DevelopmentPlatform } from "./development-platform";
import type { ReadyMadeCommand } from "./ready-made-command";

/** What runs where, and what to type, for people */
export function commandsText(
  platform: DevelopmentPlatform,
  commands: readonly ReadyMadeCommand[],
  page: string | undefined,
): string {
  const { gateway, users, oversight } = platform;
  const head = [
    ...(page === undefined
      ? []
      : [`${bold("page")}       ${page}/ (open it in a browser: talk to an agent, and watch)`]),
    ...(oversight === undefined
      ? []
      : [
          `${bold("approvals")}  ${oversight.page}/ (its certificate is of development: your browser warns)`,
          `${bold("people")}     ${oversight.idTokens.folder}: a file each with an ID token of a member of ${oversight.idTokens.groups.join(", ")}`,
        ]),
    `${bold("exchange")}   ${platform.issuer}`,
    ...(gateway === undefined ? [] : [`${bold("gateway")}    ${gateway.url} (${gateway.by})`]),
    ...(gateway?.lacks === undefined ? [] : [dim(`           ${gateway.lacks}`)]),
    ...(gateway === undefined ? [] : [`${bold("tools")}      ${toolsText(gateway.standIns?.address)}`]),
    ...(users?.agents ?? []).map((agent) => `${bold("serves")}     ${agent} at ${usersUrl(agent, users)}`),
    ...[...platform.companions].map(([agent, url]) => `${bold("companion")}  ${url} (${agent})`),
    `${bold("folder")}     ${platform.files.folder}`,
    dim("for development only: it gives SVIDs and users' tokens to every process on this machine"),
  ];
  const each = commands.map(({ name, what, command }) => `${bold(name)}: ${what}\n${command}`);
  return `${[head.join("\n"), ...each].join("\n\n")}\n`;
}

export function commandsAsJson(
  platform: DevelopmentPlatform,
  commands: readonly ReadyMadeCommand[],
  page: string | undefined,
): string {
  const { issuer, companions, files, gateway, users, oversight } = platform;
  const told = {
    exchange: issuer,
    page: page ?? null,
    approvals: oversight?.page ?? null,
    gateway: gateway && { url: gateway.url, by: gateway.by, standIns: gateway.standIns?.address ?? null },
    users: users && { ...users },
    companions: Object.fromEntries(companions),
    folder: files.folder,
    commands,
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

function usersUrl(agent: string, users: DevelopmentPlatform["users"]): string {
  return `https://${agent}.${users?.domain}, which is port ${users?.port} here`;
}

function toolsText(standIns: string | undefined): string {
  return standIns === undefined
    ? "their real hosts: what you call takes effect"
    : `stand-ins at ${standIns}: they answer with what they were sent`;
}
