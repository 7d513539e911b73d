/** The oldest revision of MCP whose authorization binds a token to its audience and names the server's metadata */
const OLDEST = "2025-11-25";

/**
 * Whether a revision is older than 2025-11-25, or no revision at all, such as a draft. Revisions are days, so they compare as texts.
 *
 * @see https://modelcontextprotocol.io/specification/versioning
 */
export function isOldRevision(revision: string): boolean {
  return !/^\d{4}-\d{2}-\d{2}$/.test(revision) || revision < OLDEST;
}
