import { SECRET_ARN } from "../../domain";

/** Where the secrets of the exchange must be, so that it reaches them */
export interface SecretReach {
  readonly region: string;
  readonly accounts: readonly string[];
}

/** What is wrong with the ARN of a secret that the exchange reads; undefined if it is valid */
export function secretProblem(arn: string, { region, accounts }: SecretReach): string | undefined {
  const [, of, account] = SECRET_ARN.exec(arn) ?? [];
  if (of === undefined || account === undefined) return "must be the ARN of a secret with its last six characters";
  if (of === region && accounts.includes(account)) return undefined;
  return `must be in ${region} and in one of the accounts ${accounts.join(", ")}: others are not reached`;
}
