import type { Act, Ledger } from "../../../runtime/audit/audit";
import type { AuditLedgerProps } from "../../../runtime/audit/ledger";

/** Stands for the ledger of records in the exchange that writes none: each act is its writes, and nothing where it has none. */
export class AuditLedger implements Ledger {
  public readonly writer = "none";

  constructor(private readonly props: AuditLedgerProps) {}

  public async commit({ writes }: Act): Promise<void> {
    if (writes.length > 0) await this.props.store.write(writes);
  }
}
