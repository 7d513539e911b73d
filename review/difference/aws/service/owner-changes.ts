import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "../../../change";
import type { AwsReach } from "../../../reach/aws/aws-reach";

/** Changes of roles, reported for the principals that have each role */
export class ByOwner {
  private readonly found = new Map<string, Changes>();
  private readonly owners = new Map<string, string[]>();

  /** @param reach in which roles are looked up; the later ones first */
  constructor(...reaches: readonly AwsReach[]) {
    for (const { principals } of reaches) {
      for (const { name, roles } of principals.values()) {
        for (const { key } of roles) this.owners.set(key, [...new Set([...(this.owners.get(key) ?? []), name])]);
      }
    }
  }

  /** For the principals that have the role; for the resource itself, where none of the configuration does */
  public add(role: string, change: Change, isGain: boolean): void {
    const changes = isGain ? { gains: [change], losses: [] } : { gains: [], losses: [change] };
    for (const name of this.owners.get(role) ?? [change.source.address]) this.put(name, { ...changes, unknown: [] });
  }

  public addUnknown(unknown: Unknown, role?: string): void {
    const names = (role === undefined ? undefined : this.owners.get(role)) ?? [unknown.source.address];
    for (const name of names) this.put(name, { gains: [], losses: [], unknown: [unknown] });
  }

  public get changes(): ChangesByPrincipal {
    return this.found;
  }

  private put(name: string, changes: Changes): void {
    this.found.set(name, together(this.found.get(name), changes));
  }
}
