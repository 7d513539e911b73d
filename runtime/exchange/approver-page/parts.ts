import type { ApprovalDesk } from "../../approval/desk";
import type { Clock } from "../../clock";
import type { Log } from "../../log";
import type { AuthenticatedPerson } from "../../people/person";
import type { StateStore } from "../../store/store";
import type { PushedEvents } from "../signals/pushed-events";
import type { IdentityProvider } from "./identity-provider";
import type { PageSettings } from "./page-settings";

/** Where requests lie for people */
export type Desk = Pick<ApprovalDesk, "decide" | "list" | "show">;

export interface ApproverPageParts {
  /** Undefined if the registry names no page. @throws RegistryUnavailable */
  settings(): PageSettings | undefined;
  readonly provider: IdentityProvider;
  readonly people: {
    /** @throws Refusal if the ID token is not sound, or the login too long ago */
    of(idToken: string): Promise<AuthenticatedPerson>;
  };
  readonly desk: Desk;
  /** The store with its epoch of now. @throws Refusal `store.restored`, StoreUnavailable */
  state(): Promise<{ readonly store: Pick<StateStore, "read" | "write">; readonly epoch: number }>;
  /**
   * Receives security events on the page's listener, the only one that is reachable from outside. Undefined if no
   * issuer pushes
   */
  readonly pushed?: Pick<PushedEvents, "answer"> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}
