import { JWT } from "../../support/exchange/served-exchange";
import type { InUse } from "./identity-checks";
import { ISSUER } from "./issuer";
import { type Answered, tokenOf } from "./real-agent";
import { RealChain } from "./real-chain";

/** Above the 60 s by which an issuer's clock may be ahead, with room for a slow machine */
const FAR_AHEAD_SECONDS = 120;

export type Refused = readonly [what: string, answer: Answered, code: string];

/** What every agent of a chain tries, and is refused with */
export async function delegationRefusals(used: InUse): Promise<readonly Refused[]> {
  const chain = new RealChain(used.world, used.exchange, "eve");
  const hand = async () => tokenOf(await chain.byUser("lead", "exchange", { detail: { delegate: "second.work" } }));
  const passing = { detail: { delegate: "third.finish" } };
  const passed = tokenOf(await chain.delegated("second", await hand(), "work", "exchange", passing));
  const handed = await hand();
  return [
    ...(await ofEdges(chain, handed, passed)),
    ...(await ofAgents(used, chain, handed, passed)),
    ...(await ofEvidence(used, chain, handed)),
  ];
}

async function ofEdges(chain: RealChain, handed: string, passed: string): Promise<readonly Refused[]> {
  const to = (delegate: string) => ({ detail: { delegate } });
  const scope = (wanted: string) => ({ form: { scope: wanted } });
  const plain = tokenOf(await chain.byUser("shallow", "exchange", to("second.plain")));
  const deep = tokenOf(await chain.delegated("second", plain, "plain", "exchange", to("third.alone")));
  const work = (audience: string | readonly string[], more = {}) =>
    chain.delegated("second", handed, "work", "tool:notes", { form: { audience }, ...more });
  return [
    ["an undeclared edge", await chain.byUser("lead", "exchange", to("third.finish")), "delegation.undeclared"],
    ["to an unknown agent", await chain.byUser("lead", "exchange", to("unknown.nothing")), "delegation.undeclared"],
    [
      "an edge back",
      await chain.delegated("second", handed, "work", "exchange", to("first.lead")),
      "delegation.undeclared",
    ],
    [
      "an edge of the last",
      await chain.delegated("third", passed, "finish", "exchange", to("second.work")),
      "audience.not-granted",
    ],
    ["a chain that is too deep", await chain.delegated("third", deep, "alone", "tool:board"), "delegation.too-deep"],
    [
      "wider scope",
      await chain.delegated("second", handed, "work", "tool:notes", scope("read write")),
      "scope.too-wide",
    ],
    [
      "wider scope at the end",
      await chain.delegated("third", passed, "finish", "tool:notes", scope("write")),
      "scope.too-wide",
    ],
    ["a tool that the edge leaves out", await work("tool:board"), "delegation.widened"],
    [
      "a tool outside of the task",
      await chain.delegated("third", passed, "finish", "tool:board"),
      "audience.not-granted",
    ],
    ["a wrong audience", await work("https://notes.acme.example"), "audience.malformed"],
    ["two audiences in one", await work("tool:notes tool:board"), "audience.malformed"],
    ["several audiences", await work(["tool:notes", "tool:board"]), "audience.malformed"],
    ["AWS, which is not granted", await work("aws"), "audience.not-granted"],
  ];
}

async function ofAgents(
  { world, exchange }: InUse,
  chain: RealChain,
  handed: string,
  passed: string,
): Promise<readonly Refused[]> {
  const tool = await chain.delegated("third", passed, "finish", "tool:notes");
  const [{ run }] = tool.json.authorization_details as readonly [{ readonly run: string }];
  const goesOn = await world.as("second").token(exchange, "tool:notes", { task: "work", run });
  return [
    ["another agent's SVID", await chain.delegated("third", handed, "finish", "tool:notes"), "evidence.other-agent"],
    ["the one before's token", await chain.delegated("second", passed, "work", "tool:notes"), "evidence.other-agent"],
    ["another's task", await chain.delegated("third", handed, "work", "tool:notes"), "task.undeclared"],
    ["another of its tasks", await chain.delegated("second", handed, "plain", "tool:board"), "evidence.other-task"],
    ["the delegator itself", await chain.delegated("first", handed, "lead", "tool:notes"), "start.undeclared"],
    [
      "the SVID of an undeclared agent",
      await chain.delegated("stranger", handed, "work", "tool:notes"),
      "agent.unknown",
    ],
    ["a tool's token", await chain.delegated("second", tokenOf(tool), "work", "tool:notes"), "parent.not-exchangeable"],
    ["another agent's run", goesOn, "run.unknown"],
  ];
}

async function ofEvidence({ world, exchange }: InUse, chain: RealChain, handed: string): Promise<readonly Refused[]> {
  const claimed = (task: string, start: string) =>
    world.as(start === "delegation" ? "second" : "first").token(exchange, "tool:notes", { task, start });
  const byUser = (evidence: string, form = {}) => chain.byUser("lead", "tool:notes", { form }, evidence);
  const started = chain.startToken("lead");
  tokenOf(await chain.scheduled("lead", "tool:notes", started));
  const proof = world.as("second").dpop.proof("POST", `${ISSUER}/token`);
  const proven = () => chain.delegated("second", handed, "work", "tool:notes", { asked: { by: "jwt-svid", proof } });
  tokenOf(await proven());
  world.clock.ahead = FAR_AHEAD_SECONDS;
  const early = chain.userToken("lead");
  world.clock.ahead = 0;
  return [
    ["a delegation without evidence", await claimed("work", "delegation"), "evidence.missing"],
    ["a user's start without evidence", await claimed("lead", "user"), "evidence.missing"],
    ["a schedule without evidence", await claimed("lead", "schedule"), "evidence.missing"],
    ["a start by itself", await chain.byItself("lead", "tool:notes"), "start.undeclared"],
    ["a start token again", await chain.scheduled("lead", "tool:notes", started), "evidence.replayed"],
    ["a proof again", await proven(), "dpop.replayed"],
    ["a parent token again", await chain.delegated("second", handed, "work", "tool:notes"), "evidence.replayed"],
    ["another agent's user token", await byUser(chain.userToken("lead", "second")), "evidence.other-agent"],
    ["another task's user token", await byUser(chain.userToken("shallow")), "evidence.other-task"],
    ["a parent token as a user's", await byUser(handed), "evidence.issuer-unknown"],
    [
      "a user's token as a parent's",
      await chain.delegated("second", chain.userToken("lead"), "work", "tool:notes"),
      "evidence.issuer-unknown",
    ],
    [
      "a changed parent token",
      await chain.delegated("second", `${handed}AAAA`, "work", "tool:notes"),
      "evidence.signature",
    ],
    ["a user's token of the future", await byUser(early), "evidence.from-future"],
    [
      "a user's token as a starter's",
      await chain.scheduled("lead", "tool:notes", chain.userToken("lead")),
      "evidence.issuer-unknown",
    ],
    ["a JWT that is none", await byUser("none", { subject_token_type: JWT }), "evidence.malformed"],
  ];
}
