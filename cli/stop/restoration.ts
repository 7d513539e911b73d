import type { Shown } from "../../runtime/exchange/operator/listed";
import { CliError, type Io, Outcome } from "../program";
import { printable } from "../terminal";
import { type OperatorInterface, OrderRefused } from "./operator-interface";
import { nameOf, type Target } from "./target";

const TOO_EARLY = 4;
/** Refused where the target was ordered stopped once more since the list was read */
const ORDERED_AGAIN = "restoration.ordered-again";

/**
 * The stop, where it may be restored now, by the times and the clock of the exchange. Its reason is shown: it may be another one than the
 * operator knows.
 *
 * @throws CliError, Outcome 4 if it is too early
 */
export async function restorable(io: Io, exchange: OperatorInterface, target: Target): Promise<Shown> {
  const name = nameOf(target);
  const stopped = await exchange.stopped(target).catch((error: unknown) => {
    throw new CliError((error as Error).message, { cause: error });
  });
  if (stopped === undefined) throw new CliError(`the exchange has not revoked ${name}: ${NOT_REVOKED[target.kind]}`);
  const { restorable_at: at, now } = stopped;
  if (at === undefined || now === undefined) {
    const fix = "update the exchange to this version";
    throw new CliError(`the exchange does not say when the ${target.kind} may be restored: ${fix}`);
  }
  io.err(printable(`ambit: ${name} is stopped since ${timeOf(stopped.revoked_at)}; ${latestOrder(stopped)}`) + "\n");
  if (now < at) {
    const because = "until then something that was given before the stop is good";
    io.err(printable(`ambit: ${name} cannot be restored before ${timeOf(at)}: ${because}`) + "\n");
    throw new Outcome(TOO_EARLY);
  }
  return stopped;
}

const NOT_REVOKED: Readonly<Record<string, string>> = {
  agent: "if AWS still denies it, revoke it at the exchange, wait, and restore it: then nothing from before comes back",
  user: "look whether subject and --issuer are those of the stop",
};

export interface LetAct {
  readonly target: Target;
  readonly reason: string;
  /** From the list */
  readonly last_ordered_at: number | undefined;
  /** What is so where the exchange refuses */
  readonly otherwise: string;
}

/** @throws CliError if the exchange does not let it act; with the latest order, where there is one that the operator has not seen */
export async function letAct(
  exchange: OperatorInterface,
  { target, reason, last_ordered_at, otherwise }: LetAct,
): Promise<void> {
  try {
    await exchange.restore({ ...target, reason, ...(last_ordered_at !== undefined && { last_ordered_at }) });
  } catch (error) {
    const isOrderedAgain = error instanceof OrderRefused && error.codes.includes(ORDERED_AGAIN);
    const newer = isOrderedAgain ? await newerOrder(exchange, target) : "";
    throw new CliError(`${otherwise}: ${(error as Error).message}${newer}`, { cause: error });
  }
}

/** Empty if the exchange does not answer: the message already says that it was ordered again. */
async function newerOrder(exchange: OperatorInterface, target: Target): Promise<string> {
  const stopped = await exchange.stopped(target).catch(() => undefined);
  return stopped === undefined ? "" : `; ${latestOrder(stopped)}`;
}

function latestOrder({ last_ordered_at, revoked_at, by, reason }: Shown): string {
  return `the latest order is of ${timeOf(last_ordered_at ?? revoked_at)}, by ${by}, because: ${reason}`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
