import type { User } from "../../../domain";

/** Who gives an order, authenticated */
export type Operator =
  /** Of the platform's operators */
  | {
      readonly kind: "person";
      readonly user: User;
      /** Seconds since the epoch: when that person last logged in */
      readonly authenticatedAt: number;
    }
  /** The function that stops agents: it may only revoke */
  | {
      readonly kind: "kill-switch";
      /** Claim `iss` of its order */
      readonly issuer: string;
      /** Names the order, which is used once */
      readonly jti: string;
      /** Whole seconds since the epoch */
      readonly expiresAt: number;
    };

/** As the list of revocations tells of who ordered one */
export function nameOf(by: string | User): string {
  return typeof by === "string" ? by : `${by.subject} of ${by.issuer}`;
}
