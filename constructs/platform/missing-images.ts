import { refuse, shown } from "../../domain";

/**
 * Images that constructs asked for and the platform does not name: noted while the stacks are built and refused when they
 * are synthesized, so that one refusal names them all.
 */
export class MissingImages {
  private readonly askedBy = new Map<string, string>();

  /** Note the image, and return a reference that no registry can resolve (RFC 6761, `.invalid`). */
  public note(name: string, where: string): string {
    if (!this.askedBy.has(name)) this.askedBy.set(name, where);
    return `missing.invalid/${name}@sha256:${"0".repeat(64)}`;
  }

  /** Whether a construct asked for this one */
  public has(name: string): boolean {
    return this.askedBy.has(name);
  }

  /** @throws DeclarationError `image.unpinned` naming every image that is missing, and the construct that asked for it first. */
  public refuseAny(where: string, known: readonly string[]): void {
    if (this.askedBy.size === 0) return;
    const missing = [...this.askedBy].map(([name, asking]) => `${shown(name)} for ${asking}`).join(", ");
    const fix = "add each to images, pinned by digest (name@sha256: and 64 hex digits)";
    refuse("image.unpinned", where, `images lacks ${missing}, and has ${known.join(", ") || "none"}: ${fix}`);
  }
}
