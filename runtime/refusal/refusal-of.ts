import { AuditBehind } from "../audit/backlog";
import { AuditUnwitnessed } from "../audit/uncosigned";
import { RegistryUnavailable } from "../registry/registry";
import { SignerError } from "../signer/signer";
import { StoreConflict, StoreUnavailable } from "../store/store";
import { Refusal } from "./refusal";

/** Any thrown value as a refusal: details of unknown errors do not go out. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const options = { cause: error };
  if (error instanceof AuditBehind) return Refusal.of("audit.behind", undefined, options);
  if (error instanceof AuditUnwitnessed) return Refusal.of("audit.unwitnessed", undefined, options);
  if (error instanceof StoreUnavailable) return Refusal.of("store.unavailable", undefined, options);
  if (error instanceof StoreConflict) return Refusal.of("store.conflict", undefined, options);
  if (error instanceof RegistryUnavailable) return Refusal.of("registry.unavailable", undefined, options);
  if (error instanceof SignerError) return Refusal.of("signer.unavailable", undefined, options);
  return Refusal.of("exchange.error", undefined, options);
}
