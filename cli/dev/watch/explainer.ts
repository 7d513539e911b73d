import {
  type About,
  type DecisionInput,
  COMPANION_REASONS,
  EXCHANGE_REASONS,
  type Fleet,
  GATEWAY_REASONS,
  own,
  type PolicyDocument,
  REASONS,
  type SourceLine,
  sourceOf,
} from "../../../domain";
import { type Asked, askedIn } from "../../asked";
import { cedarDecider } from "../../decide";
import { type Decide, explain, type Explained, type ExplainedChange } from "../../explain/explained";
import type { Synthesized } from "../../synthesized";
import type { ReasonSeen, RemedySeen } from "./events";

export interface Told {
  readonly reasons: readonly ReasonSeen[];
  readonly remedy?: RemedySeen;
}

/** Of the registry that `npm run dev` signs */
const REVISION = 1;

/** Says of a refusal what `ambit explain` would say of it */
export class Explainer {
  private readonly synthesized: Synthesized;
  private readonly decide: Decide;

  constructor(fleet: Fleet, policy: PolicyDocument, onFailure: (because: string) => void) {
    this.synthesized = { folder: "fleet", policy, placeOf: (about) => placeIn(fleet, about) };
    this.decide = cedarDecider({ out: () => undefined, err: onFailure });
  }

  /** Of a call on which the policy decided */
  public ofCall(input: DecisionInput, codes: readonly string[]): Promise<Told> {
    return this.of({ input, masked: [] }, codes);
  }

  /** Of a line of the exchange's log */
  public ofLine(line: Readonly<Record<string, unknown>>, codes: readonly string[]): Promise<Told> {
    return this.of(askedIn(line), codes);
  }

  /** Of what no policy was asked about */
  public ofCodes(codes: readonly string[]): Told {
    return { reasons: codes.map(reasonOf) };
  }

  private async of(asked: Asked, codes: readonly string[]): Promise<Told> {
    const { decide } = this;
    const explained = await explain(asked, this.synthesized, REVISION, { name: "cedar", first: decide, again: decide });
    // The policy does not explain refusals by the exchange or the gateway itself.
    const isSame = codes.every((code) => explained.reasons.some((reason) => reason.code === code));
    if (!isSame || asked.input === undefined) return this.ofCodes(codes);
    const reasons = explained.reasons.map(({ code, what, declared }) => ({
      ...reasonOf(code),
      what,
      ...(declared?.source && { declared: `${declared.source.file}:${declared.source.line}` }),
    }));
    return { reasons, ...(explained.remedy !== null && { remedy: remedyOf(explained.remedy) }) };
  }
}

function remedyOf(remedy: NonNullable<Explained["remedy"]>): RemedySeen {
  const changes = remedy.changes.map(changeText);
  if (remedy.possible) return { possible: true, changes, because: [] };
  return { possible: false, changes, because: remedy.because.map(({ code, why }) => `${code}: ${why}`) };
}

function changeText({ text, place, by, caution }: ExplainedChange): string {
  const source = place?.source;
  return [
    text,
    ...(source ? [` (${source.file}:${source.line})`] : []),
    ...(by === null ? [] : [`, by ${by} only`]),
    ...(caution === null ? [] : [`; but ${caution}`]),
  ].join("");
}

function reasonOf(code: string): ReasonSeen {
  const known =
    own(REASONS, code) ?? own(EXCHANGE_REASONS, code) ?? own(GATEWAY_REASONS, code) ?? own(COMPANION_REASONS, code);
  const { what, fix } = known ?? { what: "a rule that this version does not know refused", fix: "" };
  return { code, what, fix };
}

function placeIn({ agents, tools, datasets }: Fleet, about: About): SourceLine | undefined {
  const [among, name] =
    "agent" in about ? [agents, about.agent] : "tool" in about ? [tools, about.tool] : [datasets, about.dataset];
  const declared = (among as readonly { readonly name: string }[]).find((each) => each.name === name);
  return declared && sourceOf(declared);
}
