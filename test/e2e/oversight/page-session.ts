import { pageSessionKey } from "../../../runtime/store/keys";
import type { StateStore } from "../../../runtime/store/store";

/** Cookie of the page's session */
export const SESSION = "__Host-ambit-approver";
/** More than a login is good for */
const EARLIER_SECONDS = 1_200;

/** The person logged in 20 minutes earlier. */
export async function earlier(store: StateStore, epoch: number, digest: string): Promise<void> {
  const key = pageSessionKey(epoch, digest);
  const [item] = await store.read([key]);
  if (item === undefined) throw new Error("there is no such session");
  const value = item.value as { readonly authenticatedAt: number };
  const changed = { ...value, authenticatedAt: value.authenticatedAt - EARLIER_SECONDS };
  await store.write([{ kind: "put", key, value: changed, expiresAt: item.expiresAt as number, when: "present" }]);
}
