import { fleet } from "../../../fleet";
import { restorableSeconds } from "../../../runtime/exchange/operator/restorable";
import { fleetView } from "../../../runtime/registry/fleet-view";
import type { DevelopmentPlatform } from "../development-platform";
import type { ReadyMadeCommand } from "../ready-made-command";
import { NEXT_LINE, quoted } from "../shell";
import type { Oversight } from "./oversight";

const AMBIT = "npm run --silent ambit --";
const REVISION = 1;
/** Shown first, where it runs */
const EXAMPLE = "support-triage";

/** How requests are decided and agents stopped from a terminal, for the agents that run here */
export function oversightCommands(platform: DevelopmentPlatform): readonly ReadyMadeCommand[] {
  const { oversight } = platform;
  if (oversight === undefined) return [];
  return [...deciding(platform, oversight), ...stopping(platform, oversight)];
}

/** For each group that is asked by a task of an agent that runs here */
function deciding(platform: DevelopmentPlatform, { people, idTokens }: Oversight): readonly ReadyMadeCommand[] {
  const running = fleet.agents.filter(({ name }) => platform.companions.has(name));
  const asked = running.flatMap(({ tasks }) => [...tasks.values()].flatMap(({ approval }) => approval?.group ?? []));
  return [...new Set(asked)].flatMap((group) => {
    const claim = people.approvers[group]?.claim;
    if (claim === undefined) return [];
    const at = [...exchange(platform), `--id-token-file ${quoted(idTokens.of(claim))}`];
    const command = (...words: readonly string[]): string => [`${AMBIT} ${words.join(" ")}`, ...at].join(NEXT_LINE);
    return [
      { name: `approvals ${group}`, what: "what waits for the group", command: command("approvals list") },
      {
        name: `approve ${group}`,
        what: "approves one: REQUEST is its id in the list",
        command: command("approve REQUEST"),
      },
      { name: `refuse ${group}`, what: "refuses it", command: command('refuse REQUEST --reason "not this one"') },
    ];
  });
}

function stopping(platform: DevelopmentPlatform, { people, idTokens }: Oversight): readonly ReadyMadeCommand[] {
  const names = [...platform.companions.keys()];
  const agent = names.includes(EXAMPLE) ? EXAMPLE : names[0];
  const [operators] = people.operators;
  if (agent === undefined || operators === undefined) return [];
  const at = [...exchange(platform), `--id-token ${quoted(idTokens.of(operators))}`];
  const view = fleetView(platform.document, REVISION);
  const minutes = Math.ceil(restorableSeconds(view, view.agentNamed(agent)) / 60);
  return [
    {
      name: `revoke ${agent}`,
      what: "stops it at its next call; exits with 3, as there is no AWS and no cluster here",
      command: [`${AMBIT} revoke agent ${agent} --reason "a test of the kill switch"`, ...at].join(NEXT_LINE),
    },
    {
      name: `restore ${agent}`,
      what: `lets it act again, from ${minutes} min after the stop on: what it was given before is good until then`,
      command: [`${AMBIT} restore agent ${agent} --exchange-only --reason "the test is over"`, ...at].join(NEXT_LINE),
    },
  ];
}

function exchange({ issuer, files }: DevelopmentPlatform): readonly string[] {
  return [`--exchange ${issuer}`, `--ca ${quoted(files.bundle)}`];
}
