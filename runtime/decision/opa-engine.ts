import type { DecisionInput, Verdict } from "../../domain";
import { type DecisionEngine, EngineError, soundVerdict } from "./engine";
import { type OpaConnection, opaConnection, type OpaServer } from "./opa-server";
import { post } from "./post";

export interface OpaEngineProps {
  readonly server: OpaServer;
  /**
   * Milliseconds for one decision, from opening a connection to the last byte; at most 10,000.
   *
   * @default 250
   */
  readonly timeoutMs?: number;
}

/** The only question that OPA is asked; `system.authz` refuses all others. */
export const DECISION_PATH = "/v1/data/ambit/decision/result";

const TIMEOUT_MS = { default: 250, most: 10_000 };
/** A verdict with every reason there is has a few thousand. */
const MOST_ANSWER_BYTES = 65_536;

/** Asks OPA, whose bundle has the rules and the fleet. A late, ambiguous or unsound answer is an error. */
export class OpaEngine implements DecisionEngine {
  public readonly name = "opa";
  private readonly connection: OpaConnection;
  private readonly timeoutMs: number;

  /** @throws Error for an address or a time that is not allowed */
  constructor({ server, timeoutMs = TIMEOUT_MS.default }: OpaEngineProps) {
    this.timeoutMs = checkedTimeout(timeoutMs);
    this.connection = opaConnection(server);
  }

  public async decide(input: DecisionInput): Promise<Verdict> {
    const answer = await this.asked(JSON.stringify({ input }));
    return soundVerdict(resultOf(answer), "OPA");
  }

  /** Close the connections that are kept. */
  public close(): void {
    this.connection.close();
  }

  private async asked(json: string): Promise<Buffer> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.timeoutMs);
    try {
      return await post({
        to: "OPA",
        secure: this.connection.secure,
        options: { ...this.connection.options(), path: DECISION_PATH },
        json,
        signal: late.signal,
        mostAnswerBytes: MOST_ANSWER_BYTES,
      });
    } catch (cause) {
      if (late.signal.aborted) {
        throw new EngineError("engine.timeout", `OPA must answer within ${this.timeoutMs} ms`, { cause });
      }
      throw new EngineError("engine.error", `asking OPA failed: ${(cause as Error).message}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Undefined if OPA has no such rule: the bundle has not arrived, or has no rules. */
function resultOf(answer: Buffer): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(answer);
    return (JSON.parse(text) as { readonly result?: unknown } | null)?.result;
  } catch (cause) {
    const what = `OPA's answer must be JSON in UTF-8: ${(cause as Error).message}`;
    throw new EngineError("engine.error", what, { cause });
  }
}

function checkedTimeout(value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= TIMEOUT_MS.most) return value;
  const must = `timeoutMs of OPA must be a whole number from 1 to ${TIMEOUT_MS.most}`;
  throw new Error(`${must}, got ${JSON.stringify(value)}`);
}
